"""The ribbon: the worst open incident that concerns the reader, on every page. One query."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, Window

from accounts.models import User
from incidents.models import Incident, IncidentAudience, RoleHolder

LOUD = 2  # the rank up to which an incident is everybody's business on every page


@dataclass(frozen=True, slots=True)
class Ribbon:
    """The incident on the ribbon, and how many more there are."""

    incident: Incident
    more: int

    @property
    def tag(self) -> str:
        """Changes with what the ribbon says."""
        one = self.incident
        return f"{one.pk}:{one.revision}:{one.severity_id}:{self.more}"


def find_ribbon(user: User, but: int | None = None) -> Ribbon | None:
    """The worst, then newest, open SEV-1 or SEV-2 of the reader's teams, or in which they have a role or were paged;
    `but` is the incident whose page they are on."""
    teams = user.get_team_ids()
    through = Incident.services.through.objects
    touched = through.filter(service__team__in=teams).values("incident")
    mine = RoleHolder.objects.current().filter(person=user).values("incident")
    told = IncidentAudience.objects.filter(user=user).values("incident")
    concerned = Q(team__in=teams) | Q(pk__in=touched) | Q(pk__in=mine) | Q(pk__in=told) | Q(opened_by=user)
    rows = (
        Incident.objects.visible_to(user)
        .open()
        .filter(concerned, severity__rank__lte=LOUD)
        .exclude(pk__in=[] if but is None else [but])
        .select_related("severity", "team")
        .annotate(number_of_all=Window(Count("pk")))
        .order_by("severity__rank", "-started_at", "-pk")
    )
    row = rows.first()
    return None if row is None else Ribbon(row, vars(row)["number_of_all"] - 1)
