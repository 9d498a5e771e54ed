"""Periods of routine tasks: days, ISO weeks (ISO 8601: Monday to Sunday), months, quarters and years. Dates only, no clocks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From the first day to the first day that is no part of it any more."""

    start: dt.date
    end: dt.date

    @property
    def last_day(self) -> dt.date:
        return self.end - DAY

    def __contains__(self, day: dt.date) -> bool:
        return self.start <= day < self.end


def find_period(cadence: str, day: dt.date) -> Period:
    """The period that day is in. Raises KeyError for an unknown cadence, ValueError after the year 9998."""
    return _FINDERS[cadence](day)


def find_period_before(cadence: str, period: Period) -> Period:
    """The one that ended when this one began."""
    return find_period(cadence, period.start - DAY)


def list_periods(cadence: str, since: dt.date, until: dt.date) -> list[Period]:
    """Every period from the one `since` is in to the one `until` is in, both included; none when `until` is earlier."""
    found: list[Period] = []
    day = since
    while day <= until:
        found.append(find_period(cadence, day))
        day = found[-1].end
    return found


def list_last_periods(cadence: str, until: dt.date, most: int) -> list[Period]:
    """As many periods, the last of which is the one `until` is in; the earliest first."""
    found = [find_period(cadence, until)]
    while len(found) < most:
        found.append(find_period_before(cadence, found[-1]))
    return found[::-1]


def name_period(cadence: str, period: Period, year: int) -> str:
    """`Saturday 21 November`, `Week 47, 16–22 November`, `November 2026`, `Q4 2026`, `2026`.

    Days and weeks of another year than `year`, the reader's, say theirs.
    """
    first, last = period.start, period.last_day
    if cadence == "daily":
        return f"{first:%A} {first.day} {first:%B}{_say_year(first, year)}"
    if cadence == "weekly":
        return f"Week {first.isocalendar().week}, {_say_days(first, last, year)}"
    if cadence == "monthly":
        return f"{first:%B} {first.year}"
    return f"Q{(first.month + 2) // 3} {first.year}" if cadence == "quarterly" else f"{first.year}"


def shorten_period(cadence: str, period: Period, year: int) -> str:
    """The same for narrow places: `Sat 21 Nov`, `Week 47`, `Nov 2026`, `Q4 2026`, `2026`."""
    first = period.start
    if cadence == "daily":
        return f"{first:%a} {first.day} {first:%b}{_say_year(first, year)}"
    if cadence == "weekly":
        week = first.isocalendar()
        return f"Week {week.week}" if week.year == year else f"Week {week.week} of {week.year}"
    return f"{first:%b} {first.year}" if cadence == "monthly" else name_period(cadence, period, year)


def _say_days(first: dt.date, last: dt.date, year: int) -> str:
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{last.day} {last:%B}{_say_year(last, year)}"
    began = _say_year(first, year) if first.year != last.year else ""
    return f"{first.day} {first:%B}{began} – {last.day} {last:%B}{_say_year(last, year)}"


def _say_year(day: dt.date, year: int) -> str:
    return "" if day.year == year else f" {day.year}"


def _find_day(day: dt.date) -> Period:
    return Period(day, day + DAY)


def _find_week(day: dt.date) -> Period:
    start = day - day.weekday() * DAY
    return Period(start, start + 7 * DAY)


def _find_month(day: dt.date) -> Period:
    return _find_months(day, 1)


def _find_quarter(day: dt.date) -> Period:
    return _find_months(day, 3)


def _find_year(day: dt.date) -> Period:
    return _find_months(day, 12)


def _find_months(day: dt.date, length: int) -> Period:
    first = (day.month - 1) // length * length + 1
    after = first + length
    end = dt.date(day.year + 1, 1, 1) if after > 12 else dt.date(day.year, after, 1)
    return Period(dt.date(day.year, first, 1), end)


_FINDERS: dict[str, Callable[[dt.date], Period]] = {
    "daily": _find_day,
    "weekly": _find_week,
    "monthly": _find_month,
    "quarterly": _find_quarter,
    "annually": _find_year,
}
CADENCES = tuple(_FINDERS)  # the shortest first
