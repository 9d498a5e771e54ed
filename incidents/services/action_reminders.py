"""Reminders of action items: a week before, on the day, and each week from then on, in the owner's own morning."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from incidents.models import ActionItem
from incidents.services.postmortem_telling import tell_team
from oncall.models import Kind
from oncall.outbox import notify
from oncall.rota import zone_named

FROM_HOUR = 9  # of the owner's day; later hours too, in case nobody was there to send
WEEK = 7  # days


def remind_of_actions(now: dt.datetime) -> int:
    """Tell owners of items that are due; the team of an item that nobody owns. How many were told.

    May run as often as it likes: a week before, the day, and each week overdue is told once for an item and its date.
    """
    last = (now + dt.timedelta(days=WEEK + 1)).date()
    items = (
        ActionItem.objects.open()
        .filter(due_on__lte=last, postmortem__incident__is_example=False)
        .select_related("owner", "postmortem__incident__team")
        .order_by("due_on", "pk")
    )
    return sum(_remind(item, now) for item in items)


def find_step(item: ActionItem, today: dt.date, created_on: dt.date) -> tuple[str, str] | None:
    """The reminder of that day, as the key's last part and the words; None when there is none.

    An item written down less than a week before its date has no reminder before the day: its owner has just been told.
    """
    if item.due_on is None:
        return None
    left = (item.due_on - today).days
    if 0 < left <= WEEK:
        was_told = (item.due_on - created_on).days <= WEEK
        return None if was_told else ("soon", f"due in {left} day{'' if left == 1 else 's'}")
    if left == 0:
        return "today", "due today"
    if left < 0:
        return f"overdue-{(-left - 1) // WEEK}", f"overdue by {-left} day{'' if left == -1 else 's'}"
    return None


def _remind(item: ActionItem, now: dt.datetime) -> bool:
    owner = item.owner if item.owner and item.owner.is_active else None
    local = now.astimezone(zone_named(_zone_of(item, owner)))
    if local.hour < FROM_HOUR:
        return False
    step = find_step(item, local.date(), item.created_at.astimezone(local.tzinfo).date())
    return _tell(item, owner, *step, now) if step else False


def _zone_of(item: ActionItem, owner: User | None) -> str:
    if owner is not None:
        return owner.time_zone
    team = item.postmortem.incident.team
    return team.time_zone if team else "UTC"


def _tell(item: ActionItem, owner: User | None, step: str, words: str, now: dt.datetime) -> bool:
    incident = item.postmortem.incident
    key, url, action = (
        f"action-{step}:{item.pk}:{item.due_on}",
        f"{item.postmortem.get_absolute_url()}#actions",
        "See it",
    )
    subject = f"{incident.reference}: an action item is {words}"
    if owner is None:
        text = f"{item.text}\n\nNobody owns it: it is {words}."
        return bool(tell_team(incident, key=key, subject=subject, text=text, now=now, url=url, action=action))
    told = notify(
        key=f"{key}:user:{owner.pk}",
        kind=Kind.REVIEW,
        to=owner,
        subject=subject,
        text=f"{item.text}\n\nIt is {words}.",
        now=now,
        url=url,
        action=action,
    )
    return told is not None
