"""Removing the example's incidents, runs, changes and windows, unless people of this portal's own wrote in them."""

from __future__ import annotations

import pgtrigger
from django.db.models import Q, QuerySet

from accounts.models import User
from incidents.models import (
    CalledLevel,
    Escalation,
    Incident,
    IncidentUpdate,
    MaintenanceWindow,
    Pin,
    PostMortem,
    Run,
    RunStep,
    StepEvent,
    SystemChange,
    TimelineEntry,
)
from portal.example.company import Company


def remove_incidents(company: Company, kept: list[str]) -> dict[str, int]:
    """How many rows of each kind were removed. What somebody here wrote in stays, and is named in `kept`.

    This is the one place where incidents go: the triggers that protect history are passed over, for it never happened.
    """
    theirs = User.objects.exclude(email__in=[entry.email for entry in company.people])
    touched = _find_touched(theirs)
    kept += [f"{incident}: somebody here wrote in it" for incident in touched]
    incidents = Incident.objects.filter(is_example=True).exclude(pk__in=[incident.pk for incident in touched])
    counts = {"incidents": incidents.count()}
    with pgtrigger.ignore():
        _delete_with_all(list(incidents.values_list("pk", flat=True)))
    counts["maintenance windows"] = (
        MaintenanceWindow.objects.filter(is_example=True).delete()[1].get("incidents.MaintenanceWindow", 0)
    )
    counts["system changes"] = SystemChange.objects.filter(is_example=True).delete()[0]
    return counts


def _find_touched(theirs: QuerySet[User]) -> list[Incident]:
    entries = TimelineEntry.objects.filter(person__in=theirs).values("incident")
    events = StepEvent.objects.filter(person__in=theirs).values("step__run__incident")
    updates = IncidentUpdate.objects.filter(sent_by__in=theirs).values("incident")
    owned = PostMortem.objects.filter(Q(owner__in=theirs) | Q(actions__owner__in=theirs)).values("incident")
    touched = Q(pk__in=entries) | Q(pk__in=events) | Q(pk__in=updates) | Q(pk__in=owned)
    return list(Incident.objects.filter(touched, is_example=True))


def _delete_with_all(ids: list[int]) -> None:
    """From the leaves to the root, as what belongs to an incident protects it."""
    Pin.objects.filter(entry__incident__in=ids).delete()
    TimelineEntry.objects.filter(incident__in=ids, corrects__isnull=False).delete()
    TimelineEntry.objects.filter(incident__in=ids).delete()
    IncidentUpdate.objects.filter(incident__in=ids).delete()
    CalledLevel.objects.filter(escalation__incident__in=ids).delete()
    Escalation.objects.filter(incident__in=ids).delete()
    for postmortem in PostMortem.objects.filter(incident__in=ids):
        postmortem.actions.all().delete()
        postmortem.delete()
    StepEvent.objects.filter(step__run__incident__in=ids).delete()
    RunStep.objects.filter(run__incident__in=ids).delete()
    Run.objects.filter(incident__in=ids).delete()
    Incident.objects.filter(pk__in=ids).delete()
