"""What a search gives back: plain values, ready to be printed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

# A text in pieces, those that match marked: (("Restart the ", False), ("gate", True)).
Marked = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer, with the address of the very place."""

    kind: str  # a SearchEntry.Kind value, or "service"
    title: Marked
    url: str  # with the anchor of the section
    trail: tuple[tuple[str, str], ...] = ()  # text and address of what it stands in: service, runbook, sections above
    fragment: Marked = ()
    status: str = ""  # "active", "draft", "review", "approved"; "" where there is none (a service)
    status_label: str = ""
    is_exact: bool = False  # its name is what was asked for
    is_stale: bool = False  # its runbook is: see runbooks.upkeep.freshness
    detail: dict[str, Any] = field(default_factory=dict)  # see SearchEntry.detail

    @property
    def name(self) -> str:
        return "".join(text for text, _ in self.title)

    @property
    def severity(self) -> str:
        """Of an alert, as written; "" where none is."""
        return str(self.detail.get("severity", ""))

    @property
    def code(self) -> str:
        """What a command says."""
        return str(self.detail.get("code", ""))


@dataclass(frozen=True, slots=True)
class Group:
    """The answers of one kind."""

    kind: str
    label: str  # "Sections"
    hits: tuple[Hit, ...]
    count: int  # all of them, of which `hits` are the first
    is_capped: bool = False  # whether there are more than `count`


@dataclass(frozen=True, slots=True)
class Results:
    """The answers to one question, the best first."""

    words: str  # the question as it was understood, cut to what is used of it
    groups: tuple[Group, ...] = ()
    best: Hit | None = None
    is_nearest: bool = False  # nothing fits all words; these fit most of them
    corrections: tuple[tuple[str, str], ...] = ()  # what was written, and what was taken for it
    in_drafts: int = 0  # answers in versions that are not active, when those were not asked for
    page: int = 1
    pages: int = 1

    @property
    def total(self) -> int:
        return sum(group.count for group in self.groups)

    @property
    def is_capped(self) -> bool:
        return any(group.is_capped for group in self.groups)

    @property
    def is_empty(self) -> bool:
        return not any(group.hits for group in self.groups)

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The answers in the order they are read: the best one, then group by group."""
        grouped = (hit for group in self.groups for hit in group.hits if hit != self.best)
        return ((self.best,) if self.best else ()) + tuple(grouped)
