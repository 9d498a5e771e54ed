"""Ticking a routine task, leaving it out with a reason, and taking that back; only in the period that goes on."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.errors import require
from accounts.models import User
from runbooks.errors import NotAllowed, Refused, WrongStatus
from runbooks.models import RoutineTask, RoutineTick
from runbooks.services.common import lock_runbook
from runbooks.services.routine.homes import find_day, find_home
from runbooks.services.secrets import check_words
from runbooks.upkeep.cadence import Period, find_period, name_period

LONGEST_NOTE = 300
PERMISSION = "runbooks.change_routinetask"


class AlreadyTicked(Refused):
    """Somebody else was first. `tick` is theirs."""

    def __init__(self, tick: RoutineTick) -> None:
        said = "did it already" if tick.state == RoutineTick.State.DONE else "left it out"
        super().__init__(f"{tick.ticked_by} {said} in this period. Nothing was changed.")
        self.tick = tick


@transaction.atomic
def tick_task(
    task: RoutineTask,
    *,
    user: User,
    now: dt.datetime,
    state: str = RoutineTick.State.DONE,
    note: str = "",
    period: dt.date | None = None,
) -> RoutineTick:
    """Say that it was done, or with a reason why it is left out (`skipped`), in the period that goes on in the team's zone.

    `period` is the first day of the one that was on the person's screen: when that is over, nothing is ticked. The same
    person may say the same twice. Raises NotAllowed, WrongStatus for what is no task any more, AlreadyTicked, Refused.
    """
    require(user, PERMISSION, "tick routine tasks")
    note = _read_note(note, state)
    task = _lock(task, user)
    open_one = _check_open(task, now, period)
    tick = task.ticks.select_related("ticked_by").filter(period=open_one.start).first()
    if tick is None:
        return RoutineTick.objects.create(
            task=task, period=open_one.start, state=state, note=note, ticked_by=user, ticked_at=now
        )
    if (tick.ticked_by_id, tick.state) != (user.pk, state):
        raise AlreadyTicked(tick)
    return tick


@transaction.atomic
def untick_task(task: RoutineTask, *, user: User, now: dt.datetime, period: dt.date | None = None) -> None:
    """Take the open period's tick back: whoever gave it may, and the members of the task's team. Twice is no error."""
    require(user, PERMISSION, "tick routine tasks")
    task = _lock(task, user)
    open_one = _check_open(task, now, period)
    tick = task.ticks.select_related("ticked_by").filter(period=open_one.start).first()
    if tick is None:
        return
    if not may_take_back(tick.ticked_by_id, _home_id(task), user):
        raise NotAllowed(f"Only {tick.ticked_by}, who gave it, or somebody of the team may take this back.")
    tick.delete()


def may_take_back(ticked_by_id: int, home_id: int | None, user: User) -> bool:
    """Whether this person may take a tick of that person back, on a task of that team."""
    return ticked_by_id == user.pk or (home_id is not None and home_id in user.get_team_ids())


def _lock(task: RoutineTask, user: User) -> RoutineTask:
    """The task as it is now, with its runbook locked. Raises Refused where it is gone, or not for that person's eyes."""
    lock_runbook(task.runbook_id)
    rows = RoutineTask.objects.visible_to(user).select_related("runbook__team", "runbook__service__team")
    found = rows.filter(pk=task.pk).first()
    if found is None:
        raise Refused("There is no such task any more.")
    if found.ended_on is not None or found.runbook.is_retired:
        raise WrongStatus("This is no routine task any more: the runbook that is in force does not ask for it.")
    return found


def _check_open(task: RoutineTask, now: dt.datetime, wanted: dt.date | None) -> Period:
    today = find_day(task.runbook, now)
    going = find_period(task.cadence, today)
    if wanted is not None and wanted != going.start:
        name = name_period(task.cadence, find_period(task.cadence, wanted), today.year)
        raise WrongStatus(f"“{name}” is not open any more in the team’s time zone, so nothing can be said about it.")
    return going


def _home_id(task: RoutineTask) -> int | None:
    home = find_home(task.runbook)
    return home.pk if home else None


def _read_note(note: str, state: str) -> str:
    if state not in RoutineTick.State.values:
        raise Refused("A task is either done or left out.")
    if "\0" in note:
        raise Refused("The note holds a NUL character, which text can't.")
    note = " ".join(note.split())
    if state == RoutineTick.State.SKIPPED and not note:
        raise Refused("Say in a few words why it is left out.")
    if len(note) > LONGEST_NOTE:
        raise Refused(f"The note may have at most {LONGEST_NOTE} characters.")
    check_words(note, "The note")
    return note
