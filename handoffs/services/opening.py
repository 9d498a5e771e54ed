"""Opening a handoff: its people, its window, its checklist, and that those concerned know of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from handoffs.models import ChecklistItem, EventKind, Facts, Handoff, State, Tick
from handoffs.services.events import record
from handoffs.services.messages import tell_opened
from oncall.models import Rotation
from oncall.services.held import hold

DEFAULT_ITEMS: tuple[tuple[str, str, bool], ...] = (
    ("Review open incidents", Facts.INCIDENTS, True),
    ("Check system health", Facts.HEALTH, True),
    ("Review recent changes", Facts.CHANGES, True),
    ("Note scheduled maintenance", Facts.MAINTENANCE, True),
    ("Confirm contact information", Facts.CONTACTS, True),
)


@dataclass(frozen=True, slots=True)
class ShiftChange:
    """A moment at which whoever answers first changes. Moments are aware, in UTC.

    `starts_at` and `ends_at` bound the outgoing shift; `changes_at` is when the incoming one begins, which is later than
    `ends_at` where nobody was on call in between.
    """

    outgoing: User
    incoming: User
    backup: User | None
    starts_at: dt.datetime
    ends_at: dt.datetime
    changes_at: dt.datetime
    next_ends_at: dt.datetime | None


@transaction.atomic
def open_handoff(
    rotation: Rotation,
    change: ShiftChange,
    *,
    user: User | None,
    now: dt.datetime,
    follows_schedule: bool = True,
    is_example: bool = False,
) -> Handoff:
    """Open the handoff of a change of shift, tell its people, and write down who stays responsible until it is accepted.

    `user` None is the portal. Raises IntegrityError where there is one for that change already.
    """
    handoff = Handoff.objects.create(
        rotation=rotation,
        team=rotation.team,
        outgoing=change.outgoing,
        incoming=change.incoming,
        backup=change.backup,
        shift_starts_at=change.starts_at,
        shift_ends_at=change.ends_at,
        changes_at=change.changes_at,
        next_ends_at=change.next_ends_at,
        since=find_since(rotation, change),
        opened_by=user,
        opened_at=now,
        follows_schedule=follows_schedule,
        is_example=is_example,
    )
    _copy_checklist(handoff)
    record(handoff, EventKind.OPENED, "opened the handoff", person=user, now=now)
    hold(rotation, change.outgoing, change.incoming, change.changes_at, handoff.get_absolute_url(), now=now)
    tell_opened(handoff, now)
    return handoff


def find_since(rotation: Rotation, change: ShiftChange) -> dt.datetime:
    """Since when is reported: what the last signed handoff looked at, else the beginning of the outgoing shift."""
    signed = Handoff.objects.filter(rotation=rotation, state=State.ACCEPTED, changes_at__lt=change.changes_at)
    last = signed.order_by("-changes_at").values_list("submitted_at", flat=True).first()
    return min(last, change.changes_at) if last else change.starts_at


def _copy_checklist(handoff: Handoff) -> None:
    own = ChecklistItem.objects.filter(checklist__team=handoff.team_id).order_by("position")
    rows = list(own.values_list("text", "facts", "is_required")) or list(DEFAULT_ITEMS)
    Tick.objects.bulk_create(
        Tick(handoff=handoff, position=number, text=text, facts=facts, is_required=is_required)
        for number, (text, facts, is_required) in enumerate(rows, start=1)
    )
