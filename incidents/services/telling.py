"""Telling people of an incident that they have something to do with."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from incidents.errors import Refused
from incidents.models import Incident, IncidentAudience
from oncall.models import Kind
from oncall.outbox import notify


def check_able(person: User) -> None:
    """Raise Refused for whoever has left, or could do nothing with a role."""
    if not person.is_active:
        raise Refused(f"{person} is not here any more. Choose somebody else.")
    if not person.has_perm("incidents.change_incident"):
        raise Refused(f"{person} may only read incidents. Choose a responder.")


def tell(
    incident: Incident,
    person: User,
    *,
    key: str,
    subject: str,
    by: User,
    now: dt.datetime,
    note: str = "",
    action: str = "See the incident",
) -> None:
    """Write a message to somebody about an incident; from then on they may know of it. `key` names the cause."""
    IncidentAudience.objects.get_or_create(incident=incident, user=person)
    facts = f"{incident.reference}, {incident.severity}: {incident.title}"
    parts = [f"By {by}.", facts, f"{by} says: {note}" if note else ""]
    notify(
        key=f"{key}:user:{person.pk}",
        kind=Kind.INCIDENT,
        to=person,
        subject=subject,
        text="\n\n".join(filter(None, parts)),
        now=now,
        url=incident.get_absolute_url(),
        action=action,
    )
