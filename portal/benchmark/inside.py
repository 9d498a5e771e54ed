"""Steps that need the database of the throw-away portal; each takes plain values and gives plain values back."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from portal.benchmark import (
    alerts,
    asked,
    content,
    escalation,
    handoff,
    incident,
    links,
    outbox,
    quality,
    reviews,
    sowing,
    timing,
)
from portal.benchmark.board import measure_board
from portal.benchmark.shifts import measure_shifts
from runbooks.models import SearchEntry
from runbooks.transfer.importing import import_path


def fill(corpus: str, runbooks: int) -> dict[str, Any]:
    """Import `runbooks` documents; documents per second at the beginning, at the end, and of all."""
    texts = content.read_texts(Path(corpus))
    part = min(runbooks // 3, max(len(texts), 500 // len(texts) * len(texts)))  # whole turns of the same texts
    with tempfile.TemporaryDirectory() as folder:
        documents, pages = Path(folder) / "documents", Path(folder) / "pages"
        content.write_documents(texts, documents, runbooks)
        few, many, all_of_them = content.import_documents(documents, part)
        content.write_pages(pages)
        content.import_documents(pages, 1)
    content.put_on_call("gates")
    return {"few": few, "many": many, "all": all_of_them, "part": part}


def count(paths: list[str]) -> dict[str, Any]:
    """Queries of each page, and a cookie to ask for them with."""
    return {"queries": content.count_queries(paths), "cookie": content.open_session()}


def clear() -> dict[str, Any]:
    """Take away all runbooks."""
    sowing.clear()
    return {}


def judge(corpus: str, questions: str) -> dict[str, Any]:
    """Import the corpus as it is and ask the quality list that is about it; no figures when there is none."""
    import_path(Path(corpus), now=timezone.now())
    asked_list, user = quality.find_list(Path(questions)), content.find_administrator()
    if not asked_list:
        return {"figures": []}
    right, misspelt = quality.ask_all(asked_list, user), quality.ask_all(asked_list, user, misspelt=True)
    return {"figures": [asdict(figure) for figure in quality.make_figures(right, misspelt)]}


def write(corpus: str, pages: int) -> dict[str, Any]:
    """Import that many documents, each read and indexed in full."""
    with tempfile.TemporaryDirectory() as folder:
        content.write_documents(content.read_texts(Path(corpus)), Path(folder), pages)
        import_path(Path(folder), now=timezone.now())
    return dict(sowing.measure_index())


def sow(corpus: str, sections: int) -> dict[str, Any]:
    """Grow to that many sections; entries stored per second, and the size of the index."""
    now, originals = timezone.now(), sowing.read_originals(Path(corpus))
    sowing.import_once(Path(corpus), now)
    started = time.perf_counter()
    added = sowing.grow(originals, sections, now)
    return {"rate": added / (time.perf_counter() - started), **sowing.measure_index()}


def reindex() -> dict[str, Any]:
    """Make the whole index again; entries per second."""
    started = time.perf_counter()
    call_command("reindex_search", stdout=StringIO())
    return {"rate": SearchEntry.objects.count() / (time.perf_counter() - started)}


def ask(rounds: int) -> dict[str, Any]:
    """Milliseconds of the search pages and of the SQL below them, as a reader who may not see what is Confidential."""
    reader, everybody = content.make_reader(), content.find_administrator()
    page, search, bare = timing.take_turns(
        rounds,
        lambda: timing.time_pages(reader, "/search/", asked.QUESTIONS, 1),
        lambda: timing.time_search(reader, asked.QUESTIONS, 1),
        lambda: timing.time_statements(reader, asked.QUESTIONS, 1),
    )
    times = {
        "page": page,
        "search": search,
        "typing": timing.time_pages(reader, "/search/suggest/", asked.list_beginnings(), 1),
        "bare": bare,
        "textbook": timing.time_textbook(asked.QUESTIONS, 1),
        "all": timing.time_pages(everybody, "/search/", asked.QUESTIONS, rounds),
    }
    return {name: _summarise(found) for name, found in times.items()} | {"slowest": timing.find_slowest(page, 5)}


def _summarise(times: dict[str, list[float]]) -> dict[str, float]:
    every = [value for values in times.values() for value in values]
    return {"median": statistics.median(every), "p95": timing.find_percentile(every, 95)}


STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    "fill": fill,
    "count": count,
    "clear": clear,
    "judge": judge,
    "write": write,
    "sow": sow,
    "reindex": reindex,
    "ask": ask,
    "tell": outbox.tell,
    "outbox": outbox.count_unsent,
    "shifts": measure_shifts,
    "prepare_alerts": alerts.prepare_alerts,
    "count_alerts": alerts.count_alerts,
    "board": measure_board,
    "incident": incident.sow,
    "handoff": handoff.sow,
    "write_notes": incident.write_notes,
    "sow_escalations": escalation.sow_escalations,
    "watch_escalations": escalation.watch_escalations,
    "storm_escalations": escalation.storm_escalations,
    "ask_links": links.ask_links,
    "sow_reviews": reviews.sow_reviews,
    "remind": reviews.remind,
    "time_review_page": reviews.time_review_page,
}
