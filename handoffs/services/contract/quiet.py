"""“Nothing happened”: a handoff in one click, where the portal knows of nothing that says otherwise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from accounts.models import User
from handoffs.errors import NotReady
from handoffs.models import Handoff
from handoffs.sections import Entry, Filled
from handoffs.services.contract.words import join_names

NOTHING = "nothing to report"
LOUD = ("open-incidents", "resolved-incidents", "runs", "alerts", "changes")


def find_obstacles(sections: Iterable[Filled]) -> list[str]:
    """What stands against a quiet handoff, as `open incidents “SEV-2 Tickets can't be sold”`; nothing: it is one."""
    found = []
    for section in sections:
        loud = [entry for entry in section.entries if _is_loud(section.key, entry)]
        if loud:
            found.append(
                f"{section.title.lower()} {join_names([f'{entry.tag} {entry.title}'.strip() for entry in loud])}"
            )
    return found


def require_quiet(sections: Iterable[Filled]) -> None:
    """Raises NotReady, saying what happened."""
    obstacles = find_obstacles(sections)
    if obstacles:
        raise NotReady(f"Something happened on this shift: {'; '.join(obstacles)}. Go through the checklist instead.")


def tick_as_quiet(handoff: Handoff, *, user: User, now: dt.datetime) -> None:
    """Tick what nobody has ticked yet, with the note that there is nothing to report. A note that is there stays."""
    open_ones = handoff.ticks.filter(done_at=None)
    open_ones.filter(note="").update(note=NOTHING, note_by=user)
    open_ones.update(done_by=user, done_at=now)


def _is_loud(key: str, entry: Entry) -> bool:
    """Of alerts only those that still fire: one that came and went by itself belongs to a quiet shift."""
    return key in LOUD and (key != "alerts" or entry.key.startswith("alert:"))
