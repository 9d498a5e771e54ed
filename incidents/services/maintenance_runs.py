"""The run of a maintenance: its steps, gone through one by one."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.locking import hold
from accounts.models import User
from incidents.errors import NoSteps
from incidents.models import MaintenanceWindow, Run
from incidents.services.maintenance import attach_run
from incidents.services.runs import find_sources, start_run


@transaction.atomic
def start_window_run(window: MaintenanceWindow, *, user: User, now: dt.datetime) -> Run:
    """Start the run of a window, or give the one that was started before.

    Two people at once get the same run. Raises NotAllowed, NoSteps, and WrongState (called off, a retired runbook).
    """
    found = hold(MaintenanceWindow.objects.select_related("run", "runbook"), window.pk)
    if found.run is not None and found.run.outcome != Run.Outcome.STOPPED:
        return found.run
    version = found.runbook.shown_version if found.runbook else None
    if version is None:
        raise NoSteps("This maintenance has no runbook whose steps could be gone through.")
    anchor = found.anchor or _find_only(version.document)
    run = start_run(version, anchor, purpose=Run.Purpose.MAINTENANCE, user=user, now=now)
    attach_run(found, run, user=user, now=now)
    return run


def _find_only(document: dict[str, object]) -> str:
    """The place with steps, where the runbook has exactly one."""
    sources = find_sources(document)
    if not sources:
        raise NoSteps("The runbook has no steps: no checklist and no procedure.")
    if len(sources) > 1:
        raise NoSteps("The runbook has several places with steps. Change the maintenance and choose one.")
    return sources[0].key
