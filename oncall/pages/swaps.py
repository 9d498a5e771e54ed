"""A swap as its page shows it: what changes hands, how it stands, and what the reader can do."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from accounts.models import User
from oncall.models import Layer, Override, Swap
from oncall.pages.doubts import find_doubts
from oncall.rota import Span
from oncall.services.covering import spans_of_swap

TONES = {
    Swap.Status.ASKED: "warn",
    Swap.Status.AGREED: "good",
    Swap.Status.DECLINED: "quiet",
    Swap.Status.WITHDRAWN: "quiet",
    Swap.Status.UNDONE: "quiet",
}


@dataclass(frozen=True, slots=True)
class Hand:
    """A time that goes, or would go, from one person to the other."""

    giver: User
    taker: User
    layer: Layer
    span: Span


@dataclass(frozen=True, slots=True)
class SwapPage:
    """The page's content."""

    swap: Swap
    hands: list[Hand]
    has_begun: bool
    may_answer: bool
    may_withdraw: bool
    may_undo: bool
    doubts: list[str]

    @property
    def tone(self) -> str:
        return TONES[Swap.Status(self.swap.status)]

    @property
    def is_late(self) -> bool:
        """Nobody answered before it began."""
        return self.swap.status == Swap.Status.ASKED and self.has_begun


def describe_swap(swap: Swap, reader: User, now: dt.datetime) -> SwapPage:
    """The swap for this reader at this moment."""
    people = (swap.asker, swap.colleague)
    hands = [
        Hand(people[number], people[1 - number], layer, span)
        for number, (layer, span) in enumerate(spans_of_swap(swap))
    ]
    has_begun = any(hand.span.start <= now for hand in hands)
    is_open = swap.status == Swap.Status.ASKED
    may_answer = is_open and not has_begun and reader.pk == swap.colleague_id
    takes_part = reader.pk in (swap.asker_id, swap.colleague_id) or reader.has_perm("oncall.change_rotation")
    return SwapPage(
        swap=swap,
        hands=hands,
        has_begun=has_begun,
        may_answer=may_answer,
        may_withdraw=is_open and reader.pk == swap.asker_id,
        may_undo=swap.status == Swap.Status.AGREED and takes_part and _lies_ahead(swap, now),
        doubts=_find_doubts(hands) if may_answer else [],
    )


def _find_doubts(hands: list[Hand]) -> list[str]:
    return [doubt for hand in hands for doubt in find_doubts(hand.taker, hand.layer, hand.span)]


def _lies_ahead(swap: Swap, now: dt.datetime) -> bool:
    return Override.objects.in_force().filter(swap=swap, during__endswith__gt=now).exists()
