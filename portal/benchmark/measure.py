"""The run itself: start, fill, ask, and put each value beside its limit."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from portal.benchmark import alerts, board, handoff, incident, load, reviews, shifts
from portal.benchmark.figures import Figure, Say
from portal.benchmark.instance import Instance
from portal.benchmark.reading import measure_reading
from portal.benchmark.searching import measure_search

READING, LIST = "/runbooks/gates/page/", "/runbooks/"
BARE = "/benchmark/bare/gates/page/"
EXAMPLE = Path(__file__).parents[1] / "example" / "runbooks"
QUESTIONS = Path(settings.BASE_DIR) / "tests" / "runbooks" / "search" / "quality"  # not in an installed portal


def measure_portal(corpus: Path, runbooks: int, seconds: float, say: Say) -> list[Figure]:
    """Reader, start, import and pages. `runbooks` are imported; each page is asked for five times `seconds`."""
    say("reading")
    figures = measure_reading(EXAMPLE)
    with _borrow_instance() as instance:
        figures += _measure_starts(instance, say)
        figures += _measure_import(instance, corpus, runbooks, say)
        figures += _measure_pages(instance, seconds, say)
    return figures


def measure_finding(corpus: Path, sections: int, say: Say) -> list[Figure]:
    """Search, in a portal of its own that grows to so many sections."""
    with _borrow_instance(has_example=False) as instance:
        instance.start()
        return measure_search(instance, corpus, sections, QUESTIONS, say)


def measure_rotations(say: Say) -> list[Figure]:
    """A year of shifts, and the board of all teams, in a portal of its own."""
    with _borrow_instance(has_example=False) as instance:
        instance.start()
        say("a year of shifts")
        figures = shifts.make_figures(instance.do("shifts"))
        say("the board of all teams")
        return figures + board.make_figures(instance.do("board"))


def measure_long_incident(say: Say) -> list[Figure]:
    """The page of a long incident and those who follow it, in a portal of its own."""
    with _borrow_instance(has_example=False) as instance:
        instance.start()
        return incident.measure_incident(instance, say)


def measure_shift_handoff(say: Say) -> list[Figure]:
    """The page of a handoff and the two who write it, in a portal of its own."""
    with _borrow_instance(has_example=False) as instance:
        instance.start()
        return handoff.measure_handoff(instance, say)


def measure_storm(say: Say) -> list[Figure]:
    """Alerts in, in a portal of its own: two web processes, one worker."""
    with _borrow_instance(has_example=False) as instance:
        instance.start()
        return alerts.measure_alerts(instance, say)


def measure_review_work(say: Say) -> list[Figure]:
    """Reminders and the pages of reviews, on data of their own; no beat reminds anybody meanwhile."""
    with _borrow_instance(has_example=False) as instance:
        instance.manage("migrate")
        instance.manage("collectstatic", "--noinput")
        return reviews.measure_reviews(instance, say)


@contextmanager
def _borrow_instance(*, has_example: bool = True) -> Generator[Instance]:
    """A throw-away portal that is not started yet; stopped and removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-", dir="/tmp") as folder:
        data = Path(folder)
        data.chmod(0o711)  # PostgreSQL may run as another user; the folders inside are closed
        instance = Instance(data, has_example=has_example)
        try:
            yield instance
        finally:
            instance.stop()


def _measure_starts(instance: Instance, say: Say) -> list[Figure]:
    say("first start")
    first = instance.start()
    instance.stop()
    say("second start")
    second = instance.start()
    resident, proportional = instance.measure_memory()
    return [
        Figure("first start, with migrations and example content", first, "s"),
        Figure("second start until ready", second, "s", limit=5),
        Figure("memory of all processes, idle, shared pages counted once", proportional, "MB"),
        Figure("memory of all processes, idle, resident", resident, "MB"),
    ]


def _measure_import(instance: Instance, corpus: Path, runbooks: int, say: Say) -> list[Figure]:
    """One import into the empty portal; its beginning is compared with its end."""
    say(f"import of {runbooks} documents")
    found = instance.do("fill", corpus=str(corpus), runbooks=runbooks)
    part = found["part"]
    return [
        Figure(f"import, all {runbooks:,} documents", found["all"], "documents/s"),
        Figure(f"import, the first {part} documents", found["few"], "documents/s"),
        Figure(f"import, the last {part} documents", found["many"], "documents/s"),
        Figure("time per document at the end against the beginning", found["few"] / found["many"], "×", limit=1.15),
    ]


def _measure_pages(instance: Instance, seconds: float, say: Say) -> list[Figure]:
    say("reading page and list against the bare view")
    inside = instance.do("count", paths=["/runbooks/gates/short/", READING, "/runbooks/gates/long/", LIST])
    short, page, long, rows = inside["queries"]
    rates = load.compare(instance.port, inside["cookie"], [BARE, READING, LIST], rounds=5, seconds=seconds)
    bare, reading, listing = (statistics.median(rate) for rate in rates)
    to_bare = [statistics.median(x / b for x, b in zip(rate, rates[0], strict=True)) for rate in rates]
    return [
        Figure("bare view (session, user, ready body)", bare, "requests/s"),
        Figure("reading page of a 10 KB runbook", reading, "requests/s"),
        Figure("reading page against the bare view", to_bare[1] * 100, "%", limit=60, at_least=True),
        Figure("queries of the reading page", page, "queries", limit=8),
        Figure("queries of a long page more than of a short one", long - short, "queries", limit=0),
        Figure("list of runbooks", listing, "requests/s"),
        Figure("list of runbooks against the bare view", to_bare[2] * 100, "%", limit=30, at_least=True),
        Figure("queries of the list", rows, "queries"),
    ]
