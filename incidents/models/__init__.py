"""Incidents and what belongs to them: alerts, escalations, runs, updates, post-mortems, maintenance, changes."""

from incidents.models.alert import Alert, AlertGroup, AlertPayload, AlertRule, AttachedRunbook
from incidents.models.change import SystemChange
from incidents.models.communication import Audience, IncidentUpdate, UpdateKind, UpdateTemplate
from incidents.models.escalation import CalledLevel, Escalation
from incidents.models.incident import (
    OPEN,
    OVER,
    CommandOffer,
    Incident,
    IncidentAudience,
    IncidentLink,
    Role,
    RoleHolder,
    Status,
    StatusChange,
)
from incidents.models.maintenance import MaintenanceWindow
from incidents.models.postmortem import ActionItem, Lesson, PostMortem
from incidents.models.run import Run, RunStep, StepEvent
from incidents.models.severity import Severity
from incidents.models.timeline import EntryKind, Pin, TimelineEntry
from incidents.models.watch import WatchChange, WatchItem

__all__ = [
    "OPEN",
    "OVER",
    "ActionItem",
    "Alert",
    "AlertGroup",
    "AlertPayload",
    "AlertRule",
    "AttachedRunbook",
    "Audience",
    "CalledLevel",
    "CommandOffer",
    "EntryKind",
    "Escalation",
    "Incident",
    "IncidentAudience",
    "IncidentLink",
    "IncidentUpdate",
    "Lesson",
    "MaintenanceWindow",
    "Pin",
    "PostMortem",
    "Role",
    "RoleHolder",
    "Run",
    "RunStep",
    "Severity",
    "Status",
    "StatusChange",
    "StepEvent",
    "SystemChange",
    "TimelineEntry",
    "UpdateKind",
    "UpdateTemplate",
    "WatchChange",
    "WatchItem",
]
