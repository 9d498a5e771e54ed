"""From the clock on the wall to the instant it shows, across changes of daylight-saving time."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from functools import lru_cache

UTC = dt.UTC


class UnknownZone(ValueError):
    """There is no IANA time zone of that name."""


@lru_cache(maxsize=1024)
def zone_named(name: str) -> zoneinfo.ZoneInfo:
    """The zone. Raises UnknownZone."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZone(f"“{name}” is not a time zone.") from error


@lru_cache(maxsize=65_536)
def to_utc(wall: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """The instant at which a clock in the zone shows `wall` (naive).

    A time shown twice means the first; a time that is skipped means the instant at which the clock jumps over it. So a
    later time on the wall is never an earlier instant.
    """
    local = wall.replace(tzinfo=zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    return _jump_between(local.replace(fold=1).astimezone(UTC), instant, zone)


def to_wall(instant: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """What a clock in the zone shows at that instant, naive."""
    return instant.astimezone(zone).replace(tzinfo=None)


def _jump_between(before: dt.datetime, after: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """The second at which the zone's offset changes between two instants."""
    offset = before.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if (before + dt.timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return before + dt.timedelta(seconds=high)


def find_skipped(at: dt.time, zone: zoneinfo.ZoneInfo, first: dt.date, days: int) -> dt.date | None:
    """The first of that many days on which a clock in the zone never shows `at`; None when it always does."""
    for number in range(days):
        wall = dt.datetime.combine(first + dt.timedelta(days=number), at)
        if to_wall(to_utc(wall, zone), zone) != wall:
            return wall.date()
    return None
