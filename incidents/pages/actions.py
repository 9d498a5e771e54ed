"""The overview of action items: what is open, whose it is, what is overdue; as a page and as a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.csv_text import write_csv
from accounts.models import User
from incidents.models import ActionItem, Incident

PAGE_SIZE = 50
STATUSES = {
    "unfinished": "Not finished",
    "overdue": "Overdue",
    "closed": "Done or dropped",
    "all": "All",
    **{value: label for value, label in ActionItem.Status.choices if value in ("open", "started")},
}
COLUMNS = ("Action", "Owner", "Due", "Status", "Ticket", "Note", "Incident", "Title", "Created", "Closed")


def find_actions(user: User, wishes: Mapping[str, str], today: dt.date) -> QuerySet[ActionItem]:
    """Items that fit, the longest due first. `whose` is `mine`, `nobody`, or a team's slug after `team:`; `status` a key
    of STATUSES. `is_known` says whether the incident may be named: an owner sees an item even where the incident is not theirs.
    """
    known = Incident.objects.visible_to(user).filter(pk=OuterRef("postmortem__incident"))
    rows = ActionItem.objects.visible_to(user).annotate(is_known=Exists(known))
    rows = rows.select_related("owner", "postmortem__incident__team", "postmortem__incident__severity")
    return _by_status(_by_owner(rows, user, wishes), wishes, today).order_by(F("due_on").asc(nulls_last=True), "pk")


def list_actions(user: User, wishes: Mapping[str, str], today: dt.date) -> Page[ActionItem]:
    """A page of them."""
    return Paginator(find_actions(user, wishes, today), PAGE_SIZE).get_page(wishes.get("page"))


def write_actions(items: Iterable[ActionItem]) -> str:
    """All that fit, as CSV."""
    return write_csv(COLUMNS, (tuple(_cells(item)) for item in items))


def _cells(item: ActionItem) -> Iterator[object]:
    incident = item.postmortem.incident
    is_known = getattr(item, "is_known", True)
    yield from (item.text, item.owner, item.due_on, item.get_status_display(), item.ticket, item.note)
    yield from (incident.reference, incident.title if is_known else "")
    yield item.created_at.date()
    yield item.closed_at.date() if item.closed_at else None


def _by_owner(rows: QuerySet[ActionItem], user: User, wishes: Mapping[str, str]) -> QuerySet[ActionItem]:
    whose = wishes.get("whose", "").replace("\0", "")
    if whose == "mine":
        return rows.filter(owner=user)
    if whose == "nobody":
        return rows.filter(owner=None)
    if whose.startswith("team:"):
        return rows.filter(postmortem__incident__team__slug=whose.removeprefix("team:"))
    return rows


def _by_status(rows: QuerySet[ActionItem], wishes: Mapping[str, str], today: dt.date) -> QuerySet[ActionItem]:
    status = wishes.get("status", "")
    if status == "all":
        return rows
    if status == "closed":
        return rows.filter(closed_at__isnull=False)
    rows = rows.filter(closed_at__isnull=True)
    if status == "overdue":
        return rows.filter(due_on__lt=today)
    return rows.filter(status=status) if status in ("open", "started") else rows
