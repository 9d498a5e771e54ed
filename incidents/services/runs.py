"""Runs: starting, finishing, stopping. Work on single steps is in `run_steps`, values are in `run_values`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from django.db import transaction

from accounts.errors import require
from accounts.models import User
from incidents.errors import NoSteps, Refused, WrongState
from incidents.models import Incident, Run, RunStep, Status
from incidents.services.evidence import tell_ended
from incidents.services.locking import lock_incident
from incidents.services.run_rows import lock_going, quote, tell, touch
from incidents.services.run_steps import (
    add_step,
    flag_step,
    note_step,
    settle_step,
    skip_step,
    take_back_step,
)
from incidents.services.run_values import check_values, collect_names, gather_values, set_value, set_values
from incidents.steps import FrozenStep, StepSource, find_source, find_sources, freeze_steps
from runbooks.models import RunbookVersion
from runbooks.sources import resolver_for

__all__ = [
    "add_step",
    "find_going",
    "find_sources",
    "finish_run",
    "flag_step",
    "note_step",
    "set_value",
    "set_values",
    "settle_step",
    "skip_step",
    "start_run",
    "stop_run",
    "take_back_step",
]

BETWEEN = 1000  # positions from one step to the next, so that steps can be put between
LONGEST_REASON = 300
_MOST_NAMED = 5


@transaction.atomic
def start_run(
    version: RunbookVersion,
    section_or_key: str,
    *,
    purpose: str,
    incident: Incident | None = None,
    values: Mapping[str, str] | None = None,
    labels: Iterable[tuple[str, str]] = (),
    user: User,
    now: dt.datetime,
) -> Run:
    """Freeze the steps of a place of a version and begin to go through them.

    A run of the same place that is going on in the same incident is given instead (`started_at` tells: it is before `now`).
    `values` are typed, by names of placeholders, and go before `labels` of an alert; a label that can't be put into a
    command is left out. Raises NoSteps, WrongState, NotAllowed, and Refused for a typed value.
    """
    require(user, "incidents.add_run", "start a run")
    held = lock_incident(incident) if incident is not None else None
    _check_start(version, purpose, held)
    source = find_source(version.document, section_or_key)
    steps = _freeze(version, source) if source else []
    if source is None or not steps:
        raise NoSteps("There are no steps in this place: no checklist, no procedure, nothing to go through one by one.")
    going = find_going(version, source, held)
    if going is not None:
        return going
    names = collect_names(step.commands for step in steps)
    typed = {name: value.strip() for name, value in (values or {}).items() if name in names and value.strip()}
    check_values(typed, names)
    found = gather_values(names, labels, version.runbook.service)
    run = Run.objects.create(
        title=_make_title(version, source),
        purpose=purpose,
        incident=held,
        runbook=version.runbook,
        version=version,
        version_number=version.number,
        section=source.key[:300],
        started_by=user,
        started_at=now,
        last_activity_at=now,
        values=dict(found.values) | typed,
    )
    RunStep.objects.bulk_create(_make_row(run, index, step) for index, step in enumerate(steps, start=1))
    tell(run, f"started the run “{run.title}”, {len(steps)} steps", user=user, now=now, do="started")
    return run


def find_going(version: RunbookVersion, source: StepSource, incident: Incident | None) -> Run | None:
    """The run of that place that is going on in that incident; runs without an incident stand each for itself."""
    if incident is None:
        return None
    return incident.runs.going().filter(runbook=version.runbook_id, section=source.key[:300]).first()


@transaction.atomic
def finish_run(run: Run, *, user: User, now: dt.datetime) -> Run:
    """End a run. Required steps must be done; others may stay open, and the summary tells which. Raises WrongState."""
    held = lock_going(run, user, "finish a run")
    todo = list(held.steps.filter(state=RunStep.State.TODO))
    required = [step for step in todo if step.is_required]
    if required:
        named = ", ".join(quote(step) for step in required[:_MOST_NAMED])
        more = f" and {len(required) - _MOST_NAMED} more" if len(required) > _MOST_NAMED else ""
        raise WrongState(f"Required and not done yet: {named}{more}. Do them first, or stop the run and say why.")
    _end(held, Run.Outcome.DONE, user=user, now=now)
    left = f", {len(todo)} {'step' if len(todo) == 1 else 'steps'} left open" if todo else ""
    tell(held, f"finished the run “{held.title}”{left}", user=user, now=now, do="finished")
    return held


@transaction.atomic
def stop_run(run: Run, reason: str, *, user: User, now: dt.datetime) -> Run:
    """End a run before its end; the reason is kept. Raises Refused without one, WrongState when it is over already."""
    reason = " ".join(reason.replace("\0", "").split())
    if not reason:
        raise Refused("Say in a few words why the run is stopped.")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"The reason is longer than {LONGEST_REASON} characters.")
    held = lock_going(run, user, "stop a run")
    held.stop_reason = reason
    _end(held, Run.Outcome.STOPPED, user=user, now=now)
    tell(held, f"stopped the run “{held.title}”: {reason}", user=user, now=now, do="stopped")
    return held


def _check_start(version: RunbookVersion, purpose: str, incident: Incident | None) -> None:
    if purpose not in Run.Purpose.values:
        raise Refused("Say what the run is for.")
    if (purpose == Run.Purpose.INCIDENT) != (incident is not None):
        raise Refused(
            "Choose the incident that the run belongs to." if incident is None else "A run in an incident is for it."
        )
    if incident is not None and incident.status == Status.CLOSED:
        raise WrongState(f"{incident.reference} is closed, so no run can be started in it.")
    if version.runbook.retired_at is not None:
        raise WrongState("This runbook is retired: it may be wrong by now, so it can't be run.")
    if version.is_open and purpose != Run.Purpose.DRILL:
        raise WrongState(f"Version {version.number} is not active yet. It can be tried out as a drill.")


def _freeze(version: RunbookVersion, source: StepSource) -> list[FrozenStep]:
    page = version.get_absolute_url()
    return freeze_steps(version.document, version.markdown, source, page=page, resolve=resolver_for(version.runbook))


def _make_title(version: RunbookVersion, source: StepSource) -> str:
    name, title = version.runbook.title, source.title
    return (title if title.casefold() == name.casefold() else f"{name}: {title}")[:300]


def _make_row(run: Run, index: int, step: FrozenStep) -> RunStep:
    fields = asdict(step) | {"commands": list(step.commands)}
    return RunStep(run=run, position=index * BETWEEN, **fields)


def _end(run: Run, outcome: Run.Outcome, *, user: User, now: dt.datetime) -> None:
    run.outcome, run.finished_at, run.finished_by = outcome, now, user
    run.save(update_fields=["outcome", "finished_at", "finished_by", "stop_reason"])
    touch(run, now)
    tell_ended(run, now)
