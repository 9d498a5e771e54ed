"""One routine task as a line of a list: what it is, whether it is done, what was missed lately."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from oncall.rota import zone_named
from runbooks.models import Cadence, RoutineTask
from runbooks.models.routine import RoutineTaskQuerySet
from runbooks.services.routine.ticking import PERMISSION, may_take_back
from runbooks.upkeep.cadence import Period, find_period, name_period, shorten_period
from runbooks.upkeep.streaks import OPEN, list_missed, mark_last

# How many periods before the open one are looked at for what was missed.
RECENT = {"daily": 7, "weekly": 4, "monthly": 3, "quarterly": 2, "annually": 1}
MOST_TICKS = max(RECENT.values()) + 1
DUE = {
    "daily": "Due today",
    "weekly": "Due this week",
    "monthly": "Due this month",
    "quarterly": "Due this quarter",
    "annually": "Due this year",
}


@dataclass(frozen=True, slots=True)
class Tick:
    """Who said what of a period. `state` is `done` or `skipped`; `at` is aware."""

    state: str
    by: str
    at: dt.datetime
    note: str
    person: int


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task in the period that goes on. `state` is `open`, `done` or `skipped`; `missed` names late periods, the last first."""

    pk: int
    text: str
    url: str
    cadence: str
    cadence_label: str
    checklist: str
    runbook: str
    runbook_url: str  # of the section
    service: str
    home: int | None
    zone: str
    period: Period
    period_name: str
    until: dt.datetime
    tick: Tick | None
    missed: tuple[str, ...]
    may_tick: bool
    may_untick: bool
    error: str = ""

    @property
    def state(self) -> str:
        return self.tick.state if self.tick else OPEN

    @property
    def due(self) -> str:
        return DUE[self.cadence]


def load_for_lines(rows: RoutineTaskQuerySet) -> RoutineTaskQuerySet:
    """With all that a line prints, in one query."""
    return rows.with_home().with_last_ticks(MOST_TICKS).select_related("runbook__service")


def make_line(row: RoutineTask, reader: User, now: dt.datetime, error: str = "") -> TaskLine:
    """The line of a row of `load_for_lines`."""
    known = vars(row)
    today = now.astimezone(zone_named(known["zone"])).date()
    period = find_period(row.cadence, today)
    ticks = dict(map(read_tick, known["last_ticks"]))
    tick = ticks.get(period.start)
    may_tick = reader.has_perm(PERMISSION)
    return TaskLine(
        pk=row.pk,
        text=row.text,
        url=row.get_absolute_url(),
        cadence=row.cadence,
        cadence_label=Cadence(row.cadence).label,
        checklist=row.checklist,
        runbook=row.runbook.title,
        runbook_url=row.runbook.get_absolute_url() + (f"#{row.anchor}" if row.anchor else ""),
        service=row.runbook.service.name,
        home=known["home"],
        zone=known["zone"],
        period=period,
        period_name=name_period(row.cadence, period, today.year),
        until=find_moment(period.end, known["zone"]),
        tick=tick,
        missed=_name_missed(row, {day: one.state for day, one in ticks.items()}, today),
        may_tick=may_tick,
        may_untick=may_tick and tick is not None and may_take_back(tick.person, known["home"], reader),
        error=error,
    )


def read_tick(said: Mapping[str, Any]) -> tuple[dt.date, Tick]:
    """A tick as `with_last_ticks` gives it, and the first day of its period."""
    by = said["by"] or said["email"]
    tick = Tick(said["state"], by, dt.datetime.fromisoformat(said["at"]), said["note"], said["person"])
    return dt.date.fromisoformat(said["period"]), tick


def find_moment(day: dt.date, zone: str) -> dt.datetime:
    """When that day begins there."""
    return dt.datetime.combine(day, dt.time(), zone_named(zone)).astimezone(dt.UTC)


def _name_missed(row: RoutineTask, ticks: Mapping[dt.date, str], today: dt.date) -> tuple[str, ...]:
    marks = mark_last(row.cadence, row.life, ticks, today, RECENT[row.cadence] + 1)
    return tuple(shorten_period(row.cadence, period, today.year) for period in reversed(list_missed(marks)))
