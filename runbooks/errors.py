"""Refusals: what a person may not do, said so that it can be shown to them as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runbooks.models import RunbookVersion


class Refused(Exception):
    """The change was not made; the text says why, in words for people."""


class NotAllowed(Refused):
    """The person's role does not include this."""


class FourEyes(Refused):
    """Whoever wrote a version can't approve it."""


class WrongStatus(Refused):
    """The version is not in the status that this step starts from."""


class OpenVersionExists(Refused):
    """Another version of the runbook is already on its way."""


class TextRefused(Refused):
    """The text can't be stored: too long, or not text."""


class ImageRefused(Refused):
    """The upload is no image the portal shows."""


class EditConflict(Refused):
    """Somebody saved in between. Both texts are kept; `base` is what the late one started from."""

    def __init__(self, version: RunbookVersion, *, base: str, mine: str) -> None:
        super().__init__(f"{version.runbook} was changed by somebody else while you were writing.")
        self.version = version
        self.base = base
        self.mine = mine
