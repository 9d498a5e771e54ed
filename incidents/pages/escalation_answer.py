"""What the page of an acknowledgement says when there is nothing to answer any more."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from incidents.models import Incident
from incidents.services.escalating import describe_answer, may_answer


def say_answered(incident: Incident, reader: User, now: dt.datetime) -> str:
    """Why there is no button: who was faster, that it is over, or that the reader was not called."""
    if incident.acknowledged_at is not None:
        return describe_answer(incident, reader, now)
    if not incident.is_open:
        return f"{incident.reference} is over: it is {incident.get_status_display().lower()}."
    if not may_answer(incident, reader):
        return f"You were not called for {incident.reference}. A responder can answer, or whoever was called."
    return f"Nobody is being called for {incident.reference}."
