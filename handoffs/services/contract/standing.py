"""Where a handoff stands, and which snapshot it is about: what each step of the contract asks first."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from handoffs.errors import NotAllowed, OldSnapshot, WrongState
from handoffs.models import Handoff, Snapshot, State
from handoffs.services.locking import require_part
from oncall.services.moments import say_moment


def require_submitted(handoff: Handoff, user: User, number: int) -> Snapshot:
    """The newest snapshot, which has to be the one that was looked at. Raises WrongState, OldSnapshot."""
    if handoff.state != State.SUBMITTED:
        raise WrongState(say_state(handoff, user))
    if number != handoff.round:
        raise OldSnapshot(
            f"You looked at snapshot {number}. {handoff.outgoing} submitted the handoff again since: snapshot "
            f"{handoff.round} is the one that counts. Look at it first."
        )
    return handoff.snapshots.get(number=number)


def require_incoming(handoff: Handoff, user: User, what: str) -> None:
    """Raises NotAllowed unless it is the incoming person."""
    require_part(handoff, user, what)
    if user.pk != handoff.incoming_id:
        raise NotAllowed(f"{handoff.incoming} takes this shift over, so only {handoff.incoming} can {what}.")


def say_state(handoff: Handoff, user: User) -> str:
    """Why the step can't be taken now, by the clock of whoever wanted to take it."""
    if handoff.state == State.ACCEPTED:
        return f"{handoff.incoming} accepted it{_say_on(handoff.accepted_at, user)}. It is signed by both, and fixed."
    if handoff.state == State.SUBMITTED:
        return f"{handoff.outgoing} submitted it already{_say_on(handoff.submitted_at, user)}. It waits for {handoff.incoming}."
    if handoff.state == State.RETURNED:
        return f"It was returned, and waits for {handoff.outgoing} to submit it again."
    if handoff.state == State.LAPSED:
        return f"It has lapsed: {handoff.lapse_reason}" if handoff.lapse_reason else "It has lapsed."
    return f"{handoff.outgoing} has not submitted it yet."


def _say_on(at: dt.datetime | None, user: User) -> str:
    return "" if at is None else f" on {say_moment(at, user.time_zone)}"
