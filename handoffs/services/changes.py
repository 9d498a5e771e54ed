"""Changes of shift: found in schedules, handed over in time, by hand at any time, and followed when the schedule changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from handoffs.services.by_hand import When, open_by_hand
from handoffs.services.following import follow_open, follow_schedule
from handoffs.services.opening import ShiftChange
from handoffs.services.opening_due import open_due
from handoffs.services.turnover import AFTER, BEFORE, find_turnovers
from oncall.models import Rotation
from oncall.schedule import RotationSchedule

__all__ = ["AFTER", "BEFORE", "When", "find_changes", "follow_open", "follow_schedule", "open_by_hand", "open_due"]


def find_changes(
    schedules: Iterable[RotationSchedule], start: dt.datetime, end: dt.datetime
) -> list[tuple[Rotation, ShiftChange]]:
    """The changes of several rotations whose outgoing turn ends after `start` and not after `end`, by that time.

    The schedules must be loaded from `start - BEFORE` to `end + AFTER`.
    """
    found = [(schedule.rotation, change) for schedule in schedules for change in find_turnovers(schedule, start, end)]
    return sorted(found, key=lambda pair: (pair[1].ends_at, pair[0].pk))
