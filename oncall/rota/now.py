"""The shift of this moment and the one after it, for one layer."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from oncall.rota.layers import LayerPlan, Piece, find_shifts
from oncall.rota.spans import Span
from oncall.rota.turns import TurnPlan

LOOK_AHEAD = tuple(dt.timedelta(days=days) for days in (4, 15, 60, 420))  # most hand-overs are near


def find_now_and_next(layer: LayerPlan, at: dt.datetime) -> tuple[Piece | None, Piece | None]:
    """The shift that is on at that instant, and the first that starts after it, searched for up to 14 months."""
    plain = _find_plain(layer, at)
    if plain is not None:
        return plain
    now = None
    for ahead in LOOK_AHEAD:
        pieces = find_shifts(layer, at, at + ahead)
        now = next((piece for piece in pieces if piece.span.start <= at < piece.span.end), None)
        coming = next((piece for piece in pieces if piece.span.start > at), None)
        if coming is not None:
            return now, coming
    return now, None


def _find_plain(layer: LayerPlan, at: dt.datetime) -> tuple[Piece, Piece] | None:
    """The answer where one plan alone decides it, around the clock: most layers at most moments. None elsewhere.

    A page that asks this of a thousand layers would spend a tenth of its time in the general way.
    """
    plan, period = next(((plan, span) for plan, span in layer.periods() if span.start <= at < span.end), (None, None))
    if plan is None or period is None or plan.windows:
        return None
    number, first, second, third = _find_turns(plan.anchor, plan.turn, plan.zone, at)
    if not (period.start <= first < second < third <= period.end):
        return None
    if any(cover.span.start < third and cover.span.end > first for cover in layer.covers):
        return None
    return Piece(plan.person_of(number), Span(first, second)), Piece(plan.person_of(number + 1), Span(second, third))


@lru_cache(maxsize=2048)
def _find_turns(
    anchor: dt.datetime, turn: dt.timedelta, zone: str, at: dt.datetime
) -> tuple[int, dt.datetime, dt.datetime, dt.datetime]:
    """The turn at that instant: its number, its start, and the starts of the two after it. Many layers turn alike."""
    plan = TurnPlan((), anchor, turn, zone)
    number = plan.number_at(at)
    return number, plan.starts(number), plan.starts(number + 1), plan.starts(number + 2)
