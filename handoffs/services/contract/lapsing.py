"""Handoffs that come to nothing: called off by whoever leads, or overtaken by a later one that was accepted."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import Membership, User
from handoffs.errors import NotAllowed, WrongState
from handoffs.models import EventKind, Handoff, State
from handoffs.services.contract.standing import say_state
from handoffs.services.contract.words import require_words
from handoffs.services.events import record
from handoffs.services.locking import lock_handoff
from handoffs.services.reminding import stop_reminding
from oncall.models import Kind
from oncall.outbox import notify
from oncall.services.held import call_off, release

LONGEST_REASON = 250


def may_lapse(handoff: Handoff, user: User) -> bool:
    """Leads of the team and administrators; whoever hands over would free themselves by it."""
    if user.has_perm("accounts.change_team"):
        return True
    if handoff.team_id not in user.get_team_ids() or not user.has_perm("handoffs.change_handoff"):
        return False
    return Membership.objects.filter(team=handoff.team_id, user=user, is_lead=True).exists()


@transaction.atomic
def lapse(handoff: Handoff, reason: str, *, user: User, now: dt.datetime) -> Handoff:
    """Call it off; the schedule alone says who is responsible then. Both people are told.

    Raises NotAllowed, WrongState when it is over, and Refused without a reason.
    """
    held = lock_handoff(handoff)
    if not may_lapse(held, user):
        raise NotAllowed(f"Only leads of {held.team} and administrators can call a handoff off.")
    if not held.is_open:
        raise WrongState(say_state(held, user))
    words = require_words(reason, "The reason", missing="Say why it is called off.", longest=LONGEST_REASON)
    _end(held, words)
    record(held, EventKind.LAPSED, f"called it off: {words}", person=user, now=now)
    call_off(held.rotation, held.get_absolute_url(), now=now)
    stop_reminding(held, now=now)
    _tell(held, words, user, now)
    return held


def lapse_earlier(accepted: Handoff, *, user: User, now: dt.datetime) -> int:
    """End the open handoffs of the rotation that lie before one that was accepted, in its transaction. How many.

    They are held from the latest to the earliest, so that two acceptances never wait for each other.
    """
    earlier = Handoff.objects.open().filter(rotation=accepted.rotation_id, changes_at__lt=accepted.changes_at)
    count = 0
    for pk in earlier.order_by("-changes_at", "-pk").values_list("pk", flat=True):
        held = lock_handoff(pk)
        if not held.is_open:
            continue
        _end(held, f"the later handoff of {accepted.changes_at:%Y-%m-%d %H:%M} UTC was accepted")
        record(held, EventKind.LAPSED, f"lapsed, as {held.lapse_reason} by {user}", person=None, now=now)
        release(held.rotation, held.get_absolute_url(), now=now)
        stop_reminding(held, now=now)
        count += 1
    return count


def _end(handoff: Handoff, reason: str) -> None:
    handoff.state, handoff.lapse_reason, handoff.remind_at = State.LAPSED, reason, None
    handoff.save(update_fields=["state", "lapse_reason", "remind_at"])


def _tell(handoff: Handoff, reason: str, user: User, now: dt.datetime) -> None:
    if handoff.is_example:
        return
    for person in {handoff.outgoing, handoff.incoming} - {user}:
        notify(
            key=f"handoff:{handoff.pk}:lapsed:user:{person.pk}",
            kind=Kind.HANDOFF,
            to=person,
            subject=f"{handoff.rotation}: the handoff was called off",
            text=f"{user} says: {reason}\n\nFrom now on the schedule alone says who is responsible.",
            now=now,
            url=handoff.get_absolute_url(),
            action="See the handoff",
        )
