"""Weeks, by their Mondays. Pure: no Django, no clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TypeVar

WEEK = dt.timedelta(days=7)

T = TypeVar("T")


def monday_of(day: dt.date) -> dt.date:
    """The Monday of the day's week."""
    return day - dt.timedelta(days=day.weekday())


def fill_weeks(found: Mapping[dt.date, T], first: dt.date, last: dt.date, nothing: T) -> list[tuple[dt.date, T]]:
    """Every week from the one of `first` to the one of `last`, by its Monday; `nothing` where none was found."""
    monday = monday_of(first)
    weeks = []
    while monday <= last:
        weeks.append((monday, found.get(monday, nothing)))
        monday += WEEK
    return weeks
