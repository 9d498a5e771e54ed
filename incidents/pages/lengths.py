"""How long things took, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from incidents.models import Incident

MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Length:
    """One line of the facts: what was measured, from when to when, and how long that is."""

    label: str
    about: str
    length: dt.timedelta | None  # None: that moment has not come

    @property
    def text(self) -> str:
        return "–" if self.length is None else say_length(self.length)


def say_length(length: dt.timedelta) -> str:
    """`45 s`, `12 min`, `3 h 5 min`, `2 d 4 h`: two units at most. Less than nothing is nothing."""
    seconds = max(0, round(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    if hours:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{minutes} min"


def measure(incident: Incident) -> list[Length]:
    """The incident's durations. The clock starts when it was opened; how long it went unnoticed stands beside them."""
    unnoticed = incident.opened_at - incident.started_at
    found = [
        Length("To acknowledge", "from opening until somebody was on it", _since(incident, incident.acknowledged_at)),
        Length("To mitigate", "from opening until users felt it no more", _since(incident, incident.mitigated_at)),
        Length("To resolve", "from opening until it was resolved", _since(incident, incident.resolved_at)),
    ]
    if unnoticed >= MINUTE:
        found.insert(0, Length("Until noticed", "from its beginning until it was opened", unnoticed))
    if incident.resolved_at is not None:
        found.append(Length("In all", "from its beginning until resolved", incident.resolved_at - incident.started_at))
    return found


def _since(incident: Incident, at: dt.datetime | None) -> dt.timedelta | None:
    return None if at is None else max(at - incident.opened_at, dt.timedelta(0))
