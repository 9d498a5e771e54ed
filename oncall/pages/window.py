"""Which weeks a calendar shows, and by which zone's clock, as its address says."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from accounts.models import known_time_zones
from oncall.pages.weeks import first_day_of, week_span
from oncall.rota import Span, zone_named

LENGTHS = (1, 2, 4, 6)
USUAL = 4
WEEK = dt.timedelta(weeks=1)
FARTHEST = 5 * 53  # weeks from now, in both directions


@dataclass(frozen=True, slots=True)
class CalendarWindow:
    """Some weeks from a Monday on, by the clock in a zone. `usual_zone` is the team's, `this_week` where today is."""

    monday: dt.date
    weeks: int
    zone_name: str
    usual_zone: str
    this_week: dt.date

    @property
    def zone(self) -> ZoneInfo:
        return zone_named(self.zone_name)

    @property
    def span(self) -> Span:
        return week_span(self.monday, self.weeks, self.zone)

    @property
    def last_day(self) -> dt.date:
        return self.monday + WEEK * self.weeks - dt.timedelta(days=1)

    @property
    def is_now(self) -> bool:
        """Whether it begins with the week in which today is."""
        return self.monday == self.this_week

    @property
    def query(self) -> str:
        """Its address' query, short: what is usual is left out."""
        year, week, _ = self.monday.isocalendar()
        said = {} if self.is_now else {"week": f"{year}-W{week:02}"}
        if self.weeks != USUAL:
            said["weeks"] = str(self.weeks)
        if self.zone_name != self.usual_zone:
            said["zone"] = self.zone_name
        return "?" + urlencode(said)

    @property
    def before(self) -> CalendarWindow:
        return replace(self, monday=self.monday - WEEK * self.weeks)

    @property
    def after(self) -> CalendarWindow:
        return replace(self, monday=self.monday + WEEK * self.weeks)

    @property
    def today(self) -> CalendarWindow:
        return replace(self, monday=self.this_week)

    @property
    def lengths(self) -> list[CalendarWindow]:
        """The same, with one, two, four and six weeks."""
        return [replace(self, weeks=weeks) for weeks in LENGTHS]

    def in_zone(self, name: str) -> CalendarWindow:
        """The same weeks by another clock."""
        return replace(self, zone_name=name)


def read_window(
    asked: Mapping[str, str], now: dt.datetime, usual_zone: str, reader_zone: str = "UTC"
) -> CalendarWindow:
    """What the query asks for: `week` (2026-W48), `weeks` and `zone` (a name, or `reader`). What can't be is left as usual."""
    name = reader_zone if asked.get("zone") == "reader" else asked.get("zone", "")
    zone_name = name if name in known_time_zones() else usual_zone
    this_week = first_day_of(now, zone_named(zone_name))
    length = asked.get("weeks", "")
    weeks = int(length) if length in {str(number) for number in LENGTHS} else USUAL
    monday = _read_week(asked.get("week", "")) or this_week
    if abs((monday - this_week) // WEEK) > FARTHEST:
        monday = this_week
    return CalendarWindow(monday, weeks, zone_name, usual_zone, this_week)


def _read_week(text: str) -> dt.date | None:
    match = re.fullmatch(r"([0-9]{4})-W([0-9]{2})", text)
    if match is None:
        return None
    try:
        return dt.date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError:
        return None
