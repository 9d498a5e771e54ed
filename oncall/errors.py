"""What on-call refuses, said so that it can be shown as it is."""

from __future__ import annotations

from accounts.errors import NotAllowed, Refused

__all__ = [
    "AddressRefused",
    "BadPath",
    "BadPlan",
    "BadWay",
    "ChangedMeanwhile",
    "LastAddress",
    "NotAllowed",
    "NotYours",
    "Overlaps",
    "Refused",
    "StillNeeded",
    "WrongState",
]


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


class LastAddress(Refused):
    """Without it no page would reach the person. Asked again, with a yes, it is done."""


class BadWay(Refused):
    """A way to reach somebody that is none, or that is there twice. `place` is its place in the list, from 0."""

    def __init__(self, text: str, place: int) -> None:
        super().__init__(text)
        self.place = place


class BadPath(Refused):
    """The escalation path can't be: no level, a level that calls nobody, no response time, the same one called twice."""


class ChangedMeanwhile(Refused):
    """Somebody else saved it while the form was open."""
