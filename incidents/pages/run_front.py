"""Runs that go on and concern a person, for the front page. One query."""

from __future__ import annotations

from django.db.models import F, Q

from accounts.models import User
from incidents.models import Run, StepEvent
from incidents.pages.runs import RunLine, describe_lines

MOST = 5


def describe_front_runs(user: User) -> list[RunLine]:
    """Runs going on that this person started or worked on, or of a runbook of theirs or their teams'; the quiet ones,
    which are asked about, first."""
    teams = user.get_team_ids()
    worked_on = StepEvent.objects.filter(person=user).values("step__run")
    mine = (
        Q(started_by=user)
        | Q(pk__in=worked_on)
        | Q(runbook__owner=user)
        | Q(runbook__team__in=teams)
        | Q(runbook__service__team__in=teams)
    )
    runs = Run.objects.visible_to(user).going().filter(mine)
    return describe_lines(runs.order_by(F("asked_at").asc(nulls_last=True), "-last_activity_at", "-pk"), most=MOST)
