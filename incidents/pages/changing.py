"""What the small forms of an incident show beside their fields."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from incidents.models import Incident, Status, StatusChange


@dataclass(frozen=True, slots=True)
class KnownTime:
    """A time of an incident that can be corrected."""

    key: str
    label: str
    at: dt.datetime
    by: str = ""


def list_times(incident: Incident, changes: Sequence[StatusChange]) -> list[KnownTime]:
    """Every time that was noted, in the order of an incident's life.

    What follows from a change of status is corrected there: the time of resolving is the change to Resolved.
    """
    own = [
        KnownTime("started_at", "It began", incident.started_at),
        *([KnownTime("acknowledged_at", "Acknowledged", incident.acknowledged_at)] if incident.acknowledged_at else []),
        *([KnownTime("mitigated_at", "Mitigated", incident.mitigated_at)] if incident.mitigated_at else []),
    ]
    return own + [
        KnownTime(f"change-{one.pk}", _say(one, first=place == 0), one.at, str(one.by or ""))
        for place, one in enumerate(changes)
    ]


def _say(change: StatusChange, *, first: bool) -> str:
    label = Status(change.status).label
    return f"Opened ({label})" if first else f"Became {label}"
