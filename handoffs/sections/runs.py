"""Runs of runbooks that somebody has begun and nobody has finished."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from handoffs.sections.base import Entry, Scope
from handoffs.sections.belonging import SECRET, find_incidents, find_runbooks, touches_secret
from handoffs.sections.writing import close_list, cut, say_at, take
from incidents.models import Incident, Run
from oncall.calling.nobody import NOBODYS_ID
from runbooks.models import Runbook


def find_open_runs(scope: Scope) -> list[Entry]:
    """Runs in the team's incidents or of its runbooks that go on, the longest first; one query."""
    teams = [scope.team.pk]
    ours = Q(incident__in=find_incidents(scope).values("pk")) | Q(runbook__in=find_runbooks(scope).values("pk"))
    known = Q(runbook__in=Runbook.objects.known_to(NOBODYS_ID, teams).values("pk"))
    untold = Q(incident__isnull=True) | Q(incident__in=Incident.objects.known_to(NOBODYS_ID, teams).values("pk"))
    rows = take(
        Run.objects.going()
        .filter(ours, known, untold)
        .with_progress()
        .annotate(touches_secret=touches_secret("incident_id"))
        .select_related("incident", "runbook__service", "started_by")
        .order_by("started_at", "pk")
    )
    return close_list("runs", [_describe(run) for run in rows], rows, reverse("incidents:runs"))


def _describe(run: Run) -> Entry:
    known = vars(run)
    facts = (
        f"{known['settled_count']} of {known['step_count']} steps",
        f"now: {cut(known['now_title'])}" if known["now_title"] else "all steps done, not closed",
        f"begun by {run.started_by}",
        run.incident.reference if run.incident is not None else "",
        "quiet: it was asked whether it still goes on" if run.is_asked else "",
    )
    return Entry(
        key=f"run:{run.pk}",
        title=cut(run.title, 200),
        url=run.get_absolute_url(),
        tag=run.get_purpose_display(),
        tone="amber" if run.is_asked else "info",
        facts=tuple(filter(None, facts)),
        times=tuple(_find_times(run)),
        secret=SECRET in (run.runbook.classification, run.runbook.service.classification) or known["touches_secret"],
    )


def _find_times(run: Run) -> Iterator[tuple[str, str]]:
    yield "since", say_at(run.started_at)
    if run.last_activity_at > run.started_at:
        yield "last touched", say_at(run.last_activity_at)
