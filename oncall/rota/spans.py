"""Stretches of time: half-open, aware, in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Span(NamedTuple):
    """From `start` until just before `end`."""

    start: dt.datetime
    end: dt.datetime

    @property
    def length(self) -> dt.timedelta:
        return self.end - self.start


def clip(span: Span, start: dt.datetime, end: dt.datetime) -> Span | None:
    """The part of a span within the bounds; None when there is none."""
    first, last = max(span.start, start), min(span.end, end)
    return Span(first, last) if first < last else None


def merge(spans: Iterable[Span]) -> list[Span]:
    """The same time, in order, with what touches or overlaps made one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        elif span.start < span.end:
            merged.append(span)
    return merged


def subtract(span: Span, holes: Iterable[Span]) -> Iterator[Span]:
    """What is left of a span; the holes are in order and don't overlap."""
    start = span.start
    for hole in holes:
        if hole.end <= start:
            continue
        if hole.start >= span.end:
            break
        if hole.start > start:
            yield Span(start, hole.start)
        start = hole.end
    if start < span.end:
        yield Span(start, span.end)


def find_uncovered(wanted: Iterable[Span], covered: Iterable[Span]) -> list[Span]:
    """The time that is wanted and not covered."""
    holes = merge(covered)
    return [left for span in merge(wanted) for left in subtract(span, holes)]
