"""Routine tasks on other pages: of one service, and how far the reader's teams are."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from oncall.models import Service
from oncall.rota import zone_named
from runbooks.models import RoutineTask, RoutineTick
from runbooks.routine_pages.lines import TaskLine, load_for_lines, make_line
from runbooks.upkeep.cadence import CADENCES, find_period

MOST = 12  # lines on a service's page
NOW = {
    "daily": "Today",
    "weekly": "This week",
    "monthly": "This month",
    "quarterly": "This quarter",
    "annually": "This year",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How many tasks of one cadence are settled, that is done or left out, in the period that goes on."""

    cadence: str
    label: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ServiceTasks:
    """A service's tasks, those still open first; `left` is how many more there are."""

    lines: list[TaskLine]
    left: int
    progress: list[Progress]


def describe_service_tasks(service: Service, user: User, now: dt.datetime) -> ServiceTasks:
    """The panel of a service's page; one query."""
    rows = RoutineTask.objects.visible_to(user).going().filter(runbook__service=service)
    lines = [make_line(row, user, now) for row in load_for_lines(rows).order_by("runbook__title", "position", "pk")]
    lines.sort(key=lambda line: (line.state != "open", CADENCES.index(line.cadence)))
    counted = Counter((line.cadence, line.state != "open") for line in lines)
    return ServiceTasks(lines[:MOST], max(0, len(lines) - MOST), list(_sum_up(counted)))


def describe_front_tasks(user: User, now: dt.datetime) -> list[Progress]:
    """How far the teams of this person are, by cadence; one query, none for somebody without a team."""
    teams = user.get_team_ids()
    if not teams:
        return []
    newest = RoutineTick.objects.filter(task=OuterRef("pk")).order_by("-period").values("period")[:1]
    rows = RoutineTask.objects.visible_to(user).going().with_home().of_teams(teams)
    rows = rows.annotate(ticked=Coalesce(Subquery(newest), dt.date.min)).order_by()
    counted: Counter[tuple[str, bool]] = Counter()
    for cadence, zone, ticked, number in rows.values_list("cadence", "zone", "ticked").annotate(number=Count("pk")):
        today = now.astimezone(zone_named(zone)).date()
        counted[cadence, ticked == find_period(cadence, today).start] += number
    return list(_sum_up(counted))


def _sum_up(counted: Counter[tuple[str, bool]]) -> Iterable[Progress]:
    for cadence in CADENCES:
        done, still_open = counted[cadence, True], counted[cadence, False]
        if done + still_open:
            yield Progress(cadence, NOW[cadence], done, done + still_open)
