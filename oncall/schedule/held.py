"""Whose shift goes on past its end, asked of the database; and of a rotation that is loaded already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from oncall.models import HeldShift, Rotation
from oncall.rota import Span


@dataclass(frozen=True, slots=True)
class Held:
    """From `span.start` on `person` is still responsible, although the schedule says `successor`; until acceptance.

    The span ends when it was accepted, or when the next change of shift took over; FOREVER while nobody knows.
    """

    person: User
    successor: User
    span: Span
    url: str

    @property
    def remark(self) -> str:
        """What is said of the person, to be read after their name."""
        return say_held(str(self.successor))

    def covers(self, at: dt.datetime) -> bool:
        """Whether it is so at that instant."""
        return self.span.start <= at < self.span.end


@dataclass(frozen=True, slots=True)
class HeldRow:
    """The same in plain values: ids instead of people."""

    person: int
    successor: int
    span: Span
    url: str

    def covers(self, at: dt.datetime) -> bool:
        return self.span.start <= at < self.span.end


def say_held(successor: str) -> str:
    """`stays responsible until Ben Boole accepts the handoff`: completes a sentence that begins with a name."""
    return f"stays responsible until {successor} accepts the handoff"


def load_held(rotations: Iterable[Rotation | int], at: dt.datetime) -> dict[int, HeldShift]:
    """The shift that is held at that instant, with its two people, by the rotation's id; one query."""
    ids = [one if isinstance(one, int) else one.pk for one in rotations]
    rows = HeldShift.objects.holding(at).filter(rotation__in=ids).select_related("person", "successor")
    return {row.rotation_id: row for row in rows.order_by("held_from", "pk")}  # the latest counts
