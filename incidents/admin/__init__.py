"""Incidents in the admin, by subject."""

from incidents.admin import (
    alerts,
    communication,
    escalation,
    incidents,
    maintenance,
    postmortems,
    runs,
    severities,
    watch,
)

__all__ = [
    "alerts",
    "communication",
    "escalation",
    "incidents",
    "maintenance",
    "postmortems",
    "runs",
    "severities",
    "watch",
]
