"""The words of a handoff: in one breath, what cannot wait, and context for the next shifts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from handoffs.errors import Refused
from handoffs.models import Handoff
from handoffs.services.locking import lock_handoff, require_editable, require_part
from handoffs.services.writing.meeting import Written, bring_together, check_markdown, tidy

WORDS = ("summary", "urgent", "context")
LONGEST_SUMMARY = 500  # characters
_SAID = {"summary": "The summary", "urgent": "What cannot wait", "context": "The context"}


@transaction.atomic
def write_words(
    handoff: Handoff, *, user: User, now: dt.datetime, base: Mapping[str, str] | None = None, **fields: str
) -> Written:
    """Write some of `WORDS`; the others stay. `base` holds, for the same fields, the text that the writer began from.

    Raises NotAllowed, WrongState, TextRefused, or Refused for a summary that is too long and for a credential.
    """
    held = lock_handoff(handoff)
    require_part(held, user, "write in it")
    require_editable(held)
    sent = {name: _prepare(name, fields[name]) for name in WORDS if name in fields}
    current = {name: getattr(held, name) for name in sent}
    began = None if base is None else {name: tidy(text) for name, text in base.items()}
    written = bring_together(current, sent, began)
    changed = [name for name, text in written.now.items() if text != current[name]]
    for name in changed:
        _check(name, written.now[name])
        setattr(held, name, written.now[name])
    if changed:
        held.save(update_fields=changed)
    return written


def _prepare(name: str, text: str) -> str:
    return " ".join(text.split()) if name == "summary" else tidy(text)


def _check(name: str, text: str) -> None:
    if name == "summary" and len(text) > LONGEST_SUMMARY:
        raise Refused(f"The summary has {len(text)} characters; {LONGEST_SUMMARY} is the most. Say it in one breath.")
    check_markdown(text, _SAID[name])
