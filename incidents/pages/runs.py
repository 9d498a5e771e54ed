"""Runs as other pages show them: how far each is, what is being done, who does it. One query."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Subquery

from accounts.models import User
from incidents.models import Incident, Run, StepEvent
from incidents.models.run import RunQuerySet

MOST = 20  # runs of an incident that its page shows, those that go on first


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run in a list."""

    run: Run
    settled: int
    count: int
    now_title: str  # of the first open step; "" when none is open
    who: str  # whoever worked on it last

    @property
    def url(self) -> str:
        return self.run.get_absolute_url()

    @property
    def is_going(self) -> bool:
        return self.run.is_going

    @property
    def last_at(self) -> dt.datetime:
        return self.run.finished_at or self.run.last_activity_at


def describe_incident_runs(incident: Incident, user: User) -> list[RunLine]:
    """The runs of an incident that this person may know of, those going on first. One query."""
    runs = incident.runs.visible_to(user).order_by(F("finished_at").desc(nulls_first=True), "-started_at")
    return describe_lines(runs, most=MOST)


def describe_lines(runs: RunQuerySet, *, most: int, start: int = 0) -> list[RunLine]:
    """Lines of so many of these runs, in their order. One query."""
    last = StepEvent.objects.filter(step__run=OuterRef("pk")).order_by("-at", "-pk")
    rows: Any = runs.with_progress().annotate(last_person=Subquery(last.values("person__display_name")[:1]))
    return [
        RunLine(run, run.settled_count, run.step_count, run.now_title or "", run.last_person or str(run.started_by))
        for run in rows.select_related("started_by", "runbook")[start : start + most]
    ]
