"""Pages about checklists: whose list says what, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from accounts.models import Membership, Team, User
from handoffs.models import Checklist
from handoffs.services.checklist_sources import Comparison, compare_with_runbook
from handoffs.services.checklists import may_change, state_of
from handoffs.services.opening import DEFAULT_ITEMS
from runbooks.models import Runbook


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A team in the list of checklists."""

    team: Team
    checklist: Checklist | None
    length: int
    may_change: bool
    is_mine: bool


def list_checklists(user: User) -> list[TeamLine]:
    """All teams, one's own first; three queries."""
    rows = Checklist.objects.select_related("changed_by").annotate(length=Count("items"))
    own = {checklist.team_id: checklist for checklist in rows}
    led = set(Membership.objects.filter(user=user, is_lead=True).values_list("team_id", flat=True))
    may = user.has_perm("handoffs.change_checklist")
    mine = set(user.get_team_ids())
    lines = [
        TeamLine(
            team,
            own.get(team.pk),
            vars(own[team.pk])["length"] if team.pk in own else len(DEFAULT_ITEMS),
            may or team.pk in led,
            team.pk in mine,
        )
        for team in Team.objects.order_by("name")
    ]
    return sorted(lines, key=lambda line: not line.is_mine)


@dataclass(frozen=True, slots=True)
class ChecklistPage:
    """One team's list, where it was taken from as far as the reader may know, and what became of that."""

    team: Team
    checklist: Checklist | None
    state: str
    may_change: bool
    runbook: Runbook | None
    comparison: Comparison | None


def describe_checklist(team: Team, user: User) -> ChecklistPage:
    """Six queries at most."""
    checklist = Checklist.objects.select_related("changed_by").filter(team=team).first()
    runbook = _find_runbook(checklist, user)
    return ChecklistPage(
        team=team,
        checklist=checklist,
        state=state_of(checklist),
        may_change=may_change(team, user),
        runbook=runbook,
        comparison=compare_with_runbook(checklist) if checklist and runbook else None,
    )


def may_look(user: User) -> bool:
    """Whoever may read handoffs sees their checklists in them."""
    return user.has_perm("handoffs.view_checklist") or user.has_perm("handoffs.view_handoff")


def _find_runbook(checklist: Checklist | None, user: User) -> Any:
    if checklist is None or checklist.runbook_id is None:
        return None
    return Runbook.objects.visible_to(user).select_related("service").filter(pk=checklist.runbook_id).first()
