"""What handoffs refuse, said so that it can be shown as it is."""

from __future__ import annotations

from accounts.errors import NotAllowed, Refused

__all__ = [
    "AlreadyOpen",
    "Damaged",
    "EditClash",
    "Gap",
    "Linked",
    "ListChanged",
    "NotAllowed",
    "NotReady",
    "OldSnapshot",
    "OwnHandoff",
    "Refused",
    "Unreadable",
    "WrongState",
]


class WrongState(Refused):
    """It was submitted, returned, accepted or called off before."""


class NotReady(Refused):
    """Something that has to be done before signing is not; the text names it."""


class OldSnapshot(Refused):
    """It was submitted again meanwhile: what was looked at is not what would be signed."""


class OwnHandoff(Refused):
    """Nobody accepts what they handed over themselves."""


class ListChanged(Refused):
    """Somebody else saved the checklist meanwhile; what was typed is still there."""


class Linked(Refused):
    """A refusal with the page on which it can be mended: `url` from the portal's root, `action` what is there."""

    def __init__(self, text: str, url: str, action: str) -> None:
        super().__init__(text)
        self.url, self.action = url, action


class Gap(Linked):
    """Nobody is on call after the change; the text says from when to when."""


class AlreadyOpen(Linked):
    """There is a handoff for this change of shift, or for a later one."""


class Unreadable(Refused):
    """A snapshot that this version of the portal can't read, or one that was damaged."""


class Damaged(Refused):
    """What is stored is not what was signed."""


class EditClash(Refused):
    """Somebody else changed the same text meanwhile; `theirs` holds what stands there now, by field."""

    def __init__(self, theirs: dict[str, str]) -> None:
        super().__init__(
            "Somebody changed the same text while you were writing. Both are below: put them together, then save again."
        )
        self.theirs = theirs
