"""How long the reader takes: for a runbook of the usual size, and for the worst that anybody could hand in."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from portal.benchmark.figures import Figure
from portal.benchmark.hostile import HOSTILE, make_hostile
from runbooks.reading import read

RUNBOOK_BYTES = 18_000  # the size of a service runbook that is filled in
ROUNDS = 9


def measure_reading(source: Path) -> list[Figure]:
    """The slowest hostile megabyte beside its limit, and a runbook made from the biggest texts below `source`."""
    times = {name: _time_reading(make_hostile(name)) for name in HOSTILE}
    slowest = max(times, key=lambda name: times[name])
    text = take_text(source)
    usual = statistics.median(_time_reading(text) for _ in range(ROUNDS))
    return [
        Figure(f"slowest hostile megabyte ({slowest})", times[slowest], "s", limit=5),
        Figure("a runbook of 18 KB read and rendered", usual * 1000, "ms"),
    ]


def take_text(source: Path) -> str:
    """Whole lines of the biggest Markdown files below `source`, one after the other, up to RUNBOOK_BYTES characters.

    Shorter when there is not so much below it.
    """
    texts = sorted((path.read_text(errors="replace") for path in source.rglob("*.md")), key=len, reverse=True)
    lines: list[str] = []
    left = RUNBOOK_BYTES
    for line in (line for text in texts for line in text.splitlines(keepends=True)):
        left -= len(line)
        if left < 0:
            break
        lines.append(line)
    return "".join(lines)


def _time_reading(text: str) -> float:
    """Seconds of one reading."""
    started = time.perf_counter()
    read(text)
    return time.perf_counter() - started
