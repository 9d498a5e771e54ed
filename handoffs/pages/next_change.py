"""When a person's next change of shift is, for whoever has no open handoff."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import User
from handoffs.services.opening import ShiftChange
from handoffs.services.turnover import AFTER, BEFORE, find_turnovers
from oncall.models import Rotation
from oncall.schedule import load_schedules

LOOKED_AHEAD = (dt.timedelta(days=9), dt.timedelta(days=63))  # most changes are near


@dataclass(frozen=True, slots=True)
class NextChange:
    """The first change of shift that is the person's own, and whether they take over by it."""

    rotation: Rotation
    change: ShiftChange
    takes_over: bool


def find_next_change(user: User, now: dt.datetime) -> NextChange | None:
    """Of all rotations in use in which the person has turns or overrides; within nine weeks. Eight queries."""
    schedules = load_schedules(_rotations_of(user), now - BEFORE, now + LOOKED_AHEAD[-1] + AFTER)
    for ahead in LOOKED_AHEAD:
        own = [
            NextChange(schedule.rotation, change, change.incoming.pk == user.pk)
            for schedule in schedules
            for change in find_turnovers(schedule, now, now + ahead)
            if user.pk in (change.outgoing.pk, change.incoming.pk)
        ]
        if own:
            return min(own, key=lambda one: one.change.ends_at)
    return None


def _rotations_of(user: User) -> QuerySet[Rotation]:
    in_plan = Q(layers__plans__members__person=user)
    stands_in = Q(layers__overrides__person=user, layers__overrides__cancelled_at__isnull=True)
    rows = Rotation.objects.in_use()
    return rows.filter(pk__in=rows.filter(in_plan | stands_in).order_by().values("pk"))
