"""Reminders of watch items: an hour before the end, and at the end; each end once.

A sweep that was missed is made up for within a day. What is older than that is left alone: it stands in the list.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Max, Q

from accounts.models import User
from incidents.models import WatchItem
from incidents.services.watch import may_know
from oncall.models import Classification, Kind, Notification
from oncall.outbox import notify
from oncall.outbox.notifying import Recipient, find_team_recipients
from oncall.services.moments import say_when

BEFORE = dt.timedelta(hours=1)
CATCH_UP = dt.timedelta(hours=24)

_TAKE_BACK = {
    WatchItem.Kind.MITIGATION: "Take the mitigation back, or prolong it.",
    WatchItem.Kind.SILENCE: "Take the silence back where the alert is silenced, or prolong it.",
    WatchItem.Kind.DEFERRED: "Do it, hand it on, or give it another date.",
    WatchItem.Kind.WATCH: "Close it, or prolong it.",
}


def remind_of_ends(now: dt.datetime) -> int:
    """Tell owners of items that end within the hour, or have ended. How many items were told of.

    May run as often as it likes, and by several at once: the row is held while it is told, and an end is told once.
    """
    items = WatchItem.objects.filter(
        closed_at=None, is_example=False, expires_at__gt=now - CATCH_UP, expires_at__lte=now + BEFORE
    )
    return sum(_remind(pk, now) for pk in items.order_by("expires_at", "pk").values_list("pk", flat=True))


@transaction.atomic
def _remind(pk: int, now: dt.datetime) -> int:
    rows = WatchItem.objects.filter(pk=pk, closed_at=None).select_for_update(skip_locked=True, of=("self",))
    item = rows.with_names().first()
    if item is None or not now - CATCH_UP < item.expires_at <= now + BEFORE:
        return 0
    is_over = item.expires_at <= now
    if not is_over and _was_set_late(item):
        return 0
    key = f"watch-{'over' if is_over else 'soon'}:{item.pk}:{item.expires_at.isoformat()}"
    if Notification.objects.filter(key__startswith=f"{key}:").exists():
        return 0
    told = [_tell(item, to, key, is_over=is_over, now=now) for to in _find_recipients(item)]
    return int(any(told))


def _was_set_late(item: WatchItem) -> bool:
    """Whether its end was chosen less than an hour before it: whoever did so has just read it."""
    moved = item.changes.filter(Q(expires_at=item.expires_at)).aggregate(last=Max("at"))["last"]
    return item.expires_at - (moved or item.created_at) <= BEFORE


def _find_recipients(item: WatchItem) -> list[Recipient]:
    """Its owner, else who lit it; where neither is here any more or may know of it, the team."""
    for person in (item.owner, item.created_by):
        if person is not None and person.is_active and may_know(person, item.service, item.team):
            return [person]
    return list(find_team_recipients(item.team))


def _tell(item: WatchItem, to: Recipient, key: str, *, is_over: bool, now: dt.datetime) -> bool:
    zone = to.time_zone if isinstance(to, User) else item.team.time_zone
    when = say_when(item.expires_at, now, zone)
    is_secret = _is_secret(item)  # nothing of it leaves the portal but that there is something
    name = "a Confidential watch item" if is_secret else item.text
    about = "" if is_secret else ", ".join(filter(None, (item.alert_name, str(item.service or ""))))
    lines = [
        "" if is_secret else f"{item.get_kind_display()}: {item.text}",
        f"About {about}." if about else "",
        f"It {'expired' if is_over else 'expires'} {when}. {_TAKE_BACK[WatchItem.Kind(item.kind)]}",
    ]
    said = notify(
        key=f"{key}:{'user' if isinstance(to, User) else 'channel'}:{to.pk}",
        kind=Kind.REVIEW,
        to=to,
        subject=f"{'Expired' if is_over else 'Expires soon'}: {name}",
        text="\n\n".join(filter(None, lines)),
        now=now,
        url=item.get_absolute_url(),
        action="Close it or prolong it",
    )
    return said is not None


def _is_secret(item: WatchItem) -> bool:
    return item.service is not None and item.service.classification == Classification.CONFIDENTIAL
