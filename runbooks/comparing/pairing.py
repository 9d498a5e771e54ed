"""Which removed line became which added line, and which words of the two differ."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from runbooks.comparing.matching import Run, find_matches

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_LONG_LINE = 4_000  # characters; beyond, only the ends that both lines share are told from the middle
_BLOCK = 2_500  # removed times added lines of one block, beyond which the best pairing is not searched
_COMPARISONS = 60_000  # of line pairs in one diff, about half a second
_ALIKE = 0.4  # two words of five: a date in a table row may change whole


class Pair(NamedTuple):
    """A line of the old text beside its line of the new one; indexes from 0, None where there is none."""

    old: int | None
    new: int | None
    is_same: bool


class Span(NamedTuple):
    text: str
    changed: bool


class Pairing:
    """Puts the lines of two texts side by side, given the runs that are equal."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        self.old, self.new = old, new
        self.left = _COMPARISONS

    def pair(self, runs: Iterable[Run]) -> Iterator[Pair]:
        """Every line of both texts exactly once, in order."""
        at, at_new = 0, 0
        for run in [*runs, Run(len(self.old), len(self.new), 0)]:
            yield from self._pair_block(range(at, run.a), range(at_new, run.b))
            yield from (Pair(run.a + step, run.b + step, True) for step in range(run.size))
            at, at_new = run.a + run.size, run.b + run.size

    def _pair_block(self, old: range, new: range) -> Iterator[Pair]:
        at, at_new = old.start, new.start
        for pair_old, pair_new in [*self._match_block(old, new), (old.stop, new.stop)]:
            yield from (Pair(index, None, False) for index in range(at, pair_old))
            yield from (Pair(None, index, False) for index in range(at_new, pair_new))
            if pair_old < old.stop and pair_new < new.stop:
                yield Pair(pair_old, pair_new, False)
            at, at_new = pair_old + 1, pair_new + 1

    def _match_block(self, old: range, new: range) -> list[tuple[int, int]]:
        """The pairs of a replaced block, rising on both sides, that are most alike together."""
        if not old or not new:
            return []
        cost = len(old) * len(new)
        if cost > _BLOCK or cost > self.left:
            return list(zip(old, new, strict=True)) if len(old) == len(new) else []
        self.left -= cost
        words = [_count_words(self.old[index]) for index in old]
        new_words = [_count_words(self.new[index]) for index in new]
        alike = [[_rate(word, other) for other in new_words] for word in words]
        return [(old[row], new[column]) for row, column in _choose_pairs(alike)]


def _choose_pairs(alike: list[list[float]]) -> list[tuple[int, int]]:
    """The rising chain of cells with the highest sum, as in a longest common subsequence with weights."""
    rows, columns = len(alike), len(alike[0])
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            taken = alike[row][column] + best[row + 1][column + 1] if alike[row][column] else 0.0
            best[row][column] = max(taken, best[row + 1][column], best[row][column + 1])
    chosen = []
    row = column = 0
    while row < rows and column < columns:
        if alike[row][column] and best[row][column] == alike[row][column] + best[row + 1][column + 1]:
            chosen.append((row, column))
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            column += 1
    return chosen


def _count_words(line: str) -> Counter[str]:
    """The words of a line; its signs only when it has no words, as every table row shares its bars with every other."""
    tokens = [token for token in _WORDS.findall(line[:_LONG_LINE]) if not token.isspace()]
    return Counter([token for token in tokens if token[0].isalnum() or token[0] == "_"] or tokens)


def _rate(words: Counter[str], others: Counter[str]) -> float:
    """The share of words two lines have in common (Dice), 0.0 when they are too different to be the same line."""
    total = words.total() + others.total()
    if not words or not others:
        return 0.0
    share = 2 * sum(min(count, others[word]) for word, count in words.items()) / total
    return share if share >= _ALIKE else 0.0


def compare_words(old: str, new: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Both lines as spans, each marked when its words are not in the other one. The spans' texts add up to the line."""
    if len(old) + len(new) > 2 * _LONG_LINE:
        return _compare_ends(old, new)
    words, new_words = _WORDS.findall(old), _WORDS.findall(new)
    runs = find_matches(words, new_words, budget=40_000).runs
    # A blank alone between two changes would cut a phrase in pieces that read as separate edits.
    kept = [run for run in runs if not _is_blank(words, run) or run.a == 0 or run.a + run.size == len(words)]
    return (
        _mark(words, [(run.a, run.a + run.size) for run in kept]),
        _mark(new_words, [(run.b, run.b + run.size) for run in kept]),
    )


def _is_blank(words: Sequence[str], run: Run) -> bool:
    return all(word.isspace() for word in words[run.a : run.a + run.size])


def _mark(words: Sequence[str], kept: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    spans: list[Span] = []
    at = 0
    for start, end in [*kept, (len(words), len(words))]:
        if start > at:
            spans.append(Span("".join(words[at:start]), True))
        if end > start:
            spans.append(Span("".join(words[start:end]), False))
        at = end
    return tuple(spans)


def _compare_ends(old: str, new: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    shortest = min(len(old), len(new))
    head = next((at for at in range(shortest) if old[at] != new[at]), shortest)
    tail = next((at for at in range(shortest - head) if old[-1 - at] != new[-1 - at]), shortest - head)
    return _mark_middle(old, head, tail), _mark_middle(new, head, tail)


def _mark_middle(text: str, head: int, tail: int) -> tuple[Span, ...]:
    end = len(text) - tail
    spans = (Span(text[:head], False), Span(text[head:end], True), Span(text[end:], False))
    return tuple(span for span in spans if span.text)
