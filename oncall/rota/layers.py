"""One line of people over time: plans that take over from one another, and covers that come before any plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from oncall.rota.spans import Span, clip, subtract
from oncall.rota.turns import TurnPlan

FOREVER = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class TimedPlan:
    """A plan and the instant from which it holds."""

    effective_from: dt.datetime
    plan: TurnPlan


@dataclass(frozen=True, slots=True)
class Cover:
    """Somebody is on call in that time whatever the plan says. `key` leads back to where it is kept."""

    person: int
    span: Span
    key: int


@dataclass(frozen=True, slots=True)
class LayerPlan:
    """All that decides who is on call in one layer. Plans in order of time; covers in order, none overlapping."""

    plans: tuple[TimedPlan, ...]
    covers: tuple[Cover, ...] = ()
    ended_at: dt.datetime = FOREVER

    def periods(self) -> Iterator[tuple[TurnPlan, Span]]:
        """Each plan with the time in which it holds."""
        ends = (*(plan.effective_from for plan in self.plans[1:]), self.ended_at)
        for timed, end in zip(self.plans, ends, strict=False):  # without a plan there is an end too many
            span = clip(Span(timed.effective_from, end), timed.effective_from, self.ended_at)
            if span is not None:
                yield timed.plan, span

    def open_hours(self, start: dt.datetime, end: dt.datetime) -> list[Span]:
        """The time, within those bounds, in which the plans want somebody."""
        found: list[Span] = []
        for plan, period in self.periods():
            within = clip(period, start, end)
            if within is not None:
                hours = plan.open_hours(within.start, within.end)
                found.extend(cut for span in hours if (cut := clip(span, within.start, within.end)))
        return found


@dataclass(frozen=True, slots=True)
class Piece:
    """A shift: a person on call without a break. `cover` is the key of the cover it comes from, None for the plan."""

    person: int
    span: Span
    cover: int | None = None


def find_shifts(layer: LayerPlan, start: dt.datetime, end: dt.datetime) -> list[Piece]:
    """The shifts that touch the time from `start` to `end`, in order, never two at a time.

    They are whole: the first may begin before `start`, the last end after `end`.
    """
    if start >= end:
        return []
    holes = [cover.span for cover in layer.covers]
    found = [piece for piece in _covered(layer) if _touches(piece.span, start, end)]
    for person, span in _planned(layer, start, end):
        found.extend(Piece(person, left) for left in subtract(span, holes) if _touches(left, start, end))
    return sorted(found, key=lambda piece: piece.span)


def _covered(layer: LayerPlan) -> Iterator[Piece]:
    """The covers, as far as the layer was not ended by then."""
    for cover in layer.covers:
        span = clip(cover.span, cover.span.start, layer.ended_at)
        if span is not None:
            yield Piece(cover.person, span, cover.key)


def _planned(layer: LayerPlan, start: dt.datetime, end: dt.datetime) -> Iterable[tuple[int, Span]]:
    for plan, period in layer.periods():
        within = clip(period, start, end)
        if within is None:
            continue
        for person, span in plan.pieces(within.start, within.end):
            cut = clip(span, period.start, period.end)
            if cut is not None:
                yield person, cut


def _touches(span: Span, start: dt.datetime, end: dt.datetime) -> bool:
    return span.start < end and span.end > start
