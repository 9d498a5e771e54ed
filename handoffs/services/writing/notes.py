"""Notes to the entries of a handoff: what was tried, where it is stuck, what to do next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from handoffs.errors import Refused
from handoffs.models import EntryNote, Handoff
from handoffs.sections import assemble, make_scope
from handoffs.services.locking import lock_handoff, require_editable, require_part
from handoffs.services.writing.meeting import Written, bring_together, check_markdown, tidy

FIELDS = ("tried", "stuck", "next_step")
_SAID = {"tried": "What was tried", "stuck": "Where it is stuck", "next_step": "The next step"}


@transaction.atomic
def write_entry_note(
    handoff: Handoff,
    entry: str,
    *,
    tried: str,
    stuck: str,
    next_step: str,
    user: User,
    now: dt.datetime,
    base: Mapping[str, str] | None = None,
) -> Written:
    """Write the note of an entry, or with nothing in any field take it away. `base` is what the writer began from.

    Raises NotAllowed, WrongState, TextRefused, or Refused for an entry that is not in the handoff and for a credential.
    """
    held = lock_handoff(handoff)
    require_part(held, user, "write in it")
    require_editable(held)
    note = EntryNote.objects.filter(handoff=held, entry=entry).first()
    if note is None:
        _require_entry(held, entry, now)
        note = EntryNote(handoff=held, entry=entry)
    sent = {"tried": tidy(tried), "stuck": tidy(stuck), "next_step": tidy(next_step)}
    current = {name: getattr(note, name) for name in FIELDS}
    written = bring_together(current, sent, None if base is None else {name: tidy(base[name]) for name in base})
    if written.now != current:
        _store(note, written.now, user, now)
    return written


def _store(note: EntryNote, words: Mapping[str, str], user: User, now: dt.datetime) -> None:
    for name, text in words.items():
        check_markdown(text, _SAID[name])
        setattr(note, name, text)
    if any(words.values()):
        note.by, note.at = user, now
        note.save()
    elif note.pk:
        note.delete()


def _require_entry(handoff: Handoff, key: str, now: dt.datetime) -> None:
    sections = assemble(make_scope(handoff, now))
    if not any(entry.key == key for section in sections for entry in section.entries):
        raise Refused("This is not in the handoff any more. Write it into the context for the next shifts.")
