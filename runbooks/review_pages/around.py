"""What happened around a runbook since it was last reviewed, grouped by kind."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from runbooks.models import Evidence, Review, Runbook, RunbookVersion

MOST = 60
# Title of each group, in the order in which they matter.
GROUPS = {
    Evidence.Kind.FLAG: "Said to be wrong",
    Evidence.Kind.INCIDENT: "Used in incidents",
    Evidence.Kind.ESCALATION: "Escalation",
    Evidence.Kind.CONTACT: "People who left",
    Evidence.Kind.LINK: "Links",
    Evidence.Kind.SERVICE: "The service",
    Evidence.Kind.RUN: "Runs",
    Evidence.Kind.DRILL: "Drills",
}


@dataclass(frozen=True, slots=True)
class Group:
    kind: str
    title: str
    rows: tuple[Evidence, ...]


def find_last(reviews: list[Review]) -> Review | None:
    """The newest standing review that says the runbook holds, of those given newest first."""
    return next((one for one in reviews if one.taken_back_at is None and one.is_confirmation), None)


def group_evidence(runbook: Runbook, since: dt.datetime | None) -> list[Group]:
    """What was noticed since that moment, and what asks still; one query."""
    rows = Evidence.objects.filter(runbook=runbook)
    if since:
        rows = rows.filter(Q(noticed_at__gt=since) | Q(asks=True, settled_at__isnull=True))
    found = list(rows.order_by("-noticed_at", "-pk")[:MOST])
    groups = [Group(kind, title, tuple(row for row in found if row.kind == kind)) for kind, title in GROUPS.items()]
    return [group for group in groups if group.rows]


def list_changes(runbook: Runbook, since: dt.datetime | None) -> list[RunbookVersion]:
    """Versions that became active since then, the newest first."""
    versions = runbook.versions.filter(activated_at__isnull=False).for_history()
    found = list((versions.filter(activated_at__gt=since) if since else versions)[:5])
    for version in found:
        version.runbook = runbook
    return found


def list_alerts(document: dict[str, Any]) -> list[str]:
    """Names of the alerts that the text answers, each once."""
    names = (str(alert.get("name", "")) for alert in document.get("alerts", []))
    return list(dict.fromkeys(name for name in names if name))[:20]
