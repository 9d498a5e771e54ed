"""Writing the timeline: entries come with the change they tell of, in its transaction."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import User
from incidents.models import EntryKind, Incident, TimelineEntry

LONGEST = 500


def record(
    incident: Incident,
    kind: EntryKind,
    text: str,
    /,
    *,
    now: dt.datetime,
    person: User | None = None,
    at: dt.datetime | None = None,
    url: str = "",
    **data: Any,
) -> TimelineEntry:
    """Write an entry. `text` is a sentence without the person's name, which the page puts before it; `at` is when it
    happened, where that is not `now`; `data` is JSON-ready."""
    plain = " ".join(text.replace("\0", "").split())
    return TimelineEntry.objects.create(
        incident=incident,
        kind=kind,
        happened_at=at or now,
        recorded_at=now,
        person=person,
        text=plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…",
        url=url,
        data=data,
    )
