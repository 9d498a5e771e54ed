"""Turns: people take over one after another, at a time on the wall of one zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from oncall.rota.clock import to_utc, to_wall, zone_named
from oncall.rota.spans import Span, clip, merge

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of the week, by the wall: begins at `starts` on each of the weekdays (0 is Monday).

    Ends at `ends`; when that is not later than `starts`, on the day after. 00:00 to 00:00 is a whole day.
    """

    weekdays: frozenset[int]
    starts: dt.time
    ends: dt.time


@dataclass(frozen=True, slots=True)
class TurnPlan:
    """Who takes turns, how long each is on the wall's clock, and from when they are counted.

    `anchor` (naive) is a hand-over at which the first of `people` takes over; turns are counted from it in both directions.
    Without `windows` the turn's person is on call all through it, else only within them.
    """

    people: tuple[int, ...]
    anchor: dt.datetime
    turn: dt.timedelta
    zone: str
    windows: tuple[Window, ...] = ()

    def number_at(self, instant: dt.datetime) -> int:
        """The number of the turn that instant falls into; 0 starts at the anchor."""
        number = (to_wall(instant, zone_named(self.zone)) - self.anchor) // self.turn
        while self.starts(number + 1) <= instant:  # in the hour that the wall's clock shows twice
            number += 1
        while self.starts(number) > instant:
            number -= 1
        return number

    def starts(self, number: int) -> dt.datetime:
        """The instant at which the turn starts."""
        return to_utc(self.anchor + self.turn * number, zone_named(self.zone))

    def person_of(self, number: int) -> int:
        """Who has that turn."""
        return self.people[number % len(self.people)]

    def turns(self, start: dt.datetime, end: dt.datetime) -> Iterator[tuple[int, Span]]:
        """Person and span of each turn that touches the time from `start` to `end`, whole, in order."""
        number = self.number_at(start)
        begins = self.starts(number)
        while begins < end:
            ends = self.starts(number + 1)
            if begins < ends:  # a turn of an hour can fall into an hour that is skipped
                yield self.person_of(number), Span(begins, ends)
            number, begins = number + 1, ends

    def pieces(self, start: dt.datetime, end: dt.datetime) -> Iterator[tuple[int, Span]]:
        """The turns that touch that time, cut down to the windows."""
        for person, turn in self.turns(start, end):
            if not self.windows:
                yield person, turn
                continue
            for open_ in self.open_hours(turn.start, turn.end):
                piece = clip(open_, turn.start, turn.end)
                if piece is not None and piece.start < end and piece.end > start:
                    yield person, piece

    def open_hours(self, start: dt.datetime, end: dt.datetime) -> list[Span]:
        """The windows' hours that touch that time, in order; what touches is one. Without windows, all of it."""
        if not self.windows:
            return [Span(start, end)]
        zone = zone_named(self.zone)
        day = to_wall(start, zone).date() - DAY
        last = to_wall(end, zone).date()
        spans: list[Span] = []
        while day <= last:
            for window in self.windows:
                if day.weekday() in window.weekdays:
                    ends_on = day if window.ends > window.starts else day + DAY
                    opens = to_utc(dt.datetime.combine(day, window.starts), zone)
                    closes = to_utc(dt.datetime.combine(ends_on, window.ends), zone)
                    spans.append(Span(opens, closes))
            day += DAY
        return [span for span in merge(spans) if span.start < end and span.end > start]
