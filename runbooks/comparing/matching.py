"""Which items of two sequences correspond: the ground of diffs and merges, in bounded time.

Runs at both ends that are equal are taken first. Between them, items that occur once on each side are the anchors
(Bram Cohen's patience diff, which keeps headings and commands together); where there are none, Myers' shortest edit
script ("An O(ND) Difference Algorithm", 1986) up to a limit. All steps are counted against one budget: when it is
spent, the rest counts as replaced, so that no input can hold a worker up. `difflib` gives no such promise.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import NamedTuple

_EDIT_LIMIT = 400  # edits within one range that has no anchor; memory grows with its square


class Run(NamedTuple):
    """`size` equal items, from `a` in the one and from `b` in the other sequence."""

    a: int
    b: int
    size: int


class Matches(NamedTuple):
    runs: list[Run]  # in order, not touching, none empty
    is_complete: bool  # False when the budget or the edit limit ended the search somewhere


class _Range(NamedTuple):
    a: int
    a_end: int
    b: int
    b_end: int


def find_matches(a: Sequence[Hashable], b: Sequence[Hashable], *, budget: int = 3_000_000) -> Matches:
    """The corresponding runs of two sequences. `budget` counts comparisons, about five million a second."""
    return _Search(a, b, budget).run()


class _Search:
    def __init__(self, a: Sequence[Hashable], b: Sequence[Hashable], budget: int) -> None:
        numbers: dict[Hashable, int] = {}
        self.a = [numbers.setdefault(item, len(numbers)) for item in a]
        self.b = [numbers.setdefault(item, len(numbers)) for item in b]
        self.budget = budget
        self.is_complete = True
        self.runs: list[Run] = []

    def run(self) -> Matches:
        pending = [_Range(0, len(self.a), 0, len(self.b))]
        is_first = True
        while pending:
            rest = self._strip(pending.pop(), is_free=is_first)
            is_first = False
            if rest.a == rest.a_end or rest.b == rest.b_end:
                continue
            if self.budget <= 0:
                self.is_complete = False
                continue
            pending.extend(self._split(rest))
        return Matches(_join_runs(self.runs), self.is_complete)

    def _strip(self, span: _Range, *, is_free: bool) -> _Range:
        """Take the equal items at both ends; they cost nothing the first time, so that a small edit always fits."""
        start, start_b, end, end_b = span.a, span.b, span.a_end, span.b_end
        while start < end and start_b < end_b and self.a[start] == self.b[start_b]:
            start, start_b = start + 1, start_b + 1
        while start < end and start_b < end_b and self.a[end - 1] == self.b[end_b - 1]:
            end, end_b = end - 1, end_b - 1
        if start > span.a:
            self.runs.append(Run(span.a, span.b, start - span.a))
        if end < span.a_end:
            self.runs.append(Run(end, end_b, span.a_end - end))
        if not is_free:
            self.budget -= (start - span.a) + (span.a_end - end) + 1
        return _Range(start, end, start_b, end_b)

    def _split(self, span: _Range) -> list[_Range]:
        """The ranges between anchors, or none after an exhaustive search."""
        self.budget -= 2 * (span.a_end - span.a + span.b_end - span.b)
        anchors = self._find_anchors(span)
        if not anchors:
            self._search_edits(span)
            return []
        ranges = []
        a, b = span.a, span.b
        for at, at_b in anchors:
            ranges.append(_Range(a, at + 1, b, at_b + 1))  # the anchor is the end that `_strip` takes
            a, b = at + 1, at_b + 1
        ranges.append(_Range(a, span.a_end, b, span.b_end))
        return ranges

    def _find_anchors(self, span: _Range) -> list[tuple[int, int]]:
        ours, theirs = self.a[span.a : span.a_end], self.b[span.b : span.b_end]
        count, count_b = Counter(ours), Counter(theirs)
        where = {item: at for at, item in enumerate(theirs, span.b) if count_b[item] == 1}
        pairs = [(at, where[item]) for at, item in enumerate(ours, span.a) if count[item] == 1 and item in where]
        return _keep_longest_rising(pairs)

    def _search_edits(self, span: _Range) -> None:
        """Myers' greedy search forward, remembering the furthest points of every round for the way back."""
        size, size_b = span.a_end - span.a, span.b_end - span.b
        furthest = {1: 0}
        rounds: list[dict[int, int]] = []
        for edits in range(min(_EDIT_LIMIT, size + size_b) + 1):
            if self.budget <= 0:
                break
            rounds.append({k: furthest[k] for k in range(-edits - 1, edits + 2) if k in furthest})
            self.budget -= 2 * edits + 1
            if self._advance(span, edits, furthest):
                self._walk_back(span, rounds)
                return
        self.is_complete = False

    def _advance(self, span: _Range, edits: int, furthest: dict[int, int]) -> bool:
        """One more edit on every diagonal; whether the end was reached."""
        size, size_b = span.a_end - span.a, span.b_end - span.b
        for k in range(-edits, edits + 1, 2):
            x = _step(furthest, k, edits)
            start = x
            while x < size and x - k < size_b and self.a[span.a + x] == self.b[span.b + x - k]:
                x += 1
            self.budget -= x - start
            furthest[k] = x
            if k == size - size_b and x >= size:
                return True
        return False

    def _walk_back(self, span: _Range, rounds: list[dict[int, int]]) -> None:
        x, y = span.a_end - span.a, span.b_end - span.b
        for edits in range(len(rounds) - 1, -1, -1):
            furthest = rounds[edits]
            k = x - y
            start = _step(furthest, k, edits) if edits else 0
            if x > start:
                self.runs.append(Run(span.a + start, span.b + start - k, x - start))
            is_insertion = k == -edits or (k != edits and furthest[k - 1] < furthest[k + 1])
            before = k + 1 if is_insertion else k - 1
            x = furthest.get(before, 0)
            y = x - before


def _step(furthest: dict[int, int], k: int, edits: int) -> int:
    """Where diagonal `k` starts in this round: down from the one above, or right from the one below."""
    if k == -edits or (k != edits and furthest[k - 1] < furthest[k + 1]):
        return furthest[k + 1]
    return furthest[k - 1] + 1


def _keep_longest_rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence whose second numbers rise too (patience sorting, n log n)."""
    tops: list[int] = []
    top_index: list[int] = []
    previous: list[int] = []
    for index, (_, value) in enumerate(pairs):
        pile = bisect_left(tops, value)
        previous.append(top_index[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [value]
        top_index[pile : pile + 1] = [index]
    chain = []
    at = top_index[-1] if top_index else -1
    while at >= 0:
        chain.append(pairs[at])
        at = previous[at]
    return chain[::-1]


def _join_runs(runs: list[Run]) -> list[Run]:
    joined: list[Run] = []
    for run in sorted(runs):
        last = joined[-1] if joined else None
        if last and last.a + last.size == run.a and last.b + last.size == run.b:
            joined[-1] = Run(last.a, last.b, last.size + run.size)
        else:
            joined.append(run)
    return joined
