"""A team reviews more often, or less: what was counted by its period is counted again."""

from __future__ import annotations

import datetime as dt

from django.db.models import DateField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce, Least, Now

from accounts.models import Team
from runbooks.models import Runbook, RunbookVersion


def find_runbooks_of(team: Team) -> QuerySet[Runbook]:
    """Runbooks in use whose team it is: their own, else their service's."""
    own = Q(team=team) | Q(team__isnull=True, service__team=team)
    return Runbook.objects.in_use().filter(own)


def replan_team(team: Team, before: int, after: int) -> int:
    """Count the next review again for runbooks that follow the team's period, in days; how many that were.

    What somebody stated stays, and so does what was never reviewed, unless the new period ends sooner: then that begins with
    the day on which its text became active.
    """
    counted = find_runbooks_of(team).filter(review_days__isnull=True, next_review_stated=False)
    planned = Runbook.objects.filter(pk__in=counted.filter(next_review_on__isnull=False).values("pk"))
    reviewed = planned.filter(last_reviewed_on__isnull=False)
    moved = reviewed.update(next_review_on=_after(F("last_reviewed_on"), after), updated_at=Now())
    if after >= before:
        return moved
    active = RunbookVersion.objects.active().filter(runbook=OuterRef("pk")).values("activated_at")[:1]
    began = Cast(Coalesce(Subquery(active), F("created_at")), DateField())
    never = planned.filter(last_reviewed_on__isnull=True)
    return moved + never.update(next_review_on=Least(F("next_review_on"), _after(began, after)), updated_at=Now())


def _after(day: F | Cast, days: int) -> Cast:
    return Cast(day + dt.timedelta(days=days), DateField())
