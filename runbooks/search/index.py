"""The index: made again whenever a version is stored, in the same transaction.

Active and open versions are in it. Who may see an answer, and whether its runbook is retired, is asked when it is searched.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q

from runbooks.models import Kind, Runbook, RunbookVersion, SearchEntry, Status
from runbooks.models.version import OPEN
from runbooks.search.entries import Entry, entries_of
from runbooks.search.words import LONGEST

INDEXED = (Status.ACTIVE, *OPEN)

# The kind stands in the vectors too: `=alert` lets the index itself leave out the other kinds. So does `=template`, for
# what stands in a template answers nothing: it comes after what is written for a service.
_STORE = """
INSERT INTO runbooks_searchentry
    (version_id, runbook_id, kind, is_active, name, key, trail, anchor, line, text, detail, names_vector, vector)
SELECT version_id, runbook_id, kind, is_active, name, key, trail::jsonb, anchor, line, text, detail::jsonb,
    to_tsvector('simple', name_words) || to_tsvector('portal', name_words) || array_to_tsvector(marks),
    setweight(to_tsvector('portal', name_words), 'A') || setweight(to_tsvector('portal', trail_words), 'B')
        || setweight(to_tsvector('portal', text_words), 'C') || array_to_tsvector(marks)
FROM (SELECT *, CASE WHEN is_template THEN ARRAY['=' || kind, '=template'] ELSE ARRAY['=' || kind] END AS marks
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::boolean[], %s::text[], %s::text[], %s::text[], %s::text[],
    %s::int[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::boolean[])
    AS row (version_id, runbook_id, kind, is_active, name, key, trail, anchor, line, text, detail,
        name_words, trail_words, text_words, is_template)) AS marked
"""
_LEARN = """
INSERT INTO runbooks_searchword (word)
SELECT new.word FROM unnest(%s::text[]) AS new (word)
WHERE NOT EXISTS (SELECT FROM runbooks_searchword known WHERE known.word = new.word) ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Row:
    """An entry, and where it belongs."""

    version_id: int
    runbook_id: int
    is_active: bool
    entry: Entry
    is_template: bool = False


@transaction.atomic
def index_version(version: RunbookVersion) -> int:
    """Make the entries of a version again from its stored `document`; how many there are. A superseded one gets none."""
    Runbook.objects.select_for_update().filter(pk=version.runbook_id).first()
    SearchEntry.objects.filter(version=version).delete()
    if version.status not in INDEXED:
        return 0
    return store_entries(rows_of(version))


def index_runbook(runbook: Runbook) -> int:
    """Make the entries of all versions of a runbook again: its title changed, or its service's name."""
    SearchEntry.objects.filter(runbook=runbook).exclude(version__status__in=INDEXED).delete()
    return sum(index_version(version) for version in for_index().filter(runbook=runbook))


def for_index() -> Any:
    """Versions that can be found, with what the index needs of them."""
    return (
        RunbookVersion.objects.filter(status__in=INDEXED)
        .select_related("runbook__service")
        .only(
            "runbook",
            "status",
            "document",
            "runbook__title",
            "runbook__kind",
            "runbook__service__name",
            "runbook__service__slug",
        )
        .order_by("pk")
    )


def refresh_state(runbook: Runbook) -> None:
    """After versions changed their status: superseded ones can't be found any more, and the active one is known as such."""
    entries = SearchEntry.objects.filter(runbook=runbook)
    entries.exclude(version__status__in=INDEXED).delete()
    entries.filter(~Q(is_active=Q(version__status=Status.ACTIVE))).update(is_active=~F("is_active"))


def rows_of(version: RunbookVersion) -> list[Row]:
    """The rows of a version as its stored `document` gives them."""
    is_active = version.status == Status.ACTIVE
    entries = entries_of(version.runbook, version.document)
    is_template = version.runbook.kind == Kind.TEMPLATE
    return [Row(version.pk, version.runbook_id, is_active, entry, is_template) for entry in entries]


def store_entries(rows: Sequence[Row]) -> int:
    """Add rows to the index in one statement, and their words to those that a misspelt one is compared with."""
    if not rows:
        return 0
    columns = list(zip(*(_columns(row) for row in rows), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_STORE, [list(column) for column in columns])
    learn_words(word for row in rows for word in row.entry.spelled_words)
    return len(rows)


def learn_words(words: Iterable[str]) -> None:
    """Note words that are not known yet. No lock is taken: a word that comes in twice at once is there twice."""
    new = sorted({word for word in words if 1 < len(word) < LONGEST and not word.isdigit()})
    with connection.cursor() as cursor:
        cursor.execute(_LEARN, [new])


def _columns(row: Row) -> tuple[Any, ...]:
    entry = row.entry
    return (
        row.version_id,
        row.runbook_id,
        str(entry.kind),
        row.is_active,
        entry.name,
        entry.key,
        json.dumps(entry.trail),
        entry.anchor,
        entry.line,
        entry.text,
        json.dumps(entry.detail),
        entry.name_words,
        entry.trail_words,
        entry.text_words,
        row.is_template,
    )
