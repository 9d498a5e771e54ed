"""Work that was put off: notes about it, and what post-mortems of the team's incidents left to do."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.db.models import F
from django.urls import reverse

from handoffs.sections.base import Entry, Scope
from handoffs.sections.belonging import find_incidents, touches_secret
from handoffs.sections.watch import describe_item, load_watch_items
from handoffs.sections.writing import count, cut, say_day, shorten
from incidents.models import ActionItem, WatchItem


def find_deferred(scope: Scope) -> list[Entry]:
    """Deferred work with its owner, the longest overdue first. Two queries, one of them shared with watch items."""
    zone = zoneinfo.ZoneInfo(scope.team.time_zone)
    today = scope.now.astimezone(zone).date()
    dated = [
        (item.expires_at.astimezone(zone).date(), describe_item(item, scope))
        for item in scope.once(load_watch_items)
        if item.kind == WatchItem.Kind.DEFERRED
    ]
    dated += [(row.due_on or dt.date.max, _describe_action(row, today)) for row in _load_actions(scope)]
    entries = [entry for _, entry in sorted(dated, key=lambda one: (one[0], one[1].key))]
    return shorten("deferred", entries, reverse("incidents:actions"))


def _load_actions(scope: Scope) -> list[ActionItem]:
    rows = ActionItem.objects.open().filter(postmortem__incident__in=find_incidents(scope).values("pk"))
    return list(
        rows.annotate(touches_secret=touches_secret("postmortem__incident_id"))
        .select_related("postmortem__incident", "owner")
        .order_by(F("due_on").asc(nulls_last=True), "pk")
    )


def _describe_action(item: ActionItem, today: dt.date) -> Entry:
    late = (today - item.due_on).days if item.due_on is not None else 0
    due = f"due {say_day(item.due_on)}" if item.due_on is not None else "no date"
    facts = (
        f"owner {item.owner}" if item.owner is not None else "no owner",
        f"overdue by {count(late, 'day')}" if late > 0 else due,
        item.get_status_display().lower(),
        item.postmortem.incident.reference,
        cut(item.ticket, 80),
    )
    return Entry(
        key=f"action:{item.pk}",
        title=item.text,
        url=reverse("incidents:postmortem", args=[item.postmortem.incident_id]),
        tag="Overdue" if late > 0 else "Action item",
        tone="red" if late > 0 else "",
        facts=tuple(filter(None, facts)),
        secret=vars(item)["touches_secret"],
    )
