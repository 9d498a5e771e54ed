"""Incidents and system changes in the API (`/api/v1/`). The rules are those of the pages: the same services are called."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Router, Schema, Status

from accounts.http import Request
from incidents.errors import Refused
from incidents.forms.change_message import ChangeIn, aware, read_change
from incidents.models import Incident, SystemChange
from incidents.models import Status as IncidentStatus
from incidents.pages.changes import list_changes
from incidents.services import changes, escalating
from incidents.services.changing import change_status
from incidents.services.notes import add_note
from incidents.services.opening import NewIncident, open_incident
from incidents.services.severities import find_severity
from oncall.models import Service

router = Router()
MOST = 100


class Problem(Schema):
    """Why something was not done, in a sentence."""

    detail: str


class IncidentOut(Schema):
    """An incident. Moments are in UTC, ISO 8601."""

    number: int
    reference: str
    title: str
    severity: str
    status: str
    services: list[str] = Field(description="Slugs of services.")
    commander: str | None
    started_at: dt.datetime
    opened_at: dt.datetime
    acknowledged_at: dt.datetime | None
    mitigated_at: dt.datetime | None
    resolved_at: dt.datetime | None
    closed_at: dt.datetime | None
    next_update_at: dt.datetime | None
    summary: str
    url: str

    @staticmethod
    def resolve_severity(incident: Incident) -> str:
        return str(incident.severity)

    @staticmethod
    def resolve_services(incident: Incident) -> list[str]:
        return sorted(service.slug for service in incident.services.all())

    @staticmethod
    def resolve_commander(incident: Incident) -> str | None:
        return next((str(h.person) for h in incident.role_holders.all() if h.role == "commander"), None)

    @staticmethod
    def resolve_url(incident: Incident) -> str:
        return incident.get_absolute_url()


class IncidentIn(Schema):
    """What is known when an incident is opened."""

    title: str = Field(max_length=200)
    severity: str = Field(description="Name or alias of a severity: SEV-2, P1.")
    services: list[str] = Field(default=[], max_length=50, description="Slugs of services.")
    summary: str = Field(default="", max_length=20_000)
    started_at: dt.datetime | None = None


class StatusIn(Schema):
    """A new status of an incident."""

    status: Literal["investigating", "identified", "mitigating", "monitoring", "resolved", "closed"]
    note: str = Field(default="", max_length=300)


class NoteIn(Schema):
    """A note for the timeline, in Markdown."""

    text: str = Field(max_length=20_000)


class ChangeOut(Schema):
    """A system change. `at` is in UTC, ISO 8601."""

    id: int
    what: str
    kind: str
    service: str | None
    at: dt.datetime
    by: str
    ticket: str
    url: str

    @staticmethod
    def resolve_service(change: SystemChange) -> str | None:
        return change.service.slug if change.service else None


@router.get("/incidents", response=list[IncidentOut], operation_id="list_incidents")
def list_incidents(request: HttpRequest, state: Literal["open", "over", "all"] = "open") -> QuerySet[Incident]:
    """The hundred latest: those that are open, over, or all of them."""
    incidents = _visible(request)
    if state != "all":
        incidents = incidents.filter(pk__in=getattr(Incident.objects, state)().values("pk"))
    return incidents[:MOST]


@router.post("/incidents", response={201: IncidentOut, 409: Problem}, operation_id="open_incident")
def add_incident(request: HttpRequest, body: IncidentIn) -> Status[Any]:
    """Open an incident. Its services' escalation path is called at once, as from the page."""
    services = _find_services(request, body.services)
    team = next((service.team for service in services if service.team_id), None)
    severity = find_severity(team, body.severity)
    if severity is None:
        raise Refused(f"There is no severity “{body.severity[:40]}”.")
    new = NewIncident(
        body.title,
        severity,
        tuple(services),
        summary=body.summary,
        started_at=aware(body.started_at),
        source=Incident.Source.API,
    )
    incident = open_incident(new, user=_user(request), now=timezone.now())
    return Status(201, _get(request, incident.pk))


@router.get("/incidents/{int:number}", response=IncidentOut, operation_id="get_incident")
def get_incident(request: HttpRequest, number: int) -> Incident:
    """One incident."""
    return _get(request, number)


@router.post("/incidents/{int:number}/acknowledge", response=IncidentOut, operation_id="acknowledge_incident")
def acknowledge(request: HttpRequest, number: int) -> Incident:
    """Say that you are on it: nobody else is called. Twice is no error."""
    incident = _get(request, number)
    if incident.acknowledged_at is None:
        escalating.acknowledge(incident, user=_user(request), now=timezone.now())
    return _get(request, number)


@router.post("/incidents/{int:number}/status", response=IncidentOut, operation_id="change_status")
def set_status(request: HttpRequest, number: int, body: StatusIn) -> Incident:
    """Change the status."""
    incident = _get(request, number)
    change_status(incident, IncidentStatus(body.status), user=_user(request), now=timezone.now(), note=body.note)
    return _get(request, number)


@router.post("/incidents/{int:number}/notes", response={201: IncidentOut}, operation_id="add_note")
def write_note(request: HttpRequest, number: int, body: NoteIn) -> Status[Any]:
    """Write a note into the timeline."""
    incident = _get(request, number)
    add_note(incident, body.text, user=_user(request), now=timezone.now())
    return Status(201, _get(request, number))


@router.get("/changes", response=list[ChangeOut], operation_id="list_changes")
def get_changes(request: HttpRequest, service: str = "", page: int = 1) -> list[SystemChange]:
    """System changes, the newest first, fifty on a page."""
    found = list_changes(_user(request), {"service": service, "page": str(page)})
    return list(found.object_list)


@router.post("/changes", response={201: ChangeOut}, operation_id="record_change")
def add_change(request: HttpRequest, body: ChangeIn) -> Status[Any]:
    """Record a system change."""
    change = changes.record_change(read_change(body, _user(request)), user=_user(request), now=timezone.now())
    return Status(201, change)


def _find_services(request: HttpRequest, slugs: list[str]) -> list[Service]:
    known = (
        Service.objects.visible_to(_user(request))
        .select_related("team", "escalation_path")
        .in_bulk(slugs, field_name="slug")
    )
    if missing := [slug for slug in slugs if slug not in known]:
        raise Refused(f"There is no service “{missing[0][:80]}”.")
    return list(known.values())


def _visible(request: HttpRequest) -> QuerySet[Incident]:
    return Incident.objects.visible_to(_user(request)).for_list()


def _get(request: HttpRequest, number: int) -> Incident:
    return get_object_or_404(_visible(request), pk=number)


def _user(request: HttpRequest | Request) -> Any:
    return request.user
