"""A portal of many sections: the corpus as it is, then again and again as runbooks of other services, partly in other words.

For the copies each text is read once; what varies are its entries, which go in through the index's own way of storing
them. Every tenth copied runbook is Confidential and belongs to nobody who searches here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.text import slugify

from oncall.models import Classification, Service
from portal.benchmark import content
from portal.benchmark.vocabulary import Dialect
from runbooks.models import Runbook, RunbookVersion, SearchEntry, Status
from runbooks.reading import read
from runbooks.reading.document import SCHEMA
from runbooks.search.entries import Entry, entries_of
from runbooks.search.index import Row, store_entries
from runbooks.transfer import placing
from runbooks.transfer.importing import import_path

SERVICES = 3  # of each copy
COPIED = "Made by the benchmark"  # what their description says
CONFIDENTIAL = 10  # every so many runbooks
NO_TEXT = hashlib.sha256(
    b""
).hexdigest()  # search reads entries, so the copies' versions are stored without their texts


@dataclass(frozen=True)
class Original:
    """A text of the corpus, read: what its runbook is called and what stands in it."""

    title: str
    kind: str
    document: dict[str, Any]  # as it is stored with a version
    sections: int  # that become entries


def clear() -> None:
    """Take away all runbooks and services. Only for a throw-away portal: history goes too."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE runbooks_runbook, oncall_service, runbooks_searchword CASCADE")


def read_originals(source: Path) -> list[Original]:
    """Every text of the corpus that has a section."""
    originals = []
    for text in content.read_texts(source):
        document = read(text)
        title, stored = placing.find_title(document), document.to_dict()
        entries = entries_of(Runbook(title=title, service=Service()), stored)
        sections = sum(entry.kind == SearchEntry.Kind.SECTION for entry in entries)
        if sections:
            originals.append(Original(title, placing.find_kind(document), stored, sections))
    return originals


def import_once(source: Path, now: dt.datetime) -> None:
    """Import the corpus as it is, unless something is there already."""
    if not Runbook.objects.exists():
        import_path(source, now=now)


def grow(originals: list[Original], sections: int, now: dt.datetime) -> int:
    """Add copies until there are at least so many sections; the number of entries that were added."""
    present = SearchEntry.objects.filter(kind=SearchEntry.Kind.SECTION)
    first = 1 + Service.objects.filter(description=COPIED).count() // SERVICES
    added = 0
    for copy in itertools.count(first):
        missing = sections - present.count()
        if missing <= 0:
            break
        added += _add_copy(copy, list(_take_until(originals, missing)), now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return added


def measure_index() -> dict[str, int]:
    """Bytes of the index's indexes, and what they are for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_indexes_size('runbooks_searchentry') + pg_indexes_size('runbooks_searchword')")
        (index_bytes,) = cursor.fetchone()
    entries = SearchEntry.objects.count()
    sections = SearchEntry.objects.filter(kind=SearchEntry.Kind.SECTION).count()
    return {"index_bytes": int(index_bytes), "entries": entries, "sections": sections}


def _take_until(originals: list[Original], sections: int) -> Iterator[Original]:
    """The first texts that have so many sections together, or all."""
    for original in originals:
        if sections <= 0:
            return
        yield original
        sections -= original.sections


@transaction.atomic
def _add_copy(copy: int, originals: list[Original], now: dt.datetime) -> int:
    """One copy of the texts, in services and words of its own."""
    dialect = Dialect(copy)
    names = [f"{dialect.pick()} {dialect.pick()} {copy}-{n}".capitalize() for n in range(SERVICES)]
    services = Service.objects.bulk_create(Service(name=name, slug=slugify(name), description=COPIED) for name in names)
    runbooks = Runbook.objects.bulk_create(
        Runbook(
            service=services[number * SERVICES // len(originals)],
            kind=original.kind,
            title=dialect.rename(original.title)[:300],
            slug=f"{number}-{slugify(original.title)}"[:100],
            classification=_classify(copy * len(originals) + number),
        )
        for number, original in enumerate(originals)
    )
    versions = RunbookVersion.objects.bulk_create(
        RunbookVersion(
            runbook=runbook,
            major=1,
            minor=0,
            sha256=NO_TEXT,
            schema=SCHEMA,
            status=Status.ACTIVE,
            status_changed_at=now,
            activated_at=now,
        )
        for runbook in runbooks
    )
    for runbook, version in zip(runbooks, versions, strict=True):
        runbook.shown_version = version
    Runbook.objects.bulk_update(runbooks, ["shown_version"])
    return store_entries(
        [
            Row(version.pk, runbook.pk, True, _vary(entry, dialect))
            for runbook, version, original in zip(runbooks, versions, originals, strict=True)
            for entry in entries_of(runbook, original.document)
        ]
    )


def _classify(number: int) -> str:
    return Classification.INTERNAL if number % CONFIDENTIAL else Classification.CONFIDENTIAL


def _vary(entry: Entry, dialect: Dialect) -> Entry:
    """The same entry in other words; a runbook is called what it is called."""
    is_runbook = entry.kind == SearchEntry.Kind.RUNBOOK
    name = entry.name if is_runbook else dialect.rename(entry.name)
    return replace(entry, name=name, text=dialect.vary(entry.text))
