"""The coverage page: services down, what a runbook must hold across."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import QueryDict

from accounts.csv_text import write_csv
from accounts.models import User
from oncall.models import Service
from runbooks.coverage.cells import Cell, load_texts, make_cells, say_state
from runbooks.coverage.counting import NOTHING, Holding, State, load_holdings
from runbooks.coverage.standing import load_called
from runbooks.reading.coverage import CODES, COLUMNS, Column

PAGE_SIZE = 50
MOST_NAMED = 5  # services named beside the table, of each lack
SORTS = {"gaps": "Most to do first", "tier": "Importance", "name": "Name"}
NO_TEAM = "~none"  # no slug holds a “~”
# What a service itself may lack: code, title, what it means.
LACKS = {
    "owner": ("Without an owner", "No team is named."),
    "path": ("Without an escalation path", "None is chosen, or it calls nobody."),
    "oncall": ("Nobody on call right now", "Neither along the path nor in the team’s rotations."),
    "runbook": ("Without any runbook", "None that is in use and that you may see."),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One service. `lacks` are codes of LACKS."""

    pk: int
    name: str
    slug: str
    tier: int
    team: str
    team_slug: str
    holding: Holding
    lacks: tuple[str, ...]
    states: tuple[State, ...]

    @property
    def url(self) -> str:
        return f"/services/{self.slug}/"

    @property
    def there(self) -> int:
        return self.states.count(State.THERE)

    @property
    def weight(self) -> int:
        """How much there is to do, times how much it matters: tier 1 counts four times as much as tier 4."""
        open_cells = 2 * self.states.count(State.GAP) + self.states.count(State.PART) + self.states.count(State.DRAFT)
        return open_cells * (5 - self.tier)


@dataclass(frozen=True, slots=True)
class Total:
    """How many services have one column."""

    column: Column
    there: int
    of: int

    @property
    def percent(self) -> int:
        return self.there * 100 // self.of if self.of else 0


@dataclass(frozen=True, slots=True)
class Lack:
    """Services that lack one thing, the most important first."""

    code: str
    title: str
    about: str
    count: int
    lines: list[Line]


@dataclass(frozen=True)
class Wishes:
    """What the address asks for, as far as it is understood."""

    q: str
    team: str
    tier: str
    lack: str
    gap: str
    sort: str

    @classmethod
    def read(cls, query: QueryDict) -> Wishes:
        def chosen(name: str, known: Iterable[str]) -> str:
            value = query.get(name) or ""
            return value if value in known else ""

        return cls(
            q=" ".join(query.get("q", "").replace("\0", "").split())[:200],
            team=query.get("team", "").replace("\0", "")[:80],
            tier=chosen("tier", tuple("1234")),
            lack=chosen("lack", LACKS),
            gap=chosen("gap", CODES[: len(COLUMNS)]),
            sort=chosen("sort", SORTS) or "gaps",
        )

    @property
    def is_filtered(self) -> bool:
        return bool(self.q or self.team or self.tier or self.lack or self.gap)

    @property
    def gap_label(self) -> str:
        return next((column.label for column in COLUMNS if column.code == self.gap), "")

    @property
    def lack_label(self) -> str:
        return LACKS[self.lack][0] if self.lack else ""


class Coverage:
    """All of the page, as far as this person may know of it. Nine queries, whatever the number of services."""

    columns = COLUMNS
    sorts = SORTS
    no_team = NO_TEAM

    def __init__(self, user: User, query: QueryDict, now: dt.datetime) -> None:
        self.user = user
        self.now = now
        self.wishes = Wishes.read(query)
        self.page_number = query.get("page", "1")

    @cached_property
    def everything(self) -> list[Line]:
        """Every service, by importance, then name."""
        holdings, called = load_holdings(self.user), load_called(self.now)
        columns = ("pk", "name", "slug", "tier", "team_id", "team__name", "team__slug", "escalation_path_id")
        rows = Service.objects.for_list(self.user).values_list(*columns)
        lines = []
        for pk, name, slug, tier, team, team_name, team_slug, path in rows:
            holding = holdings.get(pk, NOTHING)
            lacks = {
                "owner": team is None,
                "path": not called.has_path(path),
                "oncall": not called.has_oncall(path, team),
                "runbook": holding.texts == 0,
            }
            found = tuple(code for code, is_lacking in lacks.items() if is_lacking)
            lines.append(Line(pk, name, slug, tier, team_name or "", team_slug or "", holding, found, holding.states))
        return lines

    @cached_property
    def lines(self) -> list[Line]:
        """Those that fit, in the order that was asked for."""
        found = [line for line in self.everything if all(test(line) for test in _tests(self.wishes))]
        if self.wishes.sort == "gaps":
            found.sort(key=lambda line: -line.weight)
        if self.wishes.sort == "name":
            found.sort(key=lambda line: line.name.casefold())
        return found

    @cached_property
    def totals(self) -> list[Total]:
        """Of the services that fit."""
        states = [line.states for line in self.lines]
        return [
            Total(column, sum(row[place] == State.THERE for row in states), len(states))
            for place, column in enumerate(COLUMNS)
        ]

    @property
    def share(self) -> int | None:
        """Percent of all cells that are there; None of nothing."""
        cells = sum(total.of for total in self.totals)
        return sum(total.there for total in self.totals) * 100 // cells if cells else None

    @cached_property
    def page(self) -> Page[tuple[Line, list[Cell]]]:
        """One page of services with their cells."""
        page: Page[Any] = Paginator(self.lines, PAGE_SIZE).get_page(self.page_number)
        texts = load_texts([line.pk for line in page.object_list], self.user)
        page.object_list = [
            (line, make_cells(line.name, line.slug, line.holding, texts.get(line.pk, []), self.user))
            for line in page.object_list
        ]
        return page

    @cached_property
    def lacks(self) -> list[Lack]:
        """Of all services, whatever the filters."""
        found = []
        for code, (title, about) in LACKS.items():
            lines = [line for line in self.everything if code in line.lacks]
            found.append(Lack(code, title, about, len(lines), lines[:MOST_NAMED]))
        return found

    @cached_property
    def teams(self) -> list[tuple[str, str]]:
        """Slugs and names of the teams that have services, by name."""
        return sorted({(line.team_slug, line.team) for line in self.everything if line.team}, key=lambda pair: pair[1])

    def to_csv(self) -> str:
        """Every service that fits, one a row; each cell in words."""
        header = ["Service", "Tier", "Team", *(column.label for column in COLUMNS), "There", "Of"]
        rows = (
            [
                *(line.name, line.tier, line.team),
                *(say_state(column, line.holding) for column in COLUMNS),
                *(line.there, len(COLUMNS)),
                *("yes" if code in line.lacks else "no" for code in LACKS),
            ]
            for line in self.lines
        )
        return write_csv([*header, *(title for title, _ in LACKS.values())], rows)


def _tests(wishes: Wishes) -> list[Callable[[Line], bool]]:
    tests: list[Callable[[Line], bool]] = []
    if words := wishes.q.casefold().split():
        tests.append(lambda line: all(word in f"{line.name} {line.slug} {line.team}".casefold() for word in words))
    if wishes.team:
        tests.append(lambda line: line.team_slug == ("" if wishes.team == NO_TEAM else wishes.team))
    if wishes.tier:
        tests.append(lambda line: line.tier == int(wishes.tier))
    if wishes.lack:
        tests.append(lambda line: wishes.lack in line.lacks)
    if wishes.gap:
        place = CODES.index(wishes.gap)
        tests.append(lambda line: line.states[place] != State.THERE)
    return tests
