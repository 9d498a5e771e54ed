"""How long a watch item burns, in the words people use: until the end of the next shift, for four hours, until tomorrow."""

from __future__ import annotations

import datetime as dt
import enum

from accounts.models import Team
from incidents.errors import BadTime
from oncall.models import Rotation
from oncall.rota import to_utc, zone_named
from oncall.schedule import RotationSchedule, load_schedules

A_DAY = dt.timedelta(days=1)
MORNING = dt.time(9)


class End(enum.StrEnum):
    """Quick choices."""

    SHIFT = "shift"
    HOURS = "hours"
    TOMORROW = "tomorrow"
    WEEK = "week"


LABELS = {
    End.SHIFT: "the end of the next shift",
    End.HOURS: "4 hours from now",
    End.TOMORROW: "tomorrow, 09:00",
    End.WEEK: "a week from now",
}


def find_end(end: End, team: Team, zone: str, now: dt.datetime) -> dt.datetime:
    """The moment, in UTC; tomorrow by the clock of that zone. Raises BadTime where the team has no shift to come."""
    if end is End.HOURS:
        return now + dt.timedelta(hours=4)
    if end is End.WEEK:
        return now + 7 * A_DAY
    if end is End.TOMORROW:
        day = now.astimezone(zone_named(zone)).date() + A_DAY
        return to_utc(dt.datetime.combine(day, MORNING), zone_named(zone))
    found = find_shift_end(team, now)
    if found is None:
        raise BadTime(f"No shift of {team} is planned. Choose another end.")
    return found


def find_shift_end(team: Team, now: dt.datetime) -> dt.datetime | None:
    """When the shift ends that follows the running one; of several rotations the latest. None where none is planned."""
    rotations = Rotation.objects.filter(team=team).order_by("pk")
    ends = [_find_next_end(one, now) for one in load_schedules(rotations, now, now + A_DAY)]
    return max(filter(None, ends), default=None)


def _find_next_end(schedule: RotationSchedule, now: dt.datetime) -> dt.datetime | None:
    if not schedule.ranks:
        return None
    nexts = [layer.now_and_next(now)[1] for layer in schedule.of_rank(schedule.ranks[0])]
    first = min((shift for shift in nexts if shift), key=lambda shift: shift.starts_at, default=None)
    return first.ends_at if first else None
