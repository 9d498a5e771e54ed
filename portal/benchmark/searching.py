"""How fast search answers, how that grows with what is stored, and how often the right section comes first."""

from __future__ import annotations

from pathlib import Path

from portal.benchmark.figures import Figure, Say
from portal.benchmark.instance import Instance

PAGES = 1_000  # the size of portal that other wikis' searches were measured with
ROUNDS = 5
SMALLEST = 100  # times smaller than the biggest size; the one between is ten times smaller


def measure_search(instance: Instance, corpus: Path, sections: int, questions: Path, say: Say) -> list[Figure]:
    """All figures of search: the growth to `sections`, a portal of 1,000 pages, the index, and the quality list.

    `questions` is the folder of the quality lists; where none of them is about the corpus, no quality is measured.
    """
    say("quality of search")
    figures = _measure_quality(instance, corpus, questions)
    instance.do("clear")
    say(f"search in {PAGES:,} pages")
    figures += _measure_pages(instance, corpus)
    instance.do("clear")
    for size in list_sizes(sections):
        say(f"search in {size:,} sections")
        figures += _measure_size(instance, corpus, size, say, is_last=size == sections)
    return figures


def list_sizes(sections: int) -> list[int]:
    """The sizes of the growth table, smallest first."""
    return sorted({max(1, sections // SMALLEST), max(1, sections // 10), sections})


def _measure_pages(instance: Instance, corpus: Path) -> list[Figure]:
    """A portal of a thousand real pages, each read and indexed in full."""
    stored = instance.do("write", corpus=str(corpus), pages=PAGES)
    found = instance.do("ask", rounds=ROUNDS)
    again = instance.do("reindex")
    where = f"in {PAGES:,} pages ({stored['sections']:,} sections)"
    return [
        Figure(f"section search {where}, median", found["search"]["median"], "ms", limit=6),
        Figure(f"section search {where}, p95", found["search"]["p95"], "ms"),
        Figure(f"search page {where}, median", found["page"]["median"], "ms"),
        Figure(f"reindexing {where}", again["rate"], "entries/s"),
    ]


def _measure_quality(instance: Instance, corpus: Path, questions: Path) -> list[Figure]:
    """The quality list that is about the corpus, asked of the corpus alone."""
    found = instance.do("judge", corpus=str(corpus), questions=str(questions))
    return [Figure(**values) for values in found["figures"]]


def _measure_size(instance: Instance, corpus: Path, size: int, say: Say, *, is_last: bool) -> list[Figure]:
    """One line of the growth table; limits hold for the last."""
    stored = instance.do("sow", corpus=str(corpus), sections=size)
    found = instance.do("ask", rounds=ROUNDS)

    say("slowest: " + ", ".join(f"{text[:40]!r} {time:.0f} ms" for text, time in found["slowest"]))

    def figure(name: str, value: float, unit: str, limit: float | None = None) -> Figure:
        return Figure(name, value, unit, limit=limit if is_last else None, sections=stored["sections"])

    page, typing, bare, textbook = (found[name] for name in ("page", "typing", "bare", "textbook"))
    return [
        figure("search page, median", page["median"], "ms"),
        figure("search page, p95", page["p95"], "ms", 60),
        figure("the search without the page, p95", found["search"]["p95"], "ms"),
        figure("as you type, p95", typing["p95"], "ms", 40),
        figure("the bare SQL of the search, p95", bare["p95"], "ms"),
        figure("search page against its bare SQL", page["p95"] / bare["p95"], "×", 1.5),
        figure("a textbook's query, p95", textbook["p95"], "ms"),
        figure("search page where everything may be seen, p95", found["all"]["p95"], "ms"),
        figure("index", stored["index_bytes"] / 1e6, "MB"),
        figure("index per section", stored["index_bytes"] / stored["sections"], "bytes"),
        figure("storing", stored["rate"], "entries/s"),
    ]
