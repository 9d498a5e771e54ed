"""What handoffs refuse, said so that it can be shown as it is."""

from __future__ import annotations

from accounts.errors import NotAllowed, Refused

__all__ = ["Gap", "NotAllowed", "NotReady", "OldSnapshot", "OwnHandoff", "Refused", "WrongState"]


class WrongState(Refused):
    """It was submitted, returned, accepted or called off before."""


class NotReady(Refused):
    """Something that has to be done before signing is not; the text names it."""


class OldSnapshot(Refused):
    """It was submitted again meanwhile: what was looked at is not what would be signed."""


class OwnHandoff(Refused):
    """Nobody accepts what they handed over themselves."""


class Gap(Refused):
    """Nobody is on call after the change; the text says from when to when."""
