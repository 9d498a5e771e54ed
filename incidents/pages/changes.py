"""What was changed, for the pages that ask: an incident, a service, the list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.core.paginator import Page, Paginator
from django.db.models import Q

from accounts.models import User
from incidents.models import Incident, SystemChange
from oncall.models import Dependency, Service

BEFORE = dt.timedelta(hours=24)
MOST = 12
ON_SERVICE = 5
PAGE_SIZE = 50


def describe_incident_changes(incident: Incident, user: User) -> list[SystemChange]:
    """What changed from 24 hours before it began until it was resolved, on its services and on what these need; one query."""
    touched = Incident.services.through.objects.filter(incident=incident).values("service")
    needed = Dependency.objects.filter(service__in=touched).values("needs")
    changes = (
        SystemChange.objects.visible_to(user)
        .filter(Q(service__in=touched) | Q(service__in=needed), at__gte=incident.started_at - BEFORE)
        .select_related("service")
    )
    if incident.resolved_at is not None:
        changes = changes.filter(at__lte=incident.resolved_at)
    return list(changes[:MOST])


def describe_service_changes(service: Service) -> list[SystemChange]:
    """The latest changes of a service whose page the reader may see; one query."""
    return list(SystemChange.objects.filter(service=service)[:ON_SERVICE])


def list_changes(user: User, wishes: Mapping[str, str]) -> Page[SystemChange]:
    """A page of the list, the newest first. `q` looks in what, who and ticket; `service` is a slug."""
    changes = SystemChange.objects.visible_to(user).select_related("service")
    if words := wishes.get("q", "").replace("\0", "").strip()[:200]:
        changes = changes.filter(Q(what__icontains=words) | Q(by__icontains=words) | Q(ticket__icontains=words))
    if slug := wishes.get("service", "").replace("\0", "").strip():
        changes = changes.filter(service__slug=slug)
    if (kind := wishes.get("kind", "")) in SystemChange.Kind.values:
        changes = changes.filter(kind=kind)
    return Paginator(changes, PAGE_SIZE).get_page(wishes.get("page"))
