"""What belongs to a team, as far as it may stand in the team's handoff: nothing Confidential of other teams.

The rules are those of people: a handoff may say what somebody knows who is in this one team and has no other right.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from handoffs.sections.base import Scope
from incidents.models import Incident
from incidents.models.incident import IncidentQuerySet
from oncall.calling.nobody import NOBODYS_ID
from oncall.models import Classification, Service
from oncall.models.service import ServiceQuerySet
from runbooks.models import Runbook
from runbooks.models.runbook import RunbookQuerySet

SECRET = Classification.CONFIDENTIAL


def find_incidents(scope: Scope) -> IncidentQuerySet:
    """Incidents of the team or of its services, each once."""
    touched = Incident.services.through.objects.filter(service__in=scope.service_ids).values("incident")
    return Incident.objects.known_to(NOBODYS_ID, [scope.team.pk]).filter(Q(team=scope.team) | Q(pk__in=touched))


def find_runbooks(scope: Scope) -> RunbookQuerySet:
    """Runbooks in use of the team or of its services."""
    known = Runbook.objects.known_to(NOBODYS_ID, [scope.team.pk]).in_use()
    return known.filter(Q(team=scope.team) | Q(service__in=scope.service_ids))


def find_known_services(scope: Scope) -> ServiceQuerySet:
    """Services that the team may know of, whoever owns them."""
    return Service.objects.known_to([scope.team.pk])


def find_foreign_secrets(scope: Scope) -> ServiceQuerySet:
    """Confidential services of other teams."""
    return Service.objects.filter(classification=SECRET).exclude(Q(team=scope.team))


def touches_secret(incident: str = "pk") -> Exists:
    """Whether the incident in that column touches a Confidential service."""
    rows = Incident.services.through.objects.filter(incident=OuterRef(incident), service__classification=SECRET)
    return Exists(rows)


def is_secret(service: Service | None) -> bool:
    return service is not None and service.classification == SECRET
