"""What a handoff says at a moment: looked up while it is written, and from its snapshot once it was submitted."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass

from handoffs.errors import Unreadable
from handoffs.models import Handoff, Snapshot, State
from handoffs.sections import Filled
from handoffs.services.snapshot_content import SnapshotContent
from handoffs.services.snapshots import make_content, read_content


@dataclass(frozen=True, slots=True)
class Reading:
    """What it says, Confidential entries included. Without `snapshot` it was looked up, and may be different in a moment."""

    content: SnapshotContent | None  # None: what is stored can't be read
    snapshot: Snapshot | None
    problem: str = ""  # why it can't be read, for people

    @property
    def is_live(self) -> bool:
        return self.snapshot is None


def read_handoff(handoff: Handoff, now: dt.datetime) -> Reading:
    """A handoff whose team, rotation and people are loaded, in a fixed number of queries."""
    snapshot = find_snapshot(handoff)
    if snapshot is None:
        return Reading(SnapshotContent.from_dict(json.loads(make_content(handoff, now))), None)
    try:
        return Reading(read_content(snapshot), snapshot)
    except Unreadable as fault:
        return Reading(None, snapshot, str(fault))


def find_snapshot(handoff: Handoff) -> Snapshot | None:
    """The snapshot that says what the handoff says; None while it is written, and where it never was submitted."""
    if not handoff.round or handoff.state in (State.DRAFT, State.RETURNED):
        return None
    return Snapshot.objects.select_related("made_by").filter(handoff=handoff, number=handoff.round).first()


def read_sections(handoff: Handoff, now: dt.datetime) -> tuple[Filled, ...]:
    """Its sections, Confidential entries included; none where the snapshot can't be read."""
    content = read_handoff(handoff, now).content
    return content.sections if content else ()
