"""What incidents refuse, said so that it can be shown as it is."""

from __future__ import annotations

from accounts.errors import NotAllowed, Refused

__all__ = ["BadRequest", "BadTime", "NoSteps", "NotAllowed", "NothingToCall", "Refused", "TooLarge", "WrongState"]


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
