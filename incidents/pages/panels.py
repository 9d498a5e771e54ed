"""The panels beside the timeline of an incident. Each is one query at most, and is described in a module of its own."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import User
from incidents.models import Incident
from incidents.pages.alerts import describe_incident_alerts
from incidents.pages.changes import describe_incident_changes
from incidents.pages.communication import describe_incident_updates
from incidents.pages.escalation import describe_escalation
from incidents.pages.roles import describe_roles
from incidents.pages.runs import describe_incident_runs
from incidents.pages.watch import describe_incident_watch


def describe_panels(incident: Incident, user: User, now: dt.datetime) -> dict[str, Any]:
    """What the templates of the panels print, by the names they use."""
    return {
        "escalation": describe_escalation(incident, user, now),
        "runs": describe_incident_runs(incident, user),
        "alerts": describe_incident_alerts(incident, user),
        "roles": describe_roles(incident, user),
        "updates": describe_incident_updates(incident, user, now),
        "changes": describe_incident_changes(incident, user),
        "watch": describe_incident_watch(incident, now),
    }
