"""The word that was meant: the nearest known ones, by how few slips of the finger lie between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
MOST = 8  # candidates of one word whose use is counted
_SHORT, _LONG = 4, 9  # letters: below, one slip at most; from there on, three
_EDITED = 12  # letters: for longer words trigrams find all that one slip away
_SPLIT = 7  # letters: from there on two words may have been written as one

_KNOWN = "SELECT DISTINCT word FROM runbooks_searchword WHERE word = ANY(%(words)s)"
_ALIKE = """
SELECT DISTINCT word, similarity(word, %(word)s) AS likeness FROM runbooks_searchword
WHERE word %% %(word)s AND length(word) BETWEEN %(least)s AND %(most)s ORDER BY likeness DESC, word LIMIT 40
"""
# The first word of each beginning: a range of the index, as short as any.
_BEGUN = """
SELECT DISTINCT found.word FROM unnest(%(starts)s::text[]) AS edited (start), LATERAL (
    SELECT word FROM runbooks_searchword WHERE word >= start AND word <= start || 'zzzz' ORDER BY word LIMIT 1
) AS found WHERE starts_with(found.word, start)
"""

Candidate = tuple[float, str]  # distance and word


def find_candidates(word: str, *, is_prefix: bool = False) -> Iterator[list[Candidate]]:
    """Known words that may have been meant, the nearest first, in steps: one slip away; the same beginning; much alike.

    Each step costs more than the one before, so that it is taken only when nothing came of that. Words come from all
    runbooks: whoever shows one has to make sure first that the person may see it somewhere.
    """
    if len(word) < 3 or word.isdigit():
        return
    edits = sorted(_edits_of(word)) if len(word) <= _EDITED else []
    if edits:
        yield _near(word, _ask(_KNOWN, {"words": edits}))
    if edits and is_prefix and len(word) > _SHORT:
        yield _sort(word, {other: _distance_of_start(word, other) for other in _ask(_BEGUN, {"starts": edits})})
    if len(word) > _SHORT:
        reach = _reach(word)
        params = {"word": word, "least": len(word) - reach, "most": len(word) + reach}
        yield _near(word, _ask(_ALIKE, params))


def _near(word: str, others: list[str]) -> list[Candidate]:
    return _sort(word, {other: distance(word, other) for other in others})


def _sort(word: str, distances: dict[str, float]) -> list[Candidate]:
    near = [(d, other) for other, d in distances.items() if 0 < d <= _reach(word) + 0.3]
    return sorted(near, key=lambda pair: (pair[0], abs(len(pair[1]) - len(word)), pair[1]))[:MOST]


def _distance_of_start(word: str, other: str) -> float:
    """How far what is typed is from the beginning of a longer word."""
    return 0.1 + min(distance(word, other[:letters]) for letters in range(len(word) - 1, len(word) + 2))


def find_splits(word: str) -> list[tuple[str, str]]:
    """Two known words that were written without the space between them."""
    if len(word) < _SPLIT:
        return []
    pairs = [(word[:n], word[n:]) for n in range(3, len(word) - 2)]
    known = set(_ask(_KNOWN, {"words": [part for pair in pairs for part in pair]}))
    return [pair for pair in pairs if known.issuperset(pair)][:3]


def distance(one: str, other: str) -> float:
    """Damerau and Levenshtein: letters left out, put in, taken for another or swapped with the next.

    Swapped and doubled letters count a little less, a wrong first letter a little more: that is how people slip.
    """
    before: list[float] = []
    row: list[float] = [float(n) for n in range(len(other) + 1)]
    for i, a in enumerate(one, 1):
        above, before, row = before, row, [float(i)]
        for j, b in enumerate(other, 1):
            best = min(
                before[j] + (0.8 if i > 1 and one[i - 2] == a else 1),
                row[j - 1] + (0.8 if j > 1 and other[j - 2] == b else 1),
                before[j - 1] + (a != b),
            )
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2] and a != b:
                best = min(best, above[j - 2] + 0.8)
            row.append(best)
    return row[-1] + (0.3 if row[-1] and one[:1] != other[:1] else 0)


def _reach(word: str) -> int:
    return 1 if len(word) <= _SHORT else 2 if len(word) < _LONG else 3


def _edits_of(word: str) -> Iterator[str]:
    """Everything one slip away."""
    for n in range(len(word) + 1):
        start, end = word[:n], word[n:]
        yield from (start + letter + end for letter in LETTERS)
        if end:
            yield start + end[1:]
            yield from (start + letter + end[1:] for letter in LETTERS)
        if len(end) > 1:
            yield start + end[1] + end[0] + end[2:]


def _ask(sql: str, params: dict[str, Any]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]
