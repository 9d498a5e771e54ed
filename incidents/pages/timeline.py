"""The timeline of an incident as a page shows it: filtered, by day, a hundred entries at a time, pinned ones apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery

from incidents.models import EntryKind, Incident, TimelineEntry
from incidents.pages.times import Clock

PAGE_SIZE = 100
LATE = dt.timedelta(minutes=2)  # an entry written later than that after it happened says when it was written

# Icon and tone of each kind; icons.svg and the tones of portal.css have them.
LOOKS = {
    EntryKind.OPENED: ("alert", "alert"),
    EntryKind.STATUS: ("flag", "accent"),
    EntryKind.SEVERITY: ("alert", "warn"),
    EntryKind.ROLE: ("person", "quiet"),
    EntryKind.FACTS: ("edit", "quiet"),
    EntryKind.ALERT: ("overdue", "alert"),
    EntryKind.PAGE: ("phone", "warn"),
    EntryKind.RUN: ("play", "good"),
    EntryKind.UPDATE: ("mail", "info"),
    EntryKind.CHANGE: ("terminal", "review"),
    EntryKind.NOTE: ("chat", "quiet"),
    EntryKind.CORRECTION: ("history", "quiet"),
}


@dataclass(frozen=True)
class Filter:
    """What somebody wants to see of a timeline. What the address says wrongly is left out."""

    kind: str = ""
    person: int | None = None
    is_pinned: bool = False
    start: int | None = None  # the newest entry to show; None: the newest there is

    @classmethod
    def read(cls, wishes: Mapping[str, str]) -> Filter:
        kind = wishes.get("kind", "")
        return cls(
            kind if kind in EntryKind.values else "",
            _read_number(wishes.get("person", "")),
            wishes.get("pinned") == "1",
            _read_number(wishes.get("from", "")),
        )

    @property
    def is_on(self) -> bool:
        return bool(self.kind or self.person or self.is_pinned)

    def as_query(self, *, start: int | None = None) -> str:
        """`?kind=note&from=12`, "" for everything from the newest on."""
        wishes = {"kind": self.kind, "person": self.person, "pinned": "1" if self.is_pinned else "", "from": start}
        query = urlencode({name: value for name, value in wishes.items() if value})
        return f"?{query}" if query else ""

    def takes(self, entry: TimelineEntry) -> bool:
        return (
            (not self.kind or entry.kind == self.kind)
            and (self.person is None or entry.person_id == self.person)
            and (not self.is_pinned or hasattr(entry, "pin"))
        )


@dataclass(frozen=True)
class Line:
    """An entry as it is printed. Times are on the reader's clock; `there` is the team's, where it shows something else."""

    entry: TimelineEntry
    icon: str
    tone: str
    time: str
    there: str
    late: str  # "recorded 03:40", where it was written down long after it happened
    corrected: str  # the time of the entry that this one corrects
    is_pinned: bool
    corrections: list[int]

    @property
    def pk(self) -> int:
        return self.entry.pk

    @property
    def url(self) -> str:
        """Only pages of the portal itself."""
        url = self.entry.url
        return url if url.startswith("/") and not url.startswith(("//", "/\\")) else ""

    @property
    def said(self) -> str:
        """One sentence for a screen reader."""
        return f"{self.entry.person or ''} {self.entry.text}".strip()


@dataclass(frozen=True)
class Day:
    date: dt.date
    lines: list[Line]

    @property
    def name(self) -> str:
        return f"{self.date:%A} {self.date.day} {self.date:%B %Y}"


@dataclass(frozen=True)
class Timeline:
    days: list[Day]
    pinned: list[Line]
    filter: Filter
    older: str = ""  # the query of the page of older entries, "" when there are none
    newest: str = ""  # the query of the newest page, where this is not it
    items: list[Day | Line] = field(default_factory=list)  # lines, with a day before its first where there are several

    @property
    def count(self) -> int:
        return sum(len(day.lines) for day in self.days)


def read_timeline(incident: Incident, wanted: Filter, clock: Clock) -> Timeline:
    """The entries to show and the pinned ones, the newest first; one query."""
    entries = list(_find(incident, wanted))
    matching = [entry for entry in _from(entries, wanted.start) if wanted.takes(entry)]
    shown, rest = matching[:PAGE_SIZE], matching[PAGE_SIZE:]
    lines = list(_draw_all(shown, clock))
    days = [Day(date, list(group)) for date, group in groupby(lines, lambda line: clock.day(line.entry.happened_at))]
    return Timeline(
        days=days,
        pinned=list(_draw_all((entry for entry in entries if hasattr(entry, "pin")), clock, with_day=True)),
        filter=wanted,
        older=wanted.as_query(start=rest[0].pk) if rest else "",
        newest=(wanted.as_query() or "?") if wanted.start else "",
        items=list(_put_together(days, clock)),
    )


def _find(incident: Incident, wanted: Filter) -> Iterable[TimelineEntry]:
    """One page and one entry more, and what is pinned: fetched together, told apart by `Filter.takes`."""
    ordered = TimelineEntry.objects.filter(incident=incident).order_by("-happened_at", "-pk")
    page = ordered
    if wanted.kind:
        page = page.filter(kind=wanted.kind)
    if wanted.person is not None:
        page = page.filter(person=wanted.person)
    if wanted.is_pinned:
        page = page.pinned()
    if wanted.start is not None:
        first = Subquery(ordered.filter(pk=wanted.start).values("happened_at")[:1])
        page = page.filter(Q(happened_at__lt=first) | Q(happened_at=first, pk__lte=wanted.start))
    corrections = TimelineEntry.objects.filter(corrects=OuterRef("pk")).order_by("pk").values("pk")
    return (
        TimelineEntry.objects.filter(incident=incident)
        .filter(Q(pk__in=page.values("pk")[: PAGE_SIZE + 1]) | Q(pin__isnull=False))
        .annotate(correction_pks=ArraySubquery(corrections))
        .for_timeline()
        .defer("data", "markdown", "corrects__data", "corrects__markdown", "corrects__html")
    )


def _from(entries: list[TimelineEntry], start: int | None) -> list[TimelineEntry]:
    """The entries from that one on; it is among them unless the filter leaves it out, and then nothing newer is."""
    if start is None:
        return entries
    places = [place for place, entry in enumerate(entries) if entry.pk == start]
    if places:
        return entries[places[0] :]
    return [entry for entry in entries if entry.pk <= start]


def _draw_all(entries: Iterable[TimelineEntry], clock: Clock, *, with_day: bool = False) -> Iterator[Line]:
    for entry in entries:
        yield _draw(entry, clock, with_day)


def _draw(entry: TimelineEntry, clock: Clock, with_day: bool) -> Line:
    icon, tone = LOOKS[EntryKind(entry.kind)]
    at = entry.happened_at
    is_late = entry.recorded_at - at > LATE
    corrected = entry.corrects
    pks: list[int] = vars(entry).get("correction_pks", [])
    return Line(
        entry=entry,
        icon=icon,
        tone=tone,
        time=clock.say(at, with_day=with_day),
        there=clock.say_there(at),
        late=f"recorded {clock.say_near(entry.recorded_at, at)}" if is_late else "",
        corrected=clock.say_near(corrected.happened_at, at) if corrected is not None else "",
        is_pinned=hasattr(entry, "pin"),
        corrections=pks,
    )


def _put_together(days: list[Day], clock: Clock) -> Iterator[Day | Line]:
    """Lines, with the name of the day before them where there are several, or where it is not today."""
    is_named = len(days) > 1 or any(day.date != clock.today for day in days)
    for day in days:
        if is_named:
            yield day
        yield from day.lines


def _read_number(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) < 19
    return int(text) if is_number else None


def count_kinds(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Kinds that stand in a timeline, with how many of each, in the order people think of them."""
    return [{"value": kind.value, "label": kind.label, "count": counts[kind]} for kind in EntryKind if kind in counts]
