"""Holding a run while it is changed, and telling its incident's timeline.

The incident is locked before the run, always: whoever writes an entry changes the incident's row too (its revision), and
two people who took the rows in different orders would wait for each other.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.errors import require
from accounts.models import User
from incidents.errors import WrongState
from incidents.models import EntryKind, Run, RunStep
from incidents.services.locking import lock_incident
from incidents.services.timeline import record
from oncall.models import Classification

LONGEST_QUOTED = 120  # characters of a step's title in a sentence
# What the timeline says of a run of a Confidential runbook: others who may read the incident may not know its words.
_DISCREET = {
    "started": "started a run of a Confidential runbook",
    "done": "did a step of a Confidential runbook",
    "skipped": "skipped a step of a Confidential runbook",
    "undone": "took back a step of a Confidential runbook",
    "note": "wrote a note in the run of a Confidential runbook",
    "output": "kept an output in the run of a Confidential runbook",
    "added": "added a step to the run of a Confidential runbook",
    "flagged": "says that a step of a Confidential runbook is wrong",
    "finished": "finished the run of a Confidential runbook",
    "stopped": "stopped the run of a Confidential runbook",
}


def lock_run(run: Run | int, user: User, what: str = "work on a run") -> Run:
    """The run as it is now, held until the transaction ends, for somebody whose role includes `what`."""
    require(user, "incidents.change_run", what)
    number = run if isinstance(run, int) else run.pk
    incident_id = Run.objects.values_list("incident", flat=True).get(pk=number)
    incident = lock_incident(incident_id) if incident_id else None
    held = Run.objects.select_for_update(of=("self",)).select_related("runbook__service").get(pk=number)
    held.incident = incident
    return held


def lock_going(run: Run | int, user: User, what: str = "work on a run") -> Run:
    """The same, for what only a run that is going on takes. Raises WrongState for one that is over."""
    held = lock_run(run, user, what)
    if not held.is_going:
        raise WrongState(f"This run is over ({held.get_outcome_display().lower()}), so nothing can be changed in it.")
    return held


def lock_step(step: RunStep, user: User) -> RunStep:
    """The step as it is now, its run held and going on."""
    run = lock_going(step.run_id, user)
    held = RunStep.objects.select_related("settled_by").get(pk=step.pk)
    held.run = run
    return held


def touch(run: Run, now: dt.datetime) -> None:
    """Somebody worked on it: pages that follow it learn so, and nobody asks whether it was abandoned."""
    run.last_activity_at = max(run.last_activity_at, now)
    run.asked_at = None
    run.save(update_fields=["last_activity_at", "asked_at"])


def tell(
    run: Run, text: str, *, do: str, user: User, now: dt.datetime, step: RunStep | None = None, **data: Any
) -> None:
    """Write it into the timeline of the run's incident, where it has one, with the way to the step. `do` names the deed."""
    if run.incident is None:
        return
    if _is_confidential(run):
        text, data = _DISCREET.get(do, "worked on the run of a Confidential runbook"), {}
    url = run.get_absolute_url() + (f"?step={step.pk}#step-{step.pk}" if step else "")
    facts = {"run": run.pk, "step": step.pk if step else None, "do": do} | data
    record(run.incident, EntryKind.RUN, text, now=now, person=user, url=url, **facts)


def _is_confidential(run: Run) -> bool:
    """The runbook or its service is."""
    secret = Classification.CONFIDENTIAL
    return secret in (run.runbook.classification, run.runbook.service.classification)


def quote(step: RunStep) -> str:
    """The step's title as it stands in a sentence."""
    title = " ".join(step.title.split())
    return f"“{title if len(title) <= LONGEST_QUOTED else title[: LONGEST_QUOTED - 1] + '…'}”"
