"""One routine task through its periods: what was done, by whom, what was missed, and the streaks."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from accounts.models import User
from oncall.rota import zone_named
from runbooks.models import RoutineTask, RoutineTick
from runbooks.routine_pages.lines import TaskLine, Tick, load_for_lines, make_line
from runbooks.upkeep.cadence import name_period, shorten_period
from runbooks.upkeep.streaks import Mark, Streaks, find_streaks, mark_last

MOST = {"daily": 24, "weekly": 24, "monthly": 24, "quarterly": 12, "annually": 12}
WORDS = {"done": "Done", "skipped": "Left out", "missed": "Missed", "open": "Open", "none": "Not due"}
UNITS = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "annually": "year"}


@dataclass(frozen=True, slots=True)
class PastPeriod:
    """A period as it is printed. `state` is one of `streaks`."""

    name: str
    short: str
    state: str
    word: str
    tick: Tick | None


@dataclass(frozen=True, slots=True)
class TaskHistory:
    """The page of one task. `periods` are the last ones, the earliest first; `unit` is a word for one of them."""

    line: TaskLine
    task: RoutineTask
    is_going: bool
    periods: list[PastPeriod]
    streaks: Streaks
    counts: Mapping[str, int]
    unit: str

    @property
    def newest_first(self) -> list[PastPeriod]:
        return [period for period in reversed(self.periods) if period.state != "none"]

    @property
    def settled(self) -> int:
        """Of the periods that are shown, those that are over or were ticked."""
        return sum(self.counts[state] for state in ("done", "skipped", "missed"))


def find_line(user: User, pk: int, now: dt.datetime, error: str = "") -> TaskLine | None:
    """The line of one task that this person may know of, ended ones too; None when there is none."""
    row = load_for_lines(RoutineTask.objects.visible_to(user)).filter(pk=pk).first() if pk < 2**63 else None
    return make_line(row, user, now, error) if row is not None else None


def describe_history(user: User, pk: int, now: dt.datetime, error: str = "") -> TaskHistory | None:
    """The page, in two queries; None when there is no such task, or not for this person's eyes."""
    row = load_for_lines(RoutineTask.objects.visible_to(user)).filter(pk=pk).first() if pk < 2**63 else None
    if row is None:
        return None
    line = make_line(row, user, now, error)
    today = now.astimezone(zone_named(line.zone)).date()
    ticks = {tick.period: tick for tick in RoutineTick.objects.filter(task=pk).select_related("ticked_by")}
    states = {day: tick.state for day, tick in ticks.items()}
    marks = mark_last(row.cadence, row.life, states, today, MOST[row.cadence])
    return TaskHistory(
        line,
        row,
        row.ended_on is None and not row.runbook.is_retired,
        [_describe(row, mark, ticks.get(mark.period.start), today) for mark in _trim(marks)],
        find_streaks(row.cadence, row.life, states, today),
        Counter({state: sum(mark.state == state for mark in marks) for state in WORDS}),
        UNITS[row.cadence],
    )


def _trim(marks: list[Mark]) -> list[Mark]:
    """Without what was before the task was one."""
    first = next((index for index, mark in enumerate(marks) if mark.state != "none"), len(marks))
    return marks[first:]


def _describe(row: RoutineTask, mark: Mark, tick: RoutineTick | None, today: dt.date) -> PastPeriod:
    said = Tick(tick.state, str(tick.ticked_by), tick.ticked_at, tick.note, tick.ticked_by_id) if tick else None
    name = name_period(row.cadence, mark.period, today.year)
    return PastPeriod(name, shorten_period(row.cadence, mark.period, today.year), mark.state, WORDS[mark.state], said)
