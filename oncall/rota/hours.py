"""Hours on call, and how many of them lie in nights and on weekends by somebody's own clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from oncall.rota.clock import UTC, to_utc, to_wall, zone_named
from oncall.rota.spans import Span, clip, merge

NIGHT_STARTS = dt.time(22)
NIGHT_ENDS = dt.time(7)
SATURDAY, SUNDAY = 5, 6
DAY = dt.timedelta(days=1)
NOTHING = dt.timedelta()


@dataclass(frozen=True, slots=True)
class Tally:
    """Time on call: all of it, what of it lies between 22:00 and 07:00, and what on a Saturday or Sunday.

    An hour of a Saturday night is in both. These are hours that pass: a night in which the clocks change has 8 or 10.
    """

    total: dt.timedelta = NOTHING
    nights: dt.timedelta = NOTHING
    weekends: dt.timedelta = NOTHING


def tally(spans: Iterable[Span], zone: str) -> Tally:
    """Count that time by the clock of an IANA zone; what overlaps counts once. Raises UnknownZone."""
    merged = merge(Span(span.start.astimezone(UTC), span.end.astimezone(UTC)) for span in spans)
    nights = weekends = total = NOTHING
    for span in merged:
        total += span.length
        for day in _days_around(span, zone):
            nights += _shared(span, _night_of(day, zone))
            if day.weekday() in (SATURDAY, SUNDAY):
                weekends += _shared(span, _between(day, dt.time(), day + DAY, dt.time(), zone))
    return Tally(total, nights, weekends)


def _days_around(span: Span, zone: str) -> Iterable[dt.date]:
    """The days that the span touches, and the one before, whose night reaches into it."""
    wall = zone_named(zone)
    day, last = to_wall(span.start, wall).date() - DAY, to_wall(span.end, wall).date()
    while day <= last:
        yield day
        day += DAY


def _night_of(day: dt.date, zone: str) -> Span:
    """The night that begins on the evening of that day."""
    return _between(day, NIGHT_STARTS, day + DAY, NIGHT_ENDS, zone)


def _between(day: dt.date, at: dt.time, until_day: dt.date, until: dt.time, zone: str) -> Span:
    wall = zone_named(zone)
    return Span(to_utc(dt.datetime.combine(day, at), wall), to_utc(dt.datetime.combine(until_day, until), wall))


def _shared(span: Span, other: Span) -> dt.timedelta:
    both = clip(span, *other)
    return both.length if both else NOTHING
