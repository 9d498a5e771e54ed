"""The whole index made again, in pieces that each take a moment: safe while the portal is used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.fields.json import KT

from runbooks.models import Runbook, SearchEntry
from runbooks.search.index import Row, for_index, index_runbook, rows_of, store_entries

BATCH = 20  # runbooks that are locked at once
STORED = 1_000  # entries in one statement

_DROP_DOUBLES = """
DELETE FROM runbooks_searchword word USING runbooks_searchword other WHERE word.word = other.word AND word.id > other.id
"""
_DROP_UNUSED = """
DELETE FROM runbooks_searchword WHERE id <= %s
AND coalesce((tsvector_to_array(to_tsvector('portal', word)))[1], '') NOT IN
    (SELECT used.word FROM ts_stat('SELECT vector FROM runbooks_searchentry') AS used)
"""


def reindex(runbooks: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Make the entries of these runbooks again; gives the number of entries and of versions after each batch."""
    ids = iter(sorted(runbooks))
    while batch := list(islice(ids, BATCH)):
        yield _reindex_batch(batch)


def drop_old_words() -> None:
    """Leave out words that stand in no entry any more, and those that are there twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM runbooks_searchword")
        (last,) = cursor.fetchone()
        cursor.execute(_DROP_DOUBLES)
        cursor.execute(_DROP_UNUSED, [last])


def count_for_planner() -> None:
    """Let PostgreSQL look at what stands in the index now, so that it chooses its ways by that."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE runbooks_searchentry, runbooks_searchword, runbooks_runbook, runbooks_runbookversion")


def reindex_renamed() -> int:
    """Make the entries of those runbooks again whose title or service is called otherwise than when they were made.

    Titles change through a service that does so at once; services are renamed where nobody knows of runbooks.
    """
    made_with = SearchEntry.objects.filter(kind=SearchEntry.Kind.RUNBOOK).annotate(
        title=KT("detail__title"), service=KT("detail__service"), slug=KT("detail__slug")
    )
    is_same = Q(title=F("runbook__title"), service=F("runbook__service__name"), slug=F("runbook__service__slug"))
    stale = set(made_with.exclude(is_same).values_list("runbook", flat=True))
    for runbook in Runbook.objects.filter(pk__in=stale).select_related("service").order_by("pk"):
        index_runbook(runbook)
    return len(stale)


@transaction.atomic
def _reindex_batch(ids: list[int]) -> tuple[int, int]:
    # Locked in the order of their ids: two who lock several never wait for each other in a circle.
    locked = list(Runbook.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
    SearchEntry.objects.filter(runbook__in=locked).delete()
    versions = list(for_index().filter(runbook__in=locked))
    rows: list[Row] = [row for version in versions for row in rows_of(version)]
    for start in range(0, len(rows), STORED):
        store_entries(rows[start : start + STORED])
    return len(rows), len(versions)
