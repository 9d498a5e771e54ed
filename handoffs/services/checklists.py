"""Checklists of teams: what each change of shift begins with. A handoff that is open keeps the items it was opened with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts.models import Membership, Team, User
from handoffs.errors import ListChanged, NotAllowed, Refused
from handoffs.models import Checklist, ChecklistItem, Facts
from handoffs.services.opening import DEFAULT_ITEMS
from runbooks.models import Runbook

MOST_ITEMS = 40
LONGEST_ITEM = 300  # characters
DEFAULT = "default"  # the state of a team's list while it has none of its own


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list: its words, what the portal shows beside it (a value of Facts, or ""), whether signing needs it."""

    text: str
    facts: str = ""
    is_required: bool = True

    @property
    def facts_label(self) -> str:
        """What is shown beside it, in words; "" for nothing."""
        return str(Facts(self.facts).label) if self.facts else ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a list was taken from."""

    runbook: Runbook
    version: str
    section: str  # anchor


def list_defaults() -> list[Item]:
    """The list of a team that has none of its own."""
    return [Item(*row) for row in DEFAULT_ITEMS]


def items_for(team: Team) -> list[Item]:
    """What the next handoff of this team begins with; one query."""
    rows = ChecklistItem.objects.filter(checklist__team=team).order_by("position")
    return [Item(*row) for row in rows.values_list("text", "facts", "is_required")] or list_defaults()


def may_change(team: Team, user: User) -> bool:
    """Whose role includes checklists, and the leads of the team."""
    if user.has_perm("handoffs.change_checklist"):
        return True
    return Membership.objects.filter(team=team, user=user, is_lead=True).exists()


def state_of(checklist: Checklist | None) -> str:
    """A word that changes with every save, for forms to say what they began with."""
    return DEFAULT if checklist is None else checklist.changed_at.isoformat()


@transaction.atomic
def save_items(
    team: Team,
    rows: Sequence[Item],
    *,
    user: User,
    now: dt.datetime,
    began_with: str | None = None,
    source: Source | None = None,
) -> Checklist:
    """Make these rows, in this order, the team's list. With `began_with` (`state_of`), nobody else's save is written over.

    Without `source` it stays known where an earlier list came from. Raises NotAllowed, ListChanged and Refused.
    """
    checklist = _lock(team, user)
    if began_with is not None and began_with != state_of(checklist):
        who = checklist.changed_by if checklist and checklist.changed_by else "Somebody"
        raise ListChanged(f"{who} changed this list while you did. Compare the two, then save yours or leave theirs.")
    items = _tidy(rows)
    if checklist is None:
        checklist = Checklist(team=team)
    if source is not None:
        checklist.runbook, checklist.version, checklist.section = source.runbook, source.version, source.section
    checklist.changed_by, checklist.changed_at = user, now
    checklist.save()
    checklist.items.all().delete()
    ChecklistItem.objects.bulk_create(
        ChecklistItem(checklist=checklist, position=number, text=one.text, facts=one.facts, is_required=one.is_required)
        for number, one in enumerate(items, start=1)
    )
    return checklist


@transaction.atomic
def reset_items(team: Team, *, user: User) -> None:
    """Go back to the default list. Twice is no error. Raises NotAllowed."""
    checklist = _lock(team, user)
    if checklist is not None:
        checklist.delete()


def _lock(team: Team, user: User) -> Checklist | None:
    """The team's list, that nobody else changes until the transaction ends; also while there is none yet."""
    if not may_change(team, user):
        raise NotAllowed(f"You may not change the checklist of {team}. Its leads and editors may.")
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    return Checklist.objects.select_related("changed_by").filter(team=team).first()


def _tidy(rows: Iterable[Item]) -> list[Item]:
    """Rows as they are stored. Raises Refused, naming the row."""
    items = [Item(" ".join(row.text.replace("\0", "").split()), row.facts, row.is_required) for row in rows]
    if not items:
        raise Refused("A checklist needs at least one item.")
    if len(items) > MOST_ITEMS:
        raise Refused(f"A checklist has {MOST_ITEMS} items at most; these are {len(items)}.")
    for number, item in enumerate(items, start=1):
        if not item.text:
            raise Refused(f"Item {number} says nothing. Write what is to be looked at, or remove it.")
        if len(item.text) > LONGEST_ITEM:
            raise Refused(f"Item {number} is longer than {LONGEST_ITEM} characters.")
        if item.facts and item.facts not in Facts.values:
            raise Refused(f"Item {number} asks for facts that the portal does not have.")
    return items
