"""Opening an incident: the fewest questions, and everything that follows from it in the same transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from accounts.errors import require
from accounts.models import Team, User
from incidents.errors import BadTime, Refused
from incidents.models import EntryKind, Incident, Role, RoleHolder, Severity, Status, StatusChange
from incidents.services import escalating
from incidents.services.timeline import record
from oncall.models import EscalationPath, Service

A_MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class NewIncident:
    """What is known when an incident is opened. `started_at` is when it began, where that was before now."""

    title: str
    severity: Severity
    services: tuple[Service, ...] = ()
    team: Team | None = None
    summary: str = ""
    started_at: dt.datetime | None = None
    path: EscalationPath | None = None  # to be called instead of the services' own
    source: str = Incident.Source.PERSON
    is_example: bool = False


@transaction.atomic
def open_incident(new: NewIncident, *, user: User | None, now: dt.datetime, takes_command: bool = False) -> Incident:
    """Open an incident and begin to call. Without a user an alert opens it, and nobody's role is asked for.

    `takes_command`: the person is on it already, so they command it, and nobody is called.
    """
    if user is not None:
        require(user, "incidents.add_incident", "open an incident")
    title = " ".join(new.title.split())[:200]
    if not title:
        raise Refused("Say in a few words what is wrong.")
    started_at = new.started_at or now
    if started_at > now + A_MINUTE:
        raise BadTime("An incident can't begin in the future.")
    services = sorted(new.services, key=lambda service: (service.tier, service.pk))
    incident = Incident.objects.create(
        title=title,
        severity=new.severity,
        team=new.team or _team_of(services),
        source=new.source,
        opened_by=user,
        started_at=started_at,
        opened_at=now,
        summary=new.summary.strip(),
        next_update_at=_first_update(new.severity, now),
        is_example=new.is_example,
    )
    incident.services.set(services)
    StatusChange.objects.create(incident=incident, status=Status.INVESTIGATING, at=now, by=user)
    text = f"opened the incident as {new.severity}" if user else f"An alert opened the incident as {new.severity}"
    record(incident, EntryKind.OPENED, text, now=now, person=user, severity=str(new.severity))
    if takes_command and user is not None:
        RoleHolder.objects.create(incident=incident, role=Role.COMMANDER, person=user, taken_at=now)
        record(incident, EntryKind.ROLE, "took command", now=now, person=user, role=Role.COMMANDER)
        Incident.objects.filter(pk=incident.pk).update(acknowledged_at=now)
    else:
        escalating.start(incident, now=now, path=new.path or _path_of(services))
    incident.refresh_from_db()
    return incident


def _team_of(services: Iterable[Service]) -> Team | None:
    return next((service.team for service in services if service.team_id), None)


def _path_of(services: Iterable[Service]) -> EscalationPath | None:
    """The path of the most important service that has one."""
    return next((service.escalation_path for service in services if service.escalation_path_id), None)


def _first_update(severity: Severity, now: dt.datetime) -> dt.datetime | None:
    return now + dt.timedelta(minutes=severity.update_minutes) if severity.update_minutes else None
