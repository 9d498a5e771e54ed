"""All that differs from the plan: overrides, swaps, absences, and gaps that are meant."""

from oncall.services.absences import add_absence, find_clashes_of, remove_absence, rotations_with
from oncall.services.gaps import find_unplanned, mark_gap, report_gaps, unmark_gap
from oncall.services.overrides import cancel_override, override_shift, take_shift_now
from oncall.services.swaps import answer_swap, ask_swap, undo_swap, withdraw_swap

__all__ = [
    "add_absence",
    "answer_swap",
    "ask_swap",
    "cancel_override",
    "find_clashes_of",
    "find_unplanned",
    "mark_gap",
    "override_shift",
    "remove_absence",
    "report_gaps",
    "rotations_with",
    "take_shift_now",
    "undo_swap",
    "unmark_gap",
    "withdraw_swap",
]
