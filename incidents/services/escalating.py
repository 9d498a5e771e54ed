"""Escalation in time: freezing the ladder, calling its levels, acknowledging, waiting, ending."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from incidents.models import EntryKind, Escalation, Incident, Severity
from incidents.services.timeline import record
from oncall.calling import who_would_be_called
from oncall.calling.nobody import make_nobody
from oncall.models import EscalationPath


@transaction.atomic
def start(incident: Incident, *, now: dt.datetime, path: EscalationPath | None) -> Escalation | None:
    """Freeze the path's ladder and begin to call at once; None, said in the timeline, where there is nothing to call."""
    if incident.severity.escalation == Severity.Escalation.NONE:
        return None
    if path is None:
        record(incident, EntryKind.PAGE, "Nobody was paged: none of the services has an escalation path", now=now)
        return None
    ladder = who_would_be_called(path, now, make_nobody(sees_personal=False))
    return Escalation.objects.create(
        incident=incident,
        path=path,
        ladder=ladder.to_dict(),
        repeats=incident.severity.escalation == Severity.Escalation.LADDER,
        most_wait=incident.severity.response_minutes,
        started_at=now,
        next_at=now,
    )
