"""Refusals: what a person may not do, said so that it can be shown to them as it is. Each app adds its own kinds."""

from accounts.models import User


class Refused(Exception):
    """The change was not made; the text says why, in words for people."""


class NotAllowed(Refused):
    """The person's role does not include this."""


def require(user: User, permission: str, what: str) -> None:
    """Raise NotAllowed unless the person has the permission; `what` completes “You may not …”."""
    if not user.has_perm(permission):
        raise NotAllowed(f"You may not {what}. Ask an administrator for the role that may.")
