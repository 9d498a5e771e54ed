"""Returning: the incoming person says what is missing, and the handoff can be written again."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from handoffs.models import EventKind, Handoff, State
from handoffs.services.contract.standing import require_incoming, require_submitted
from handoffs.services.contract.words import require_words
from handoffs.services.events import record
from handoffs.services.locking import lock_handoff
from handoffs.services.messages import tell_returned

LONGEST_REASON = 400


@transaction.atomic
def give_back(handoff: Handoff, reason: str, *, number: int, user: User, now: dt.datetime) -> Handoff:
    """Return it with a reason. `number` is the snapshot that was looked at.

    Raises NotAllowed, WrongState, OldSnapshot, and Refused without a reason.
    """
    held = lock_handoff(handoff)
    require_incoming(held, user, "return it")
    require_submitted(held, user, number)
    words = require_words(
        reason, "The reason", missing=f"Say what {held.outgoing} has to add or put right.", longest=LONGEST_REASON
    )
    held.state = State.RETURNED
    held.save(update_fields=["state"])
    record(held, EventKind.RETURNED, f"returned snapshot {number}: {words}", person=user, now=now)
    tell_returned(held, words, now)
    return held
