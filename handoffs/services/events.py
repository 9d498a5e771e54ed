"""The history of a handoff."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from handoffs.models import EventKind, Handoff, HandoffEvent


def record(handoff: Handoff, kind: EventKind, text: str, *, person: User | None, now: dt.datetime) -> HandoffEvent:
    """Write what happened, in the transaction in which it does. `person` None is the portal itself."""
    return HandoffEvent.objects.create(handoff=handoff, kind=kind, person=person, text=text[:500], at=now)
