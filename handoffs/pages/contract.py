"""The contract on the page of a handoff: signatures, what is accepted, questions, addenda, and what the reader may do."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.models import User
from handoffs.models import Addendum, Handoff, HandoffEvent, ItemAcceptance, Question, Signature, Snapshot, State, Tick
from handoffs.sections import Filled
from handoffs.services.contract import SnapshotCheck, find_obstacles, may_lapse
from handoffs.services.contract.verifying import check
from handoffs.services.locking import may_take_part
from handoffs.services.secrecy import may_see_secret
from oncall.models import ReachTest


@dataclass(frozen=True, slots=True)
class EntryContract:
    """What the contract says of one entry."""

    key: str
    needs_acceptance: bool
    acceptance: ItemAcceptance | None
    is_carried: bool  # accepted in an earlier round, and unchanged since
    may_accept: bool
    questions: tuple[Question, ...]
    may_ask: bool

    @property
    def anchor(self) -> str:
        """The id of its line on the page."""
        return make_anchor(self.key)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two fields for a signature."""

    label: str
    person: User
    signature: Signature | None
    waits: str  # what has to come first; "" where it is signed, or where the reader may sign now


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a test page reached the incoming person."""

    answered: ReachTest | None
    sent: ReachTest | None  # the latest that is not answered

    @property
    def is_there(self) -> bool:
        return self.answered is not None


@dataclass(frozen=True, slots=True)
class Rights:
    """What the reader may do now."""

    submit: bool
    accept: bool
    give_back: bool
    ask: bool
    answer: bool
    test: bool
    add: bool
    lapse: bool


@dataclass(frozen=True, slots=True)
class Contract:
    handoff: Handoff
    check: SnapshotCheck | None  # of the newest snapshot; None before the first submission
    rounds: int
    outgoing: Side
    incoming: Side
    rights: Rights
    entries: dict[str, EntryContract]
    questions: tuple[Question, ...]  # about all of it
    missing: tuple[str, ...]  # required items that nobody ticked
    obstacles: tuple[str, ...]  # what stands against “nothing happened”
    proof: Proof
    addenda: tuple[Addendum, ...]
    events: tuple[HandoffEvent, ...]

    @property
    def snapshot(self) -> Snapshot | None:
        return self.check.snapshot if self.check else None

    @property
    def to_accept(self) -> int:
        return sum(entry.needs_acceptance for entry in self.entries.values())

    @property
    def accepted(self) -> int:
        return sum(entry.needs_acceptance and entry.acceptance is not None for entry in self.entries.values())

    @property
    def left(self) -> int:
        return self.to_accept - self.accepted

    @property
    def carried(self) -> int:
        return sum(entry.is_carried for entry in self.entries.values())

    @property
    def open_questions(self) -> int:
        """Questions without an answer, those about all of it and those about entries."""
        asked = [*self.questions, *(question for entry in self.entries.values() for question in entry.questions)]
        return sum(question.answered_at is None for question in asked)

    @property
    def may_sign_now(self) -> bool:
        """Whether nothing but the incoming signature is missing; a missing proof or answer is asked for in the form."""
        return self.rights.accept and not self.left and self.check is not None and self.check.is_intact


def describe_contract(
    handoff: Handoff,
    user: User,
    now: dt.datetime,
    *,
    sections: Sequence[Filled],
    ticks: Iterable[Tick] | None = None,
    snapshot: Snapshot | None = None,
) -> Contract:
    """The contract of a handoff whose people are loaded; `sections` as the page shows them, from the snapshot once there is one.

    Seven queries at most, whatever stands in it; `ticks` and the newest `snapshot` spare theirs where they are at hand.
    """
    if snapshot is None and handoff.round:
        snapshot = handoff.snapshots.filter(number=handoff.round).first()
    signatures = list(snapshot.signatures.select_related("person")) if snapshot else []
    checked = check([snapshot], signatures)[0] if snapshot else None
    rights = find_rights(handoff, user)
    entries, general = _describe_entries(handoff, sections, snapshot, rights)
    if not may_see_secret(handoff, user):
        general = tuple(
            question for question in general if not question.entry
        )  # what is gone may have been Confidential
    missing = _find_missing(handoff, ticks)
    return Contract(
        handoff=handoff,
        check=checked,
        rounds=handoff.round,
        outgoing=_describe_outgoing(handoff, signatures, rights, missing),
        incoming=_describe_incoming(handoff, signatures, rights),
        rights=rights,
        entries=entries,
        questions=general,
        missing=missing,
        obstacles=tuple(find_obstacles(sections)) if rights.submit else (),
        proof=_find_proof(handoff),
        addenda=tuple(handoff.addenda.select_related("by")) if handoff.state == State.ACCEPTED else (),
        events=tuple(handoff.events.select_related("person").order_by("-pk")),
    )


def make_anchor(key: str) -> str:
    """The id of an entry's line on the page."""
    return f"entry-{key.replace(':', '-')}"


def find_rights(handoff: Handoff, user: User) -> Rights:
    """One query at most, for the leads of the team."""
    has_part = may_take_part(handoff, user)
    is_submitted = handoff.state == State.SUBMITTED
    accepts = has_part and is_submitted and user.pk == handoff.incoming_id
    return Rights(
        submit=has_part and handoff.is_editable and user.pk == handoff.outgoing_id,
        accept=accepts,
        give_back=accepts,
        ask=has_part and handoff.is_open,
        answer=has_part and handoff.is_open,
        test=has_part and handoff.is_open,
        add=has_part and handoff.state == State.ACCEPTED,
        lapse=handoff.is_open and may_lapse(handoff, user),
    )


def _describe_entries(
    handoff: Handoff, sections: Sequence[Filled], snapshot: Snapshot | None, rights: Rights
) -> tuple[dict[str, EntryContract], tuple[Question, ...]]:
    """By the key of each entry, and the questions about all of it; what is asked about an entry that is gone is among them."""
    taken = {row.entry: row for row in _find_acceptances(handoff, snapshot)}
    named = {entry.key: section.needs_acceptance for section in sections for entry in section.entries}
    asked: dict[str, list[Question]] = defaultdict(list)
    for question in handoff.questions.select_related("asked_by", "answered_by").order_by("pk"):
        asked[question.entry if question.entry in named else ""].append(question)
    entries = {
        key: EntryContract(
            key=key,
            needs_acceptance=needs,
            acceptance=taken.get(key),
            is_carried=snapshot is not None and key in taken and taken[key].at < snapshot.made_at,
            may_accept=rights.accept and needs and key not in taken,
            questions=tuple(asked[key]),
            may_ask=rights.ask,
        )
        for key, needs in named.items()
    }
    return entries, tuple(asked[""])


def _find_acceptances(handoff: Handoff, snapshot: Snapshot | None) -> Iterable[ItemAcceptance]:
    """Of the newest snapshot, by the person who takes over now."""
    if snapshot is None or handoff.is_editable:
        return []
    return snapshot.acceptances.filter(by=handoff.incoming_id).select_related("by")


def _find_missing(handoff: Handoff, ticks: Iterable[Tick] | None) -> tuple[str, ...]:
    if not handoff.is_editable:
        return ()
    rows = handoff.ticks.order_by("position") if ticks is None else ticks
    return tuple(tick.text for tick in rows if tick.is_required and tick.done_at is None)


def _find_proof(handoff: Handoff) -> Proof:
    """One query; the answered one counts, else the latest."""
    if handoff.state != State.SUBMITTED:
        return Proof(None, None)
    tests = ReachTest.objects.filter(person=handoff.incoming_id, sent_at__gte=handoff.opened_at - dt.timedelta(days=7))
    rows = list(tests.select_related("address").order_by("-sent_at", "-pk")[:20])
    answered = [row for row in rows if row.answered_at and row.answered_at >= handoff.opened_at]
    return Proof(
        max(answered, key=lambda row: row.answered_at or row.sent_at, default=None),
        next((row for row in rows if row.answered_at is None and row.sent_at >= handoff.opened_at), None),
    )


def _describe_outgoing(handoff: Handoff, signatures: list[Signature], rights: Rights, missing: tuple[str, ...]) -> Side:
    signature = None if handoff.is_editable else _find(signatures, Signature.Side.OUTGOING)
    waits = ""
    if signature is None and handoff.is_editable and not rights.submit:
        waits = f"{handoff.outgoing} signs when the checklist is done"
    elif signature is None and missing:
        waits = f"{len(missing)} required {'item is' if len(missing) == 1 else 'items are'} not ticked"
    elif signature is None and not handoff.is_open:
        waits = "Not signed"
    return Side("Outgoing", handoff.outgoing, signature, waits)


def _describe_incoming(handoff: Handoff, signatures: list[Signature], rights: Rights) -> Side:
    signature = _find(signatures, Signature.Side.INCOMING)
    if signature is not None or rights.accept:
        waits = ""
    elif handoff.is_editable:
        waits = (
            f"{handoff.incoming} signs after {handoff.outgoing}"
            if not handoff.continues
            else "Signed after the outgoing side"
        )
    elif handoff.is_open:
        waits = f"Waiting for {handoff.incoming}"
    else:
        waits = "Not signed"
    return Side("Incoming", handoff.incoming, signature, waits)


def _find(signatures: list[Signature], side: str) -> Signature | None:
    return next((signature for signature in signatures if signature.side == side), None)
