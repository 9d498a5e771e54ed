"""The checklist of a handoff: items ticked, and a note beside each."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from handoffs.models import EventKind, Handoff, Tick
from handoffs.services.events import record
from handoffs.services.locking import lock_handoff, require_editable, require_part
from handoffs.services.writing.meeting import Written, bring_together, check_markdown, tidy


@transaction.atomic
def tick(handoff: Handoff, position: int, done: bool, *, user: User, now: dt.datetime) -> Tick:
    """Tick an item, or take the tick off. Ticked already, it stays with who did it first, and nothing is recorded.

    Raises NotAllowed, WrongState, or Tick.DoesNotExist.
    """
    held, item = _hold(handoff, position, user, "tick its checklist")
    if (item.done_at is not None) == done:
        return item
    item.done_by, item.done_at = (user, now) if done else (None, None)
    item.save(update_fields=["done_by", "done_at"])
    words = f"ticked “{item.text}”" if done else f"took the tick off “{item.text}”"
    record(held, EventKind.TICKED, words, person=user, now=now)
    return item


@transaction.atomic
def note_tick(
    handoff: Handoff, position: int, note: str, *, user: User, now: dt.datetime, base: str | None = None
) -> Written:
    """Write the note beside an item. `base` is the text that the writer began from. It is told of in `note`.

    Raises NotAllowed, WrongState, TextRefused, Tick.DoesNotExist, or Refused for a credential.
    """
    _, item = _hold(handoff, position, user, "write in it")
    written = bring_together({"note": item.note}, {"note": tidy(note)}, None if base is None else {"note": tidy(base)})
    text = written.now["note"]
    if text != item.note:
        check_markdown(text, "The note")
        item.note, item.note_by = text, user if text else None
        item.save(update_fields=["note", "note_by"])
    return written


def _hold(handoff: Handoff, position: int, user: User, what: str) -> tuple[Handoff, Tick]:
    held = lock_handoff(handoff)
    require_part(held, user, what)
    item = Tick.objects.select_related("done_by", "note_by").get(handoff=held, position=position)
    require_editable(held)
    return held, item
