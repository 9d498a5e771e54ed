"""What the front page shouts: incidents for which everybody was called and nobody has answered. One query."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Subquery

from accounts.models import User
from incidents.models import OPEN, Escalation, Incident, IncidentAudience

MOST = 10


@dataclass(frozen=True, slots=True)
class Unanswered:
    """An incident that nobody has answered, and since when nobody is left to be called."""

    incident: Incident
    since: dt.datetime
    may_acknowledge: bool


def list_unanswered(user: User) -> list[Unanswered]:
    """Open incidents with a silent escalation that this person may know of, the worst first, ten at most."""
    silent = Escalation.objects.filter(incident=OuterRef("pk"), state=Escalation.State.SILENT).order_by("ended_at")
    rows = (
        Incident.objects.visible_to(user)
        .filter(Exists(silent), status__in=[*OPEN])
        .select_related("severity", "team")
        .annotate(
            silent_since=Subquery(silent.values("ended_at")[:1]),
            was_called=Exists(IncidentAudience.objects.filter(incident=OuterRef("pk"), user=user)),
        )
        .order_by("severity__rank", "pk")[:MOST]
    )
    may_change = user.has_perm("incidents.change_incident")
    return [Unanswered(row, vars(row)["silent_since"], may_change or vars(row)["was_called"]) for row in rows]
