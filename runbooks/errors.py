"""Refusals: what a person may not do, said so that it can be shown to them as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from accounts.errors import NotAllowed, Refused
from runbooks.secrets import Secret

if TYPE_CHECKING:
    from runbooks.models import RunbookVersion

__all__ = [
    "EditConflict",
    "FourEyes",
    "GatesClosed",
    "ImageRefused",
    "NotAllowed",
    "OpenVersionExists",
    "Refused",
    "SecretFound",
    "TextRefused",
    "WrongStatus",
]


class FourEyes(Refused):
    """Whoever wrote a version can't approve it."""


class WrongStatus(Refused):
    """The version is not in the status that this step starts from."""


class OpenVersionExists(Refused):
    """Another version of the runbook is already on its way."""


class TextRefused(Refused):
    """The text can't be stored: too long, or not text."""


class SecretFound(Refused):
    """The text holds what looks like a credential. Says where and of what kind, never what it is."""

    def __init__(self, found: tuple[Secret, ...]) -> None:
        named = ", ".join(f"line {secret.line} ({secret.kind})" for secret in found[:5])
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        super().__init__(
            f"The text holds what looks like a credential: {named}{more}. Take it out, and say where it is kept instead. "
            "If it is none, an approver can allow the line in the editor, with a reason."
        )
        self.found = found


class GatesClosed(Refused):
    """Something that must hold before a version becomes active does not. `closed` is each gate's name and what to do."""

    def __init__(self, number: str, closed: Sequence[tuple[str, str]]) -> None:
        named = " ".join(f"“{gate}” is not so yet: {what}" for gate, what in closed)
        super().__init__(f"Version {number} can't become active. {named}")
        self.closed = tuple(closed)


class ImageRefused(Refused):
    """The upload is no image the portal shows."""


class EditConflict(Refused):
    """Somebody saved in between. Both texts are kept; `base` is what the late one started from."""

    def __init__(self, version: RunbookVersion, *, base: str, mine: str) -> None:
        super().__init__(f"{version.runbook} was changed by somebody else while you were writing.")
        self.version = version
        self.base = base
        self.mine = mine
