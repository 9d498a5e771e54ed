"""Small things that all sections write alike: moments, lengths, cut texts, digests, and the end of a long list."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.db.models import Count, Model, QuerySet, Window

from handoffs.sections.base import Entry

MOST = 50  # entries of a section; the rest is a link
LONGEST_TITLE = 200
LONGEST_FACT = 160
Row = TypeVar("Row", bound=Model)


def say_at(at: dt.datetime) -> str:
    """A moment as entries hold it: ISO 8601 in UTC."""
    return at.astimezone(dt.UTC).isoformat()


def say_day(day: dt.date) -> str:
    """`20 Nov 2026`: a date is no moment, and the same on every clock."""
    return f"{day.day} {day:%b %Y}"


def cut(text: str, longest: int = LONGEST_FACT) -> str:
    """A text on one line, no longer than that."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def count(number: int, one: str, many: str = "") -> str:
    """`1 page`, `3 pages`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def make_digest(text: str) -> str:
    """Sixteen characters that stand for a text of any length, as keys are short."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def take(rows: QuerySet[Row, Row]) -> list[Row]:
    """As many rows as a section shows, each with `total`: how many there are in all. One query."""
    return list(rows.annotate(total=Window(Count("pk")))[:MOST])


def close_list(key: str, entries: Sequence[Entry], rows: Sequence[Model], url: str) -> list[Entry]:
    """The entries of rows that `take` gave, and where more are left, a last one that leads to all of them."""
    total: int = vars(rows[0])["total"] if rows else 0
    return [*entries, *_tell_rest(key, total - len(rows), url)]


def shorten(key: str, entries: Sequence[Entry], url: str) -> list[Entry]:
    """The same for entries that are all there."""
    return [*entries[:MOST], *_tell_rest(key, len(entries) - MOST, url)]


def _tell_rest(key: str, left: int, url: str) -> Iterable[Entry]:
    if left > 0:
        yield Entry(key=f"more:{key}", title=f"and {left} more", url=url)
