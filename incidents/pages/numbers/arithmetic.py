"""Hours of the day out of counted moments. Pure: no Django, no clock."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LEVELS = 4


@dataclass(frozen=True, slots=True)
class Bin:
    """How many began within the quarter of an hour from `at` (no zone has borders of hours between quarters)."""

    at: dt.datetime
    zone: zoneinfo.ZoneInfo  # whose clock counts
    count: int


def count_hours(bins: Iterable[Bin]) -> list[list[int]]:
    """Seven days (Monday first) of 24 hours, each by the clock on the wall of its own zone."""
    grid = [[0] * 24 for _ in DAYS]
    for one in bins:
        local = one.at.astimezone(one.zone)
        grid[local.weekday()][local.hour] += one.count
    return grid


def find_level(count: int, most: int) -> int:
    """How dark a cell is: 0 for none, else 1 to LEVELS."""
    if count <= 0 or most <= 0:
        return 0
    return min(LEVELS, 1 + (count - 1) * LEVELS // most)


def find_share(part: int, whole: int) -> float | None:
    """In percent, to one digit; None of nothing."""
    return round(100 * part / whole, 1) if whole else None
