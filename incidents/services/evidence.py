"""What incidents and runs tell of runbooks: that they were used, and how it went."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from incidents.models import Incident, Run, RunStep
from incidents.services.drafting import flags_of
from oncall.models import Classification
from runbooks.services.noticing import Ended, note_incident, note_run

State = RunStep.State


def tell_over(incident: Incident, now: dt.datetime) -> None:
    """A locked incident is over: whoever keeps a runbook that it used is asked whether that held. Harmless when said twice."""
    attached = set(incident.attached_runbooks.values_list("runbook", flat=True))
    used = attached | set(incident.runs.values_list("runbook", flat=True))
    if not used:
        return
    is_secret = incident.services.filter(classification=Classification.CONFIDENTIAL).exists()
    note_incident(
        used,
        reference=incident.reference,
        number=incident.pk,
        title="" if is_secret else incident.title,
        url=incident.get_absolute_url(),
        now=now,
    )


def tell_ended(run: Run, now: dt.datetime) -> None:
    """A locked run is over, done or stopped."""
    states = list(run.steps.values_list("state", "is_added"))
    version = run.version
    note_run(
        Ended(
            number=run.pk,
            runbook_id=run.runbook_id,
            version_number=run.version_number,
            url=reverse("incidents:run_summary", args=[run.pk]),
            is_drill=run.purpose == Run.Purpose.DRILL,
            is_done=run.outcome == Run.Outcome.DONE,
            is_final=version is not None and version.is_final,
            wrong=flags_of(run).count(),
            skipped=sum(state == State.SKIPPED for state, _ in states),
            added=sum(is_added for _, is_added in states),
            left_open=sum(state == State.TODO for state, _ in states),
        ),
        now,
    )
