"""Moments as short as a board can print them: on the reader's clock, and on the team's where that shows something else."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from oncall.rota import zone_named


class Clock:
    """Says moments to one reader at one moment. `zone` is the reader's."""

    def __init__(self, zone: str, now: dt.datetime) -> None:
        self.zone = zone_named(zone)
        self.now = now
        self.today = now.astimezone(self.zone).date()
        self._said: dict[tuple[dt.datetime, str], str] = {}  # a board of many teams has few hand-overs

    def say(self, at: dt.datetime) -> str:
        """`18:00` today, `Mon 18:00` within six days, else `Mon 30 Nov, 18:00`; with the year when that is another one."""
        said = self._said.get((at, ""))
        if said is None:
            said = self._said[at, ""] = self._say(at.astimezone(self.zone), self.today)
        return said

    def say_there(self, at: dt.datetime, zone: zoneinfo.ZoneInfo) -> str:
        """The same moment where the team is, `Mon 19:00 CET`; "" when its clock shows what the reader's does."""
        said = self._said.get((at, zone.key))
        if said is None:
            said = self._said[at, zone.key] = self._find_there(at, zone)
        return said

    def _find_there(self, at: dt.datetime, zone: zoneinfo.ZoneInfo) -> str:
        there = at.astimezone(zone)
        if there.utcoffset() == at.astimezone(self.zone).utcoffset():
            return ""
        return f"{self._say(there, self.now.astimezone(zone).date())} {there:%Z}"

    @staticmethod
    def _say(local: dt.datetime, today: dt.date) -> str:
        days = (local.date() - today).days
        if days == 0:
            return f"{local:%H:%M}"
        if 0 < days < 6:
            return f"{local:%a %H:%M}"
        year = f" {local.year}" if local.year != today.year else ""
        return f"{local:%a} {local.day} {local:%b}{year}, {local:%H:%M}"
