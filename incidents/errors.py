"""What incidents refuse, said so that it can be shown as it is."""

from __future__ import annotations

from accounts.errors import NotAllowed, Refused

__all__ = [
    "BadRequest",
    "BadTime",
    "EditClash",
    "NoSteps",
    "NotAllowed",
    "NothingToCall",
    "Refused",
    "TooLarge",
    "UnfilledGaps",
    "WrongState",
]


class WrongState(Refused):
    """It was resolved, answered, taken or ended before."""


class BadTime(Refused):
    """A moment that can't be: in the future, before the incident, an end before its start."""


class NoSteps(Refused):
    """There is nothing in that place of the runbook that could be gone through step by step."""


class NothingToCall(Refused):
    """There is no escalation path, or it has no level."""


class BadRequest(Refused):
    """What a machine sent can't be understood; the text says what is wrong with it."""


class TooLarge(Refused):
    """What a machine sent is larger than is taken in."""


class EditClash(Refused):
    """Somebody else changed the same texts meanwhile; `theirs` holds what stands there now, by name of the field."""

    def __init__(self, text: str, theirs: dict[str, str]) -> None:
        super().__init__(text)
        self.theirs = theirs


class UnfilledGaps(Refused):
    """An update still has brackets that nobody has filled; `gaps` are the words in them."""

    def __init__(self, gaps: tuple[str, ...]) -> None:
        named = ", ".join(f"[{gap}]" for gap in gaps[:8])
        more = f" and {len(gaps) - 8} more" if len(gaps) > 8 else ""
        super().__init__(
            f"Nothing was sent: {named}{more} {'is' if len(gaps) == 1 else 'are'} still to be filled in. Where a bracket is "
            "meant, put a backslash before it."
        )
        self.gaps = gaps
