"""Accepting: entry by entry, then with a name below all of it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from handoffs.errors import Damaged, NotReady, OldSnapshot, OwnHandoff, Refused
from handoffs.models import EventKind, Handoff, ItemAcceptance, Signature, Snapshot, State
from handoffs.services.contract.lapsing import lapse_earlier
from handoffs.services.contract.standing import require_incoming, require_submitted
from handoffs.services.contract.testing import find_answered_test, say_proof
from handoffs.services.contract.words import join_names, require_words
from handoffs.services.events import record
from handoffs.services.locking import lock_handoff
from handoffs.services.messages import tell_accepted
from handoffs.services.reminding import stop_reminding
from handoffs.services.snapshots import SnapshotContent, read_content
from oncall.services.held import release

LONGEST_PROOF = 250


@transaction.atomic
def accept_entry(handoff: Handoff, entry: str, *, number: int, user: User, now: dt.datetime) -> ItemAcceptance:
    """Take one entry. Taken already, it stays with the moment it was taken at.

    Raises NotAllowed, OwnHandoff, WrongState, OldSnapshot, Damaged, and Refused for an entry that is not to be accepted.
    """
    held, snapshot, content = _open(handoff, number, user)
    if entry not in content.to_accept:
        raise Refused("There is no such entry in this handoff, or none that has to be accepted.")
    return _take(held, snapshot, [entry], user, now)[0]


@transaction.atomic
def accept_rest(handoff: Handoff, *, has_read: bool, number: int, user: User, now: dt.datetime) -> int:
    """Take every entry that is left, for whoever says that they read them. How many.

    Raises as `accept_entry` does, and NotReady without having read them.
    """
    held, snapshot, content = _open(handoff, number, user)
    left = find_left(held, snapshot, content)
    if left and not has_read:
        raise NotReady("Say that you have read them: tick the box beside the button.")
    return len(_take(held, snapshot, left, user, now))


@transaction.atomic
def accept(
    handoff: Handoff,
    *,
    number: int,
    sha256: str,
    user: User,
    now: dt.datetime,
    proof_reason: str = "",
    despite_questions: bool = False,
) -> Handoff:
    """Sign as the incoming person, who is responsible from then on, or from the change of shift where that is later.

    `number` and `sha256` name what was looked at. That a page reaches them is proved by a test answered since the handoff
    was opened; else `proof_reason` says how they know. Earlier handoffs of the rotation that are still open lapse.
    Raises NotAllowed, OwnHandoff, WrongState, OldSnapshot, Damaged; NotReady for entries that are not accepted, questions
    without an answer (unless `despite_questions`), and a missing proof.
    """
    held, snapshot, content = _open(handoff, number, user)
    if sha256 != snapshot.sha256:
        raise OldSnapshot(
            "The digest you looked at is not that of the newest snapshot. Load the page again and look at it."
        )
    _require_accepted(held, snapshot, content)
    _require_answers(held, despite_questions)
    proof = _find_proof(held, proof_reason)
    _sign(held, snapshot, content, proof, user, now)
    held.state, held.accepted_at, held.proof = State.ACCEPTED, now, proof
    held.remind_at = None
    held.save(update_fields=["state", "accepted_at", "proof", "remind_at"])
    record(held, EventKind.ACCEPTED, _say_event(held, snapshot, now), person=user, now=now)
    lapse_earlier(held, user=user, now=now)
    release(held.rotation, held.get_absolute_url(), now=now)
    stop_reminding(held, now=now)
    tell_accepted(held, now)
    return held


def find_left(handoff: Handoff, snapshot: Snapshot, content: SnapshotContent) -> list[str]:
    """Keys of the entries that the incoming person has not taken yet, in the order of the page."""
    taken = set(snapshot.acceptances.filter(by=handoff.incoming_id).values_list("entry", flat=True))
    return [key for key in content.to_accept if key not in taken]


def _open(handoff: Handoff, number: int, user: User) -> tuple[Handoff, Snapshot, SnapshotContent]:
    """The handoff, held, with the newest snapshot, for the person who may accept it."""
    held = lock_handoff(handoff)
    if user.pk == held.outgoing_id and not held.continues:
        raise OwnHandoff(f"You hand this shift over yourself, so it is {held.incoming} who accepts it.")
    require_incoming(held, user, "accept it")
    snapshot = require_submitted(held, user, number)
    signed = snapshot.signatures.filter(side=Signature.Side.OUTGOING).values_list("sha256", flat=True).first()
    if not snapshot.is_intact or signed != snapshot.sha256:
        raise Damaged(
            f"What is stored is not what {held.outgoing} signed: the digests differ. Don't sign it; return it, and tell "
            "an administrator."
        )
    return held, snapshot, read_content(snapshot)


def _take(handoff: Handoff, snapshot: Snapshot, keys: list[str], user: User, now: dt.datetime) -> list[ItemAcceptance]:
    """Rows for these entries. One that somebody took who was to come in before, and is not now, is taken again."""
    known = {row.entry: row for row in snapshot.acceptances.filter(entry__in=keys)}
    rows = []
    for key in keys:
        row = known.get(key) or ItemAcceptance(handoff=handoff, snapshot=snapshot, entry=key)
        if row.pk is None or row.by_id != user.pk:
            row.by, row.at = user, now
            row.save()
        rows.append(row)
    return rows


def _require_accepted(handoff: Handoff, snapshot: Snapshot, content: SnapshotContent) -> None:
    left = find_left(handoff, snapshot, content)
    if left:
        raise NotReady(
            f"Not accepted yet: {join_names([content.titles[key] for key in left])}. Accept each, or the rest."
        )


def _require_answers(handoff: Handoff, despite_questions: bool) -> None:
    number = handoff.questions.filter(answered_at=None).count()
    if number and not despite_questions:
        what = "1 question has" if number == 1 else f"{number} questions have"
        raise NotReady(f"{what} no answer yet. Wait for it, or tick that you accept without.")


def _find_proof(handoff: Handoff, reason: str) -> str:
    test = find_answered_test(handoff)
    if test is not None:
        return say_proof(test)
    words = reason.strip()
    if not words:
        raise NotReady("No test page was answered yet. Answer it, or say how you know that a page reaches you.")
    return f"without a test page: {require_words(words, 'The reason', missing='', longest=LONGEST_PROOF)}"


def _sign(
    handoff: Handoff, snapshot: Snapshot, content: SnapshotContent, proof: str, user: User, now: dt.datetime
) -> Signature:
    number = len(content.to_accept)
    taken = "1 entry" if number == 1 else f"{number} entries"
    what = (
        f"I go on with {handoff.rotation}, so I sign for both sides"
        if handoff.continues
        else f"I take {handoff.rotation} over"
    )
    said = f"{what} with what snapshot {snapshot.number} says, and accepted {taken}. That a page reaches me: {proof.rstrip('.')}."
    return Signature.objects.create(
        handoff=handoff,
        snapshot=snapshot,
        side=Signature.Side.INCOMING,
        person=user,
        name=str(user),
        statement=said[:500],
        sha256=snapshot.sha256,
        at=now,
    )


def _say_event(handoff: Handoff, snapshot: Snapshot, now: dt.datetime) -> str:
    return (
        f"accepted it, and {say_responsible(handoff, now)}; snapshot {snapshot.number}, SHA-256 {snapshot.sha256[:12]}…"
    )


def say_responsible(handoff: Handoff, now: dt.datetime) -> str:
    """From when the incoming person is responsible: accepting early does not begin a shift early."""
    if handoff.continues:
        return "goes on with the next shift"
    return "is responsible now" if now >= handoff.changes_at else "is responsible when the shift changes"
