"""A run that shows that the runbook is right counts as a review, when somebody says so."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from accounts.models import User
from incidents.errors import Refused, WrongState
from incidents.models import Run
from incidents.services.drafting import flags_of
from incidents.steps import is_whole
from runbooks.models import Review, Runbook, RunbookVersion
from runbooks.services.reviews import confirm_runbook


def confirm_by_run(run: Run, *, user: User, now: dt.datetime) -> Review:
    """Say that a run shows that its runbook is right: a drill, or a run of everything in it that can be run.

    Raises NotAllowed, WrongState for a run that says nothing of the kind, and what `confirm_runbook` refuses: another
    version is active by now, or somebody else answered at the same time.
    """
    why_not = find_obstacle(run)
    if why_not:
        raise WrongState(why_not)
    if not Runbook.objects.visible_to(user).filter(pk=run.runbook_id).exists():
        raise Refused("You may not know of this runbook.")
    way = Review.Way.DRILL if run.purpose == Run.Purpose.DRILL else Review.Way.RUN
    url = find_url(run)
    return confirm_runbook(run.runbook, user=user, now=now, way=way, version_id=run.version_id, run_url=url)


def find_obstacle(run: Run) -> str:
    """Why a run doesn't show that its runbook is right; "" where it may. Three queries at most."""
    if run.outcome != Run.Outcome.DONE:
        return "Only a run that was finished shows that a runbook is right."
    if run.version_id is None or run.version_id != run.runbook.shown_version_id:
        return "The runbook has another text by now, so this run shows nothing of it."
    if flags_of(run).open().exists():
        return "Something was said to be wrong in this run. Answer that first."
    states: list[Any] = list(run.steps.values_list("state", "line"))
    if any(state == "todo" for state, _ in states):
        return "Steps of this run were left open."
    if run.purpose == Run.Purpose.DRILL:
        return ""
    document = RunbookVersion.objects.values_list("document", flat=True).get(pk=run.version_id)
    whole = is_whole(document, {line for _, line in states if line})
    return "" if whole else "This run went through a part of the runbook. A run of all of it, or a drill, counts."


def find_url(run: Run) -> str:
    """Where what came of the run stands, from the portal's root."""
    return reverse("incidents:run_summary", args=[run.pk])
