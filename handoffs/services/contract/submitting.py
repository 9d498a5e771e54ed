"""Submitting: the outgoing person signs what the handoff says at that moment, and from then on it says nothing else."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import transaction

from accounts.models import User
from handoffs.errors import NotAllowed, NotReady, WrongState
from handoffs.models import EventKind, Handoff, Signature, Snapshot, State
from handoffs.sections import Filled, assemble, make_scope
from handoffs.services.contract.carrying import carry_acceptances
from handoffs.services.contract.quiet import require_quiet, tick_as_quiet
from handoffs.services.contract.standing import say_state
from handoffs.services.contract.testing import find_answered_test, write_tests
from handoffs.services.contract.words import join_names
from handoffs.services.events import record
from handoffs.services.locking import lock_handoff, require_part
from handoffs.services.messages import tell_submitted
from handoffs.services.snapshots import make_content


@transaction.atomic
def submit(handoff: Handoff, *, user: User, now: dt.datetime, quiet: bool = False) -> Snapshot:
    """Sign as the outgoing person. `quiet` is “nothing happened”: it ticks what is left, and submits.

    Raises WrongState when it was submitted before, NotAllowed for anybody else, NotReady for items that are not ticked, and
    for a quiet one when something happened; the text names what.
    """
    held = lock_handoff(handoff)
    _require_signer(held, user)
    sections = assemble(make_scope(held, now))
    if quiet:
        require_quiet(sections)
        tick_as_quiet(held, user=user, now=now)
    _require_ticked(held)
    held.is_quiet = quiet
    snapshot = _freeze(held, sections, user, now)
    _sign(held, snapshot, user, now)
    carried = carry_acceptances(held, snapshot)
    record(held, EventKind.SUBMITTED, _say_event(held, snapshot, carried), person=user, now=now)
    if find_answered_test(held) is None:
        write_tests(held, cause=f"round-{held.round}", user=user, now=now)
    tell_submitted(held, now)
    return snapshot


def find_unticked(handoff: Handoff) -> list[str]:
    """The required items that nobody has ticked."""
    open_ones = handoff.ticks.filter(is_required=True, done_at=None).order_by("position")
    return list(open_ones.values_list("text", flat=True))


def _require_signer(handoff: Handoff, user: User) -> None:
    require_part(handoff, user, "submit it")
    if not handoff.is_editable:
        raise WrongState(say_state(handoff, user))
    if user.pk != handoff.outgoing_id:
        raise NotAllowed(
            f"{handoff.outgoing} hands this shift over, so only {handoff.outgoing} can sign and submit it."
        )
    if not handoff.incoming.is_active:
        raise NotReady(
            f"{handoff.incoming} has left and can't accept it. Put somebody else into the rotation, or let the team's lead "
            "call this handoff off."
        )


def _require_ticked(handoff: Handoff) -> None:
    missing = find_unticked(handoff)
    if missing:
        raise NotReady(f"Before you sign, tick {join_names(missing)} on the checklist.")


def _freeze(handoff: Handoff, sections: tuple[Filled, ...], user: User, now: dt.datetime) -> Snapshot:
    """The snapshot is written while words may still change, the state after it: the row is held, so nobody is in between."""
    content = make_content(handoff, now, sections=sections)
    snapshot = Snapshot.objects.create(
        handoff=handoff,
        number=handoff.round + 1,
        content=content,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        made_at=now,
        made_by=user,
    )
    handoff.state = State.SUBMITTED
    handoff.round = snapshot.number
    handoff.submitted_at = now
    handoff.save(update_fields=["state", "round", "submitted_at", "is_quiet"])
    return snapshot


def _sign(handoff: Handoff, snapshot: Snapshot, user: User, now: dt.datetime) -> Signature:
    to = "myself, as I go on," if handoff.continues else str(handoff.incoming)
    quiet = " Nothing happened on this shift." if handoff.is_quiet else ""
    return Signature.objects.create(
        handoff=handoff,
        snapshot=snapshot,
        side=Signature.Side.OUTGOING,
        person=user,
        name=str(user),
        statement=f"I hand {handoff.rotation} over to {to} with what snapshot {snapshot.number} says.{quiet}"[:500],
        sha256=snapshot.sha256,
        at=now,
    )


def _say_event(handoff: Handoff, snapshot: Snapshot, carried: int) -> str:
    what = "submitted “nothing happened”" if handoff.is_quiet else "submitted it"
    said = f"{what}; snapshot {snapshot.number}, SHA-256 {snapshot.sha256[:12]}…"
    if not carried:
        return said
    unchanged = "1 entry that did not change stays" if carried == 1 else f"{carried} entries that did not change stay"
    return f"{said}; {unchanged} accepted"
