"""Questions about an entry or about all of it, and their answers."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from handoffs.errors import NotAllowed, Refused, WrongState
from handoffs.models import EventKind, Handoff, Question, State
from handoffs.sections import Entry
from handoffs.services.contract.standing import say_state
from handoffs.services.contract.words import require_words
from handoffs.services.events import record
from handoffs.services.locking import lock_handoff, require_part
from handoffs.services.reading import read_sections
from handoffs.services.secrecy import may_see_secret
from oncall.models import Kind
from oncall.outbox import notify

LONGEST = 2000


@transaction.atomic
def ask(handoff: Handoff, entry: str, text: str, *, user: User, now: dt.datetime) -> Question:
    """Ask about an entry, or with "" about all of it. The two people are told, but for whoever asks.

    Raises NotAllowed, WrongState once it is over, and Refused for an entry that is not there and for words that can't stay.
    """
    held = lock_handoff(handoff)
    require_part(held, user, "ask about it")
    _require_open(held, user)
    about = _find_entry(held, entry, user, now) if entry else None
    words = require_words(text, "The question", missing="Write your question first.", longest=LONGEST)
    question = Question.objects.create(handoff=held, entry=entry, text=words, asked_by=user, asked_at=now)
    record(
        held, EventKind.QUESTION, f"asked: {words}"[:500] if not _is_secret(about) else "asked", person=user, now=now
    )
    subject = f"{held.rotation}: {user} asks about the handoff"
    said = f"{user} asks{_say_about(about)}: {words}"
    _tell(held, {held.outgoing, held.incoming} - {user}, f"question:{question.pk}", subject, said, now)
    return question


@transaction.atomic
def answer(question: Question, text: str, *, user: User, now: dt.datetime) -> Question:
    """Answer a question; the first answer stays. Whoever asked and the two people are told, but for whoever answers.

    Raises NotAllowed, WrongState once it is over or answered, and Refused for words that can't stay.
    """
    held = lock_handoff(question.handoff_id)
    require_part(held, user, "answer questions")
    _require_open(held, user)
    row = held.questions.select_related("asked_by", "answered_by").get(pk=question.pk)
    if row.answered_at is not None:
        raise WrongState(f"{row.answered_by} answered meanwhile: “{row.answer}” To add to it, ask or write a note.")
    if row.asked_by == user and not held.continues:
        raise NotAllowed("You asked this yourself. Somebody else of the handoff or its team answers it.")
    row.answer = require_words(text, "The answer", missing="Write your answer first.", longest=LONGEST)
    row.answered_by, row.answered_at = user, now
    row.save(update_fields=["answer", "answered_by", "answered_at"])
    record(held, EventKind.ANSWER, f"answered a question of {row.asked_by}", person=user, now=now)
    told = {held.outgoing, held.incoming, row.asked_by} - {user}
    subject = f"{held.rotation}: {user} answered a question about the handoff"
    _tell(held, told, f"answer:{row.pk}", subject, f"“{row.text}”\n\n{user} answers: {row.answer}", now)
    return row


def _require_open(handoff: Handoff, user: User) -> None:
    if handoff.state == State.ACCEPTED:
        raise WrongState(f"{say_state(handoff, user)} Write an addendum below it.")
    if not handoff.is_open:
        raise WrongState(say_state(handoff, user))


def _find_entry(handoff: Handoff, key: str, user: User, now: dt.datetime) -> Entry:
    """The entry of that key as the handoff stands, where this person may see it."""
    entries = {entry.key: entry for section in read_sections(handoff, now) for entry in section.entries}
    found = entries.get(key)
    if found is None or (found.secret and not may_see_secret(handoff, user)):
        raise Refused("That entry is not in the handoff any more. Ask about the handoff in general.")
    return found


def _is_secret(entry: Entry | None) -> bool:
    return entry is not None and entry.secret


def _say_about(entry: Entry | None) -> str:
    return f" about “{entry.title}”" if entry is not None else ""


def _tell(handoff: Handoff, people: set[User], cause: str, subject: str, text: str, now: dt.datetime) -> None:
    if handoff.is_example:
        return
    for person in people:
        notify(
            key=f"handoff:{handoff.pk}:{cause}:user:{person.pk}",
            kind=Kind.HANDOFF,
            to=person,
            subject=subject,
            text=text,
            now=now,
            url=f"{handoff.get_absolute_url()}#questions",
            action="Open the handoff",
        )
