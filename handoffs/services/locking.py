"""Holding a handoff while it is changed, and whether somebody may."""

from __future__ import annotations

from accounts.errors import require
from accounts.locking import hold
from accounts.models import User
from handoffs.errors import NotAllowed, WrongState
from handoffs.models import Handoff


def lock_handoff(handoff: Handoff | int) -> Handoff:
    """The handoff as it is now, with its people, locked until the transaction ends. Raises Handoff.DoesNotExist."""
    people = Handoff.objects.select_related("team", "rotation", "outgoing", "incoming", "backup")
    return hold(people, handoff if isinstance(handoff, int) else handoff.pk)


def may_take_part(handoff: Handoff, user: User) -> bool:
    """Whether the person may tick, note and ask: the people of the handoff, its team, and administrators."""
    if not user.has_perm("handoffs.change_handoff"):
        return False
    return handoff.takes_part(user) or handoff.team_id in user.get_team_ids() or user.has_perm("accounts.change_team")


def require_part(handoff: Handoff, user: User, what: str) -> None:
    """Raises NotAllowed with a sentence where the person has no part in this handoff."""
    require(user, "handoffs.change_handoff", what)
    if not may_take_part(handoff, user):
        raise NotAllowed(f"This is a handoff of {handoff.team}. Only its people can {what}.")


def require_editable(handoff: Handoff) -> None:
    """Raises WrongState where its words are fixed."""
    if not handoff.is_editable:
        raise WrongState(
            "It was submitted, so its words are fixed until it is accepted or returned."
            if handoff.state == "submitted"
            else "It was accepted. Write an addendum below it."
            if handoff.state == "accepted"
            else "It has lapsed."
        )
