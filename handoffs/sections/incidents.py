"""Incidents in a handoff."""

from __future__ import annotations

from handoffs.sections.base import Entry, Scope
from incidents.models import Incident


def find_open_incidents(scope: Scope) -> list[Entry]:
    """Incidents of the team or its services that are not resolved, the worst first."""
    rows = Incident.objects.open().of_services(list(scope.services)) | Incident.objects.open().filter(team=scope.team)
    return [
        Entry(
            key=f"incident:{incident.pk}",
            title=incident.title,
            url=incident.get_absolute_url(),
            tag=incident.severity.name,
            tone=f"sev{incident.severity.rank}",
            facts=(incident.get_status_display(),),
            times=(("since", incident.started_at.isoformat()),),
        )
        for incident in rows.select_related("severity").order_by("severity__rank", "-started_at")
    ]
