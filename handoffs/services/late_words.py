"""What is said about a handoff that nobody has accepted although the shift has changed. Pure: no query, no clock."""

from __future__ import annotations

from accounts.models import User
from handoffs.models import Handoff, State
from handoffs.services.messages import say_in_both


def find_actor(handoff: Handoff) -> User:
    """Whose turn it is: whoever has to accept what was submitted, else whoever has to submit."""
    return handoff.incoming if handoff.state == State.SUBMITTED else handoff.outgoing


def say_subject(handoff: Handoff) -> str:
    lacks = "accepted" if handoff.state == State.SUBMITTED else "submitted"
    return f"{handoff.rotation}: the handoff from {handoff.outgoing} to {handoff.incoming} is not {lacks}"


def say_state(handoff: Handoff, zone: str) -> str:
    """Since when it is late, what is missing, and who is responsible until then."""
    when = f"The shift changed on {say_in_both(handoff.changes_at, zone)}."
    if handoff.continues:
        return f"{when} {handoff.outgoing} goes on, and has not signed the handoff."
    stays = f"{handoff.outgoing} stays responsible until {handoff.incoming} accepts it."
    if handoff.state == State.SUBMITTED:
        return f"{when} {handoff.incoming} has not accepted the handoff. {stays}"
    again = " again" if handoff.state == State.RETURNED else ""
    return f"{when} {handoff.outgoing} has not submitted the handoff{again}, so nobody can accept it. {stays}"


def say_task(handoff: Handoff, person: User | None) -> str:
    """What the reader of the message is to do; `person` None is a channel, or somebody who is told because others are late."""
    actor = find_actor(handoff)
    if person is None or person.pk not in (handoff.incoming_id, handoff.outgoing_id):
        return f"The portal has reminded {actor}, and it is still not done. Please call them."
    if person.pk != actor.pk:
        return f"The portal has reminded {actor}. Pages reach both of you until it is accepted."
    if handoff.state == State.SUBMITTED:
        return "Read it and accept it, item by item, or return it with a reason."
    return "Write what is missing, and submit it. Where nothing happened, one click does it."


def say_action(handoff: Handoff, to: object) -> str:
    """What the button in the message says."""
    accepts = handoff.state == State.SUBMITTED and to == handoff.incoming
    return "Accept the handoff" if accepts else "Open the handoff"


def say_next(handoff: Handoff, step: int, minutes: int) -> str:
    """Who is told when this does not help; "" after the last step. `step` is the one that is taken now."""
    wait = "1 minute" if minutes == 1 else f"{minutes} minutes"
    if step == 1 and find_backup(handoff) is not None:
        return f"In {wait} the backup, {find_backup(handoff)}, is told."
    if step == 1:
        return f"There is no backup: in {wait} the lead of {handoff.team} is told."
    return f"In {wait} the lead of {handoff.team} is told." if step == 2 else ""


def find_backup(handoff: Handoff) -> User | None:
    """The backup, where that is somebody else than the two, and still there."""
    backup = handoff.backup
    if backup is None or not backup.is_active or backup.pk in (handoff.outgoing_id, handoff.incoming_id):
        return None
    return backup


def say_done(handoff: Handoff, names: list[str], minutes: int) -> str:
    """The line of the history. `minutes` have passed since the change."""
    told = ", ".join(names) if names else "nobody, because nobody can be told"
    lacks = "accepted" if handoff.state == State.SUBMITTED else "submitted"
    return f"reminded {told}: not {lacks} {minutes} minute{'' if minutes == 1 else 's'} after the change"
