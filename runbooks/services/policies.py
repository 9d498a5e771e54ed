"""How often a runbook is read again, and what must hold before it becomes active: its own word, its team's, the portal's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.errors import require
from accounts.models import Team, User
from runbooks.models import Gate, ReviewPolicy, Runbook
from runbooks.services.replanning import replan_team


def find_team_id(runbook: Runbook) -> int | None:
    """Whose runbook it is: its own team's, else its service's."""
    return runbook.team_id or runbook.service.team_id


def find_policy(runbook: Runbook) -> ReviewPolicy | None:
    """The rules of its team, if that has any."""
    team_id = find_team_id(runbook)
    return ReviewPolicy.objects.filter(team=team_id).first() if team_id else None


def find_period(runbook: Runbook, policy: ReviewPolicy | None) -> dt.timedelta:
    """From one review to the next: what the runbook says, else its team, else the portal."""
    days = runbook.review_days or (policy.review_days if policy else None) or settings.DEFAULT_REVIEW_DAYS
    return dt.timedelta(days=days)


def find_required_gates(policy: ReviewPolicy | None) -> list[Gate]:
    """The gates that must hold, in the order in which they are shown."""
    wanted = settings.DEFAULT_GATES if policy is None else policy.gates
    return [gate for gate in Gate if gate.value in wanted]


@transaction.atomic
def change_policy(team: Team, *, review_days: int | None, gates: Collection[str], user: User) -> ReviewPolicy:
    """Give a team rules of its own; the next reviews that were counted by its period are counted again.

    Raises NotAllowed, and ValidationError for what no policy may say.
    """
    require(user, "runbooks.change_reviewpolicy", "change how runbooks are reviewed")
    unknown = set(gates) - set(Gate.values)
    if unknown:
        raise ValidationError({"gates": f"There is no gate called {', '.join(sorted(unknown))}."})
    policy = ReviewPolicy.objects.select_for_update().filter(team=team).first() or ReviewPolicy(team=team)
    before = policy.review_days or settings.DEFAULT_REVIEW_DAYS
    policy.review_days = review_days
    policy.gates = [gate.value for gate in Gate if gate.value in gates]
    policy.updated_by = user
    policy.full_clean()
    policy.save()
    after = review_days or settings.DEFAULT_REVIEW_DAYS
    if after != before:
        replan_team(team, before, after)
    return policy
