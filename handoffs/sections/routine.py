"""Routine tasks of the team: what is open until the coming shift ends, what was missed in this one, and what was done."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject
from django.urls import reverse

from handoffs.sections.base import Entry, Scope
from handoffs.sections.belonging import SECRET, find_runbooks
from handoffs.sections.writing import count, cut, say_at, shorten
from runbooks.models import Cadence, RoutineTask, RoutineTick
from runbooks.upkeep.cadence import CADENCES, Period, find_period, list_periods, shorten_period
from runbooks.upkeep.streaks import is_owed

YEAR = dt.timedelta(days=366)
MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Duty:
    """A task with what concerns this handoff: the open period, those that were missed, and who did it since the last one."""

    task: RoutineTask
    period: Period
    ends_at: dt.datetime
    is_open: bool
    missed: tuple[Period, ...]
    done_by: tuple[str, ...]
    left_out: str  # why, where the open period was left out in this shift


def find_routine(scope: Scope) -> list[Entry]:
    """What is missed comes first, then what is open, by its end; what was done is one entry for all. One query.

    Days and weeks end at midnight in the team's zone.
    """
    duties = [_look_at(task, scope) for task in _load(scope)]
    due = [duty for duty in duties if duty.missed or (duty.is_open and duty.ends_at <= scope.next_ends_at)]
    due.sort(
        key=lambda duty: (not duty.missed, duty.ends_at, duty.task.runbook.title, duty.task.position, duty.task.pk)
    )
    entries = [*(_describe(duty, scope) for duty in due), *_sum_up(duties)]
    return shorten("routine", entries, f"{reverse('routine:tasks')}?team={scope.team.slug}")


def _load(scope: Scope) -> list[RoutineTask]:
    """The tasks that this team does, each with `given`: its ticks that may concern the shift."""
    short = Q(task__cadence__in=("daily", "weekly"), period__gte=(scope.since - dt.timedelta(days=8)).date())
    long = Q(period__gte=(scope.since - YEAR).date()) & ~Q(task__cadence__in=("daily", "weekly"))
    said = JSONObject(period="period", state="state", note="note", at="ticked_at", by="ticked_by__display_name")
    ticks = RoutineTick.objects.filter(short | long, task=OuterRef("pk")).order_by("period").annotate(said=said)
    rows = RoutineTask.objects.going().with_home().of_teams([scope.team.pk]).filter(runbook__in=find_runbooks(scope))
    return list(
        rows.select_related("runbook__service").annotate(given=ArraySubquery(ticks.values("said"))).order_by("pk")
    )


def _look_at(task: RoutineTask, scope: Scope) -> Duty:
    zone = zoneinfo.ZoneInfo(scope.team.time_zone)
    today, since = (at.astimezone(zone).date() for at in (scope.now, scope.since))
    given = {dt.date.fromisoformat(one["period"]): one for one in vars(task)["given"]}
    period = find_period(task.cadence, today)
    # Whatever ended since the last handoff: the period that was open then, and those after it.
    ended = [one for one in list_periods(task.cadence, since, today) if one.end <= today]
    late = [one for one in ended if is_owed(one, task.life) and one.start not in given]
    new = [one for one in given.values() if dt.datetime.fromisoformat(one["at"]) > scope.since]
    now = given.get(period.start)
    return Duty(
        task,
        period,
        dt.datetime.combine(period.end, dt.time(), zone),
        now is None,
        tuple(late),
        tuple(one["by"] for one in new if one["state"] == RoutineTick.State.DONE),
        now["note"] if now and now in new and now["state"] == RoutineTick.State.SKIPPED else "",
    )


def _describe(duty: Duty, scope: Scope) -> Entry:
    task, year = duty.task, duty.period.start.year
    missed = [shorten_period(task.cadence, period, year) for period in duty.missed]
    facts = (
        Cadence(task.cadence).label.lower(),
        cut(f"missed {', '.join(missed)}") if missed else "",
        cut(task.runbook.title, 80),
        task.runbook.service.name,
        _say_now(duty, year),
    )
    return Entry(
        key=f"routine:{task.pk}",
        title=cut(task.text, 200),
        url=task.get_absolute_url(),
        tag="Missed" if missed else "Open",
        tone="red" if missed else "amber",
        facts=tuple(filter(None, facts)),
        times=(("open until", say_at(duty.ends_at)),) if duty.is_open else (),
        secret=_is_secret(task),
    )


def _say_now(duty: Duty, year: int) -> str:
    name = shorten_period(duty.task.cadence, duty.period, year)
    if duty.is_open:
        return f"{name} is open"
    return cut(f"{name} left out: {duty.left_out}") if duty.left_out else f"{name} is settled"


def _sum_up(duties: list[Duty]) -> Iterator[Entry]:
    """What was done or left out in the shift, as one line each; of Confidential runbooks in an entry of their own."""
    told = [duty for duty in duties if duty.done_by or duty.left_out]
    told.sort(key=lambda duty: (CADENCES.index(duty.task.cadence), duty.task.text.casefold(), duty.task.pk))
    for secret in (False, True):
        mine = [duty for duty in told if _is_secret(duty.task) == secret]
        if not mine:
            continue
        lines = [_say_done(duty) for duty in mine[:MOST_LINES]]
        rest = [f"and {len(mine) - MOST_LINES} more"] if len(mine) > MOST_LINES else []
        yield Entry(
            key="routine-done:secret" if secret else "routine-done",
            title=f"{count(len(mine), 'task')} done or left out in the shift",
            url=reverse("routine:tasks"),
            tag="Done",
            tone="green",
            facts=("of Confidential runbooks",) if secret else (),
            lines=(*lines, *rest),
            secret=secret,
        )


def _say_done(duty: Duty) -> str:
    if not duty.done_by:
        return cut(f"{duty.task.text}: left out, {duty.left_out}", 120)
    times = f" {len(duty.done_by)}×" if len(duty.done_by) > 1 else ""
    return cut(f"{duty.task.text}: done{times} by {', '.join(dict.fromkeys(duty.done_by))}", 120)


def _is_secret(task: RoutineTask) -> bool:
    return SECRET in (task.runbook.classification, task.runbook.service.classification)
