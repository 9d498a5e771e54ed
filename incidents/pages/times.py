"""Times on the pages of incidents: the reader's clock, the team's beside it where it shows something else."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from functools import cached_property

from oncall.rota import zone_named


@dataclass(frozen=True)
class Clock:
    """A reader's clock at a moment. `since` is the earliest moment that a page tells of.

    Where the clocks changed between `since` and now, every time names its zone: 01:30 was there twice.
    """

    zone: zoneinfo.ZoneInfo
    now: dt.datetime
    since: dt.datetime
    team_zone: str = ""

    @cached_property
    def today(self) -> dt.date:
        return self.day(self.now)

    @cached_property
    def _changes(self) -> bool:
        return self.now.astimezone(self.zone).utcoffset() != self.since.astimezone(self.zone).utcoffset()

    @cached_property
    def _team(self) -> zoneinfo.ZoneInfo | None:
        return zone_named(self.team_zone) if self.team_zone and self.team_zone != self.zone.key else None

    @property
    def name(self) -> str:
        """`Europe/Lisbon (WET)`: what all times of a page are in."""
        return f"{self.zone.key} ({say_zone(self.now.astimezone(self.zone))})"

    @property
    def now_said(self) -> str:
        """`Sat 21 Nov 2026, 12:03 GMT`: for paper."""
        here = self.now.astimezone(self.zone)
        return f"{say_day(here)} {here.year}, {here:%H:%M} {say_zone(here)}"

    def day(self, at: dt.datetime) -> dt.date:
        return at.astimezone(self.zone).date()

    def say(self, at: dt.datetime, *, with_day: bool = False) -> str:
        """`03:11`; with the day where it was not today, if wished, and with the zone on a night of changing clocks."""
        here = at.astimezone(self.zone)
        words = f"{here:%H:%M} {say_zone(here)}" if self._changes else f"{here:%H:%M}"
        return f"{say_day(here)}, {words}" if with_day and here.date() != self.today else words

    def say_near(self, at: dt.datetime, other: dt.datetime) -> str:
        """As `say`, with the day where it is another day than that of `other`."""
        here = at.astimezone(self.zone)
        words = self.say(at)
        return words if here.date() == self.day(other) else f"{say_day(here)}, {words}"

    def say_full(self, at: dt.datetime) -> str:
        """`03:20 GMT`, with the day where it is not today, and the team's time in brackets where that differs."""
        here = at.astimezone(self.zone)
        day = "" if here.date() == self.today else f"{say_day(here)}, "
        there = self.say_there(at)
        return f"{day}{here:%H:%M} {say_zone(here)}" + (f" ({there} for the team)" if there else "")

    def say_there(self, at: dt.datetime) -> str:
        """What the team's clock shows, `22:11 EST`; "" where it shows the same."""
        if self._team is None:
            return ""
        here, there = at.astimezone(self.zone), at.astimezone(self._team)
        if here.utcoffset() == there.utcoffset():
            return ""
        day = "" if here.date() == there.date() else f"{there:%a} "
        return f"{day}{there:%H:%M} {say_zone(there)}"


def say_day(local: dt.datetime) -> str:
    return f"{local:%a} {local.day} {local:%b}"


def say_zone(local: dt.datetime) -> str:
    """`GMT`, or `UTC+05` where the zone has no letters for it."""
    name = local.tzname() or ""
    return f"UTC{name}" if name[:1] in "+-" else name


def say_length(length: dt.timedelta) -> str:
    """`6 min`, `1 h 12 min`, `2 d 3 h`: how long, to the minute."""
    minutes = int(length.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {rest} min"
    return f"{rest} min" if rest else "less than a minute"


def say_iso(length: dt.timedelta) -> str:
    """`PT1H2M3S`, for `<time data-clock>`; nothing below zero."""
    seconds = max(0, int(length.total_seconds()))
    return f"PT{seconds // 3600}H{seconds // 60 % 60}M{seconds % 60}S"


def say_clock(length: dt.timedelta) -> str:
    """`00:42:10`, `2 d 03:10:05`: what a running clock shows; the script in clock.js goes on from there."""
    seconds = max(0, int(length.total_seconds()))
    days = f"{seconds // 86400} d " if seconds >= 86400 else ""
    return f"{days}{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
