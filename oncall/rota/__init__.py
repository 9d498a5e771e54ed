"""The arithmetic of rotations: plans and covers in, shifts out. Pure: no Django, no clock of its own.

Every moment that goes in or comes out is aware and in UTC; what a plan says about hours and weekdays is read off the clock
on the wall of its zone. Intervals are half-open: a shift ends the instant the next one starts.
"""

from oncall.rota.clock import UnknownZone, find_skipped, to_utc, to_wall, zone_named
from oncall.rota.layers import Cover, LayerPlan, Piece, TimedPlan, find_shifts
from oncall.rota.now import find_now_and_next
from oncall.rota.spans import Span, clip, find_uncovered, merge
from oncall.rota.turns import TurnPlan, Window

__all__ = [
    "Cover",
    "LayerPlan",
    "Piece",
    "Span",
    "TimedPlan",
    "TurnPlan",
    "UnknownZone",
    "Window",
    "clip",
    "find_now_and_next",
    "find_shifts",
    "find_skipped",
    "find_uncovered",
    "merge",
    "to_utc",
    "to_wall",
    "zone_named",
]
