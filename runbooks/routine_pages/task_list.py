"""The page of routine tasks: by team, what is due in the periods that go on, and who is on duty."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, IntegerField, Value, When
from django.db.models.functions import Coalesce

from accounts.models import Team, User
from oncall.rota import zone_named
from runbooks.models import Cadence, RoutineTask
from runbooks.models.routine import RoutineTaskQuerySet
from runbooks.routine_pages.duty import OnDuty, find_on_duty
from runbooks.routine_pages.lines import DUE, TaskLine, load_for_lines, make_line
from runbooks.upkeep.cadence import CADENCES

PAGE_SIZE = 100
STATES = {"open": "Still open", "done": "Done", "skipped": "Left out", "missed": "Missed last time"}
Counts = Counter[tuple[int | None, str, str, str]]  # team, service's slug, cadence, state


@dataclass(frozen=True, slots=True)
class DueGroup:
    """A team's tasks of one cadence; `done` and `total` count all of them, also those on other pages."""

    team: int | None
    cadence: str
    title: str
    period_name: str
    until: dt.datetime
    done: int
    skipped: int
    total: int
    lines: list[TaskLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TeamTasks:
    """A team with its tasks; without a name those of nobody."""

    pk: int | None
    name: str
    slug: str
    zone: str
    is_mine: bool
    on_duty: list[OnDuty]
    groups: list[DueGroup] = field(default_factory=list)


class RoutineList:
    """What an address asks for, as far as it is understood; the number of queries does not depend on how much there is."""

    def __init__(self, user: User, query: Mapping[str, str], now: dt.datetime) -> None:
        self.user, self.now = user, now
        wishes = {
            name: query.get(name, "").replace("\0", "") for name in ("team", "cadence", "service", "state", "runbook")
        }
        self.wishes = wishes
        self.cadence = wishes["cadence"] if wishes["cadence"] in CADENCES else ""
        self.state = wishes["state"] if wishes["state"] in STATES else ""
        self.page_number = query.get("page", "1")
        self.is_narrow = bool(wishes["service"] or wishes["runbook"])

    @property
    def team(self) -> str:
        """A team's slug, `mine` or `all`. The reader's own, unless the address asks for something that may be elsewhere."""
        has_teams = bool(self.user.get_team_ids())
        return self.wishes["team"] or ("mine" if has_teams and not self.is_narrow else "all")

    @property
    def is_filtered(self) -> bool:
        return any(self.wishes.values())

    @cached_property
    def teams(self) -> dict[int, Team]:
        return {team.pk: team for team in Team.objects.order_by("name")}

    @cached_property
    def rows(self) -> RoutineTaskQuerySet:
        """All tasks of the teams that are asked for, whatever their service, cadence and state."""
        rows = RoutineTask.objects.visible_to(self.user).going().with_home()
        if self.wishes["runbook"]:
            service, _, slug = self.wishes["runbook"].partition("/")
            rows = rows.filter(runbook__service__slug=service, runbook__slug=slug)
        if self.team == "mine":
            rows = rows.of_teams(self.user.get_team_ids())
        elif self.team != "all":
            rows = rows.of_teams([team.pk for team in self.teams.values() if team.slug == self.team])
        zones = {"UTC", *(team.time_zone for team in self.teams.values())}
        return rows.with_now({zone: self.now.astimezone(zone_named(zone)).date() for zone in zones})

    @cached_property
    def _grouped(self) -> list[tuple[int | None, str, str, str, str, int]]:
        columns = ("home", "runbook__service__slug", "runbook__service__name", "cadence", "state")
        counted = self.rows.order_by().values(*columns).annotate(number=Count("pk"))
        return list(counted.values_list(*columns, "number"))

    @cached_property
    def counts(self) -> Counts:
        """Of the service and cadence that are asked for."""
        found: Counts = Counter()
        for home, slug, _, cadence, state, number in self._grouped:
            if self._fits(slug, cadence):
                found[home, slug, cadence, state] += number
        return found

    @cached_property
    def services(self) -> list[tuple[str, str]]:
        """Slug and name of each service that has tasks."""
        found = {slug: name for _, slug, name, _, _, _ in self._grouped}
        return sorted(found.items(), key=lambda one: one[1].casefold())

    @cached_property
    def page(self) -> Page[RoutineTask]:
        rows = self.rows
        if self.cadence:
            rows = rows.filter(cadence=self.cadence)
        if self.wishes["service"]:
            rows = rows.filter(runbook__service__slug=self.wishes["service"])
        if self.state == "missed":
            rows = rows.missed_last()
        elif self.state:
            rows = rows.in_state("" if self.state == "open" else self.state)
        paginator = Paginator(load_for_lines(self._sort(rows)), PAGE_SIZE)
        if self.state != "missed":  # all others were counted already
            wanted = "" if self.state == "open" else self.state
            paginator.count = sum(n for (_, _, _, s), n in self.counts.items() if not self.state or s == wanted)
        return paginator.get_page(self.page_number)

    @cached_property
    def blocks(self) -> list[TeamTasks]:
        """The page by team, the reader's teams first."""
        lines = [make_line(row, self.user, self.now) for row in self.page.object_list]
        on_duty = find_on_duty({line.home for line in lines if line.home is not None}, self.user, self.now)
        blocks: dict[int | None, TeamTasks] = {}
        for line in lines:
            if line.home not in blocks:
                blocks[line.home] = self._make_block(line, on_duty.get(line.home or 0, []))
            groups = blocks[line.home].groups
            if not groups or groups[-1].cadence != line.cadence:
                groups.append(self.make_group(line))
            groups[-1].lines.append(line)
        return list(blocks.values())

    @property
    def totals(self) -> dict[str, int]:
        """How many of what is asked for are done, left out and open."""
        by_state: Counter[str] = Counter()
        for (_, _, _, state), number in self.counts.items():
            by_state[state or "open"] += number
        return {"done": by_state["done"], "skipped": by_state["skipped"], "open": by_state["open"]}

    @property
    def address(self) -> str:
        """The address of this list without the page, for the pager."""
        return urlencode({name: value for name, value in self.wishes.items() if value})

    def make_group(self, line: TaskLine) -> DueGroup:
        """The head of the group that line stands in, without lines."""
        by_state: Counter[str] = Counter()
        for (home, _, cadence, state), number in self.counts.items():
            if (home, cadence) == (line.home, line.cadence):
                by_state[state] += number
        return DueGroup(
            line.home,
            line.cadence,
            DUE[line.cadence],
            line.period_name,
            line.until,
            by_state["done"],
            by_state["skipped"],
            by_state.total(),
        )

    def _fits(self, service: str, cadence: str) -> bool:
        return (not self.cadence or cadence == self.cadence) and self.wishes["service"] in ("", service)

    def _make_block(self, line: TaskLine, on_duty: list[OnDuty]) -> TeamTasks:
        team = self.teams.get(line.home) if line.home is not None else None
        if team is None:
            return TeamTasks(None, "Without a team", "", "UTC", False, [])
        return TeamTasks(team.pk, team.name, team.slug, team.time_zone, team.pk in self.user.get_team_ids(), on_duty)

    def _sort(self, rows: RoutineTaskQuerySet) -> RoutineTaskQuerySet:
        teams = self.user.get_team_ids()
        mine = [Case(When(home__in=teams, then=0), default=1, output_field=IntegerField())] if teams else []
        order = Case(*(When(cadence=name, then=Value(i)) for i, name in enumerate(CADENCES)), default=Value(9))
        name = Coalesce("runbook__team__name", "runbook__service__team__name")
        return rows.order_by(*mine, name.asc(nulls_last=True), order, "runbook__title", "runbook_id", "position", "pk")


def list_cadences() -> Iterable[tuple[str, str]]:
    return [(name, Cadence(name).label) for name in CADENCES]
