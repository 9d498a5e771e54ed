"""Which runbooks name somebody, and what runbooks name that the directory does not know."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.db.models.fields.json import KeyTransform

from accounts.models import User
from oncall.models import Contact, OncallChange, Service
from oncall.pages.contact import Mention
from runbooks.lazy import release
from runbooks.models import Runbook
from runbooks.people_found.directory import load_directory
from runbooks.people_found.matching import Directory, Match, match
from runbooks.people_found.named import names_in, people_in

KEPT_SECONDS = 3600
COLUMNS = ("title", "slug", "team", "service__name", "service__slug", "service__team")
PARTS = ("contacts", "vendors", "channels", "escalations", "facts")


@dataclass(slots=True)
class Found:
    """What one runbook names, compared with the directory."""

    runbook: Runbook
    matches: list[Match] = field(default_factory=list)
    departed: int = 0

    @property
    def is_new(self) -> int:
        """How many are not in the directory."""
        return sum(match.entry is None for match in self.matches)

    @property
    def differing(self) -> int:
        """How many are there, and differ."""
        return sum(bool(match.differences(False)) for match in self.matches)


def find_mentions(contact: Contact, user: User) -> list[Mention]:
    """Runbooks in use that name the contact, as far as this person may know of them, with the lines."""
    lines = _index_mentions().get(contact.pk, {})
    runbooks = _readable(user).filter(pk__in=lines).select_related("service").only(*COLUMNS).order_by("title", "pk")
    return [
        Mention(runbook.title, runbook.get_absolute_url(), f"{runbook.service.name}, {_say_lines(lines[runbook.pk])}")
        for runbook in runbooks
    ]


def _index_mentions() -> dict[int, dict[int, list[int]]]:
    """Who is named where: contact, runbook, lines; of all runbooks, so whoever shows it asks who may see which.

    Comparing two thousand runbooks takes a second. It is done again when anything in on-call or any runbook changed.
    """
    newest = [model.objects.order_by("-updated_at").values_list("updated_at")[:1] for model in (Runbook, Service)]
    stamps = list(newest[0].union(newest[1], all=True))
    number = OncallChange.objects.values_list("number", flat=True).first()
    key = hashlib.sha256(repr((release(), number, stamps)).encode()).hexdigest()
    known: dict[int, dict[int, list[int]]] = cache.get_or_set(f"mentions:{key}", _compare_all, KEPT_SECONDS) or {}
    return known


def _compare_all() -> dict[int, dict[int, list[int]]]:
    directory = load_directory()
    index: dict[int, dict[int, list[int]]] = {}
    for runbook, document in read_structures(Runbook.objects.in_use().shown()):
        for named in people_in(document):
            entry = match(named, directory, team_of(runbook)).entry
            if entry is not None and entry.what == "contact":
                index.setdefault(entry.pk, {}).setdefault(runbook.pk, []).append(named.line)
    return index


def _say_lines(lines: list[int]) -> str:
    shown = ", ".join(str(line) for line in lines[:5])
    return f"line{'s' if len(lines) > 1 else ''} {shown}{' …' if len(lines) > 5 else ''}"


def find_found(user: User) -> Iterator[Found]:
    """Each runbook in use that names anybody, compared with the directory; four queries and one for the runbooks."""
    directory = load_directory()
    for runbook, document in read_structures(_readable(user)):
        team = team_of(runbook)
        matches = [match(named, directory, team) for named in names_in(document)]
        departed = sum(
            one.entry is not None and one.entry.has_left
            for one in (match(named, directory, team) for named in people_in(document))
        )
        if matches or departed:
            yield Found(runbook, matches, departed)


def compare(runbook: Runbook, document: dict[str, Any], directory: Directory) -> list[Match]:
    """What the text's tables name, each with the entry it means."""
    return [match(named, directory, team_of(runbook)) for named in names_in(document)]


def read_structures(runbooks: QuerySet[Runbook]) -> Iterator[tuple[Runbook, dict[str, Any]]]:
    """Runbooks with the parts of their shown text's structure that name people, not all of it; one query."""
    parts = {f"part_{name}": KeyTransform(name, "shown_version__document") for name in PARTS}
    rows: Any = runbooks.annotate(**parts).select_related("service").only(*COLUMNS).order_by("title", "pk")
    for runbook in rows:
        yield runbook, {name: getattr(runbook, f"part_{name}") or [] for name in PARTS}


def team_of(runbook: Runbook) -> int | None:
    """The team whose people the runbook means: its service's, else its own."""
    return runbook.service.team_id or runbook.team_id


def _readable(user: User) -> QuerySet[Runbook]:
    return Runbook.objects.visible_to(user).in_use().shown()
