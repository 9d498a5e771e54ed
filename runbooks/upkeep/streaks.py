"""What became of a task, period by period, and how often in a row it was done. Pure: dates and states in, marks out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from runbooks.upkeep.cadence import Period, find_period, list_last_periods, list_periods

DONE, SKIPPED, MISSED, OPEN, NONE = "done", "skipped", "missed", "open", "none"


@dataclass(frozen=True, slots=True)
class Life:
    """From when to when it was a task. A pause is from the day it ended until the day after it came back, which is excluded."""

    started_on: dt.date
    ended_on: dt.date | None = None  # the first day on which it was none any more
    pauses: tuple[tuple[dt.date, dt.date], ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A period and what became of it: `done`, `skipped`, `missed`, `open`, or `none` where nothing was owed."""

    period: Period
    state: str


@dataclass(frozen=True, slots=True)
class Streaks:
    """Periods done in a row, until now and at best. One that was left out breaks no streak, and does not count."""

    current: int = 0
    longest: int = 0


def is_owed(period: Period, life: Life) -> bool:
    """Whether it had to be done: it was a task before the period began, and until its end.

    The period in which a task begins, or comes back, can be ticked; when it is not, nobody missed it.
    """
    if period.start <= life.started_on or (life.ended_on is not None and life.ended_on < period.end):
        return False
    return all(until <= period.start or period.end <= since for since, until in life.pauses)


def mark_period(period: Period, life: Life, ticks: Mapping[dt.date, str], today: dt.date) -> Mark:
    """One period; `ticks` has the state of each that was ticked, by its first day; `today` is the team's."""
    if period.start in ticks:
        return Mark(period, ticks[period.start])
    if today in period and life.ended_on is None:
        return Mark(period, OPEN)
    return Mark(period, MISSED if period.end <= today and is_owed(period, life) else NONE)


def mark_last(cadence: str, life: Life, ticks: Mapping[dt.date, str], today: dt.date, most: int) -> list[Mark]:
    """The last periods, that of today included; the earliest first."""
    return [mark_period(period, life, ticks, today) for period in list_last_periods(cadence, today, most)]


def find_streaks(cadence: str, life: Life, ticks: Mapping[dt.date, str], today: dt.date) -> Streaks:
    """Over its whole life. The period that is still open breaks nothing."""
    since = min([life.started_on, *ticks])
    return count_streaks(mark_period(period, life, ticks, today) for period in list_periods(cadence, since, today))


def count_streaks(marks: Iterable[Mark]) -> Streaks:
    """Of marks in the order of time."""
    current = longest = 0
    for mark in marks:
        current = 0 if mark.state == MISSED else current + (mark.state == DONE)
        longest = max(longest, current)
    return Streaks(current, longest)


def list_missed(marks: Sequence[Mark]) -> list[Period]:
    return [mark.period for mark in marks if mark.state == MISSED]


def find_end(cadence: str, today: dt.date) -> dt.date:
    """The first day that is no part of the period any more in which `today` is."""
    return find_period(cadence, today).end
