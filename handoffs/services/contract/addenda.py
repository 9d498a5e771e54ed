"""What is added below a handoff that both have signed."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from handoffs.errors import WrongState
from handoffs.models import Addendum, EventKind, Handoff, State
from handoffs.services.contract.standing import say_state
from handoffs.services.contract.words import require_words
from handoffs.services.events import record
from handoffs.services.locking import lock_handoff, require_part
from oncall.models import Kind
from oncall.outbox import notify
from runbooks.rendering import MAX_NOTE_BYTES, render_note


@transaction.atomic
def add_addendum(handoff: Handoff, markdown: str, *, user: User, now: dt.datetime) -> Addendum:
    """Write below it, in Markdown; what was signed stays as it is. Both people are told, but for the writer.

    Raises NotAllowed, WrongState unless it was accepted, and Refused for words that can't stay.
    """
    held = lock_handoff(handoff)
    require_part(held, user, "write an addendum")
    if held.state != State.ACCEPTED:
        raise WrongState(f"{say_state(held, user)} Addenda are written below a handoff that both have signed.")
    require_words(markdown, "The addendum", missing="Write something first.", longest=MAX_NOTE_BYTES)
    html = render_note(markdown)
    added = Addendum.objects.create(handoff=held, markdown=markdown, html=html, by=user, at=now)
    record(held, EventKind.ADDENDUM, "wrote an addendum", person=user, now=now)
    _tell(held, added, now)
    return added


def _tell(handoff: Handoff, added: Addendum, now: dt.datetime) -> None:
    if handoff.is_example:
        return
    for person in {handoff.outgoing, handoff.incoming} - {added.by}:
        notify(
            key=f"handoff:{handoff.pk}:addendum:{added.pk}:user:{person.pk}",
            kind=Kind.HANDOFF,
            to=person,
            subject=f"{handoff.rotation}: {added.by} added to a signed handoff",
            text=added.markdown,
            now=now,
            url=f"{handoff.get_absolute_url()}#addendum-{added.pk}",
            action="Read it",
        )
