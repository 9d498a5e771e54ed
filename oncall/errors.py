"""What on-call refuses, said so that it can be shown as it is."""

from __future__ import annotations

from accounts.errors import NotAllowed, Refused

__all__ = ["AddressRefused", "BadPlan", "NotAllowed", "NotYours", "Overlaps", "Refused", "StillNeeded", "WrongState"]


class BadPlan(Refused):
    """The plan of a layer can't be: nobody in it, no such zone, a hand-over at a time that the zone skips."""


class Overlaps(Refused):
    """Something else already covers part of that time."""


class NotYours(Refused):
    """The shift, swap or address belongs to somebody else."""


class WrongState(Refused):
    """It was answered, taken back or ended before."""


class StillNeeded(Refused):
    """A person is in a rotation or a ladder; `places` says where."""

    def __init__(self, text: str, places: list[str]) -> None:
        super().__init__(text)
        self.places = places


class AddressRefused(Refused):
    """The portal does not send there: no address of that kind, or one in a private network."""
