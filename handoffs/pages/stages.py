"""The stepper of a handoff: what it went through, and where it stands."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from handoffs.models import Handoff, State


@dataclass(frozen=True, slots=True)
class Stage:
    label: str
    state: str  # "done", "now" or ""
    at: dt.datetime | None = None


def describe_stages(handoff: Handoff) -> tuple[Stage, ...]:
    """From being written to accepted; a return, or that it lapsed, stands where it happened."""
    sent = handoff.submitted_at
    drafted = Stage("Draft", "done", handoff.opened_at)
    if handoff.state == State.ACCEPTED:
        return drafted, Stage("Submitted", "done", sent), Stage("Accepted", "now", handoff.accepted_at)
    if handoff.state == State.SUBMITTED:
        return drafted, Stage("Submitted", "now", sent), Stage("Accepted", "")
    if handoff.state == State.RETURNED:
        return drafted, Stage("Submitted", "done", sent), Stage("Returned", "now"), Stage("Accepted", "")
    if handoff.state == State.LAPSED:
        return drafted, *([Stage("Submitted", "done", sent)] if sent else []), Stage("Lapsed", "now")
    return Stage("Draft", "now", handoff.opened_at), Stage("Submitted", ""), Stage("Accepted", "")
