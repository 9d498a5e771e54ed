"""Cells of the coverage table: where each part is written, and where what is missing can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.urls import reverse

from accounts.models import User
from runbooks.coverage.counting import NOTHING, RECOVERY, Holding, State, find_runbooks
from runbooks.models import Kind, RunbookVersion, Status
from runbooks.reading.coverage import COLUMNS, RPO, RTO, Column

SIGNS = {State.THERE: "✓", State.PART: "◐", State.DRAFT: "✎", State.GAP: "–"}
# Whose answer is the best: the service's own page first.
ORDER = (Kind.SERVICE, Kind.FEATURE, Kind.PROCEDURE, Kind.INCIDENT, Kind.MONITORING)


@dataclass(frozen=True, slots=True)
class Text:
    """A version in force, or on its way, and where each part stands in it."""

    title: str
    kind: str
    edit_url: str
    url: str
    is_active: bool
    parts: dict[str, str]

    def address(self, code: str) -> str:
        anchor = self.parts[code]
        return f"{self.url}#{quote(anchor)}" if anchor else self.url

    @property
    def rank(self) -> tuple[bool, int, int, str]:
        place = ORDER.index(Kind(self.kind)) if self.kind in ORDER else len(ORDER)
        return not self.is_active, place, -len(self.parts), self.title


@dataclass(frozen=True, slots=True)
class Cell:
    """`words` say all of it, with the sign beside them; `url` is where it is written, or can be; "" leads nowhere."""

    column: Column
    state: State
    words: str
    url: str = ""
    is_invitation: bool = False  # the link leads to writing it

    @property
    def sign(self) -> str:
        return "+" if self.is_invitation else SIGNS[self.state]


def load_texts(services: Collection[int], user: User) -> dict[int, list[Text]]:
    """The texts of these services, the best first; one query."""
    versions = RunbookVersion.objects.filter(runbook__in=find_runbooks(user).filter(service__in=services))
    rows: Iterable[dict[str, Any]] = versions.exclude(status=Status.SUPERSEDED).values(
        *("pk", "status", "major", "minor", "parts", "runbook__title", "runbook__kind", "runbook__slug"),
        *("runbook__service_id", "runbook__service__slug", "runbook__shown_version_id"),
    )
    found: dict[int, list[Text]] = defaultdict(list)
    for row in rows:
        found[row["runbook__service_id"]].append(_make_text(row))
    return {service: sorted(texts, key=lambda text: text.rank) for service, texts in found.items()}


def make_cells(name: str, slug: str, holding: Holding, texts: list[Text], user: User) -> list[Cell]:
    """One for each column."""
    where = _where_to_write(slug, texts, user)
    return [_make_cell(column, name, holding, texts, where) for column in COLUMNS]


def say_state(column: Column, holding: Holding = NOTHING) -> str:
    """In words, for those who can't see the sign, and for files."""
    state = holding.state(column.code)
    if state == State.PART:
        return f"in part: without {' and '.join(holding.recovery_lacks)}"
    return {State.THERE: "there", State.DRAFT: "in a draft only"}.get(state, "missing")


def _make_text(row: dict[str, Any]) -> Text:
    place = [row["runbook__service__slug"], row["runbook__slug"]]
    is_shown = row["pk"] == row["runbook__shown_version_id"]
    number = f"{row['major']}.{row['minor']}"
    return Text(
        title=row["runbook__title"],
        kind=row["runbook__kind"],
        edit_url=reverse("runbooks:edit", args=place),
        url=reverse("runbooks:detail", args=place) if is_shown else reverse("runbooks:version", args=[*place, number]),
        is_active=row["status"] == Status.ACTIVE,
        parts=row["parts"],
    )


def _make_cell(column: Column, name: str, holding: Holding, texts: list[Text], where: str) -> Cell:
    state = holding.state(column.code)
    words = f"{column.label}: {say_state(column, holding)}"
    if state == State.GAP:
        return Cell(column, state, f"{words}. Write it for {name}" if where else words, where, bool(where))
    codes = (column.code, RTO, RPO) if column.code == RECOVERY else (column.code,)
    for code in codes:
        best = next((text for text in texts if code in text.parts), None)
        if best is not None:
            return Cell(column, state, f"{words}, in {best.title}", best.address(code))
    return Cell(column, state, words)


def _where_to_write(slug: str, texts: list[Text], user: User) -> str:
    """The editor of the service's main runbook, or a new one; "" for those who may do neither."""
    main = next((text for text in texts if text.kind == Kind.SERVICE), None)
    if main is not None and user.has_perm("runbooks.change_runbook"):
        return main.edit_url
    if main is None and user.has_perm("runbooks.add_runbook"):
        return f"{reverse('runbooks:new')}?{urlencode({'template': 'service-runbook', 'service': slug})}"
    return ""
