"""The list of handoffs, with those of the reader above it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q

from accounts.models import User
from handoffs.models import Handoff
from handoffs.models.handoff import HandoffQuerySet

PAGE_SIZE = 30
MOST_MINE = 10
MOST_WORDS = 10
WORDS_IN = (
    "summary",
    "urgent",
    "context",
    "rotation__name",
    "team__name",
    "outgoing__display_name",
    "incoming__display_name",
    "backup__display_name",
)


@dataclass(frozen=True, slots=True)
class Line:
    """A handoff in the list. `part` is what the reader has to do with it, in a word; "" where nothing."""

    handoff: Handoff
    is_late: bool
    part: str


@dataclass(frozen=True, slots=True)
class HandoffList:
    """What the page prints."""

    mine: list[Line]
    page: Page[Any]
    is_filtered: bool


def list_handoffs(user: User, wishes: Mapping[str, Any], page: str, now: dt.datetime) -> HandoffList:
    """The latest change first, as `wishes` (the filter's clean values) narrow them; three queries."""
    found: Page[Any] = Paginator(_narrow(Handoff.objects.for_list(), wishes), PAGE_SIZE).get_page(page)
    found.object_list = [_make_line(row, user, now) for row in found.object_list]
    mine = Handoff.objects.for_list().of_person(user).open().order_by("changes_at", "pk")[:MOST_MINE]
    return HandoffList(
        mine=[_make_line(row, user, now) for row in mine],
        page=found,
        is_filtered=any(bool(value) for value in wishes.values()),
    )


def find_mine(user: User, now: dt.datetime) -> Handoff | None:
    """The open handoff that concerns the person first: their next one, else the latest that is late. One query.

    What they hand over or take over comes before what they only stand by for.
    """
    rows = list(Handoff.objects.of_person(user).open().order_by("changes_at", "pk"))
    recent = now - dt.timedelta(hours=24)
    return min(rows, key=lambda row: _rank(row, user, recent), default=None)


def _rank(row: Handoff, user: User, recent: dt.datetime) -> tuple[bool, bool, float]:
    is_old = row.changes_at < recent
    distance = abs((row.changes_at - recent).total_seconds())
    return user.pk not in (row.outgoing_id, row.incoming_id), is_old, distance


def _narrow(handoffs: HandoffQuerySet, wishes: Mapping[str, Any]) -> HandoffQuerySet:
    for word in (wishes.get("q") or "").replace("\0", "").split()[:MOST_WORDS]:
        named = Q()
        for field in WORDS_IN:
            named |= Q(**{f"{field}__icontains": word})
        handoffs = handoffs.filter(named)
    if wishes.get("team"):
        handoffs = handoffs.filter(team=wishes["team"])
    if wishes.get("state") == "open":
        handoffs = handoffs.open()
    elif wishes.get("state"):
        handoffs = handoffs.filter(state=wishes["state"])
    return handoffs


def _make_line(row: Handoff, user: User, now: dt.datetime) -> Line:
    parts = {row.outgoing_id: "You hand over", row.incoming_id: "You take over", row.backup_id: "You stand by"}
    part = "You go on" if row.continues and row.outgoing_id == user.pk else parts.get(user.pk, "")
    return Line(row, row.is_late(now), part if row.is_open else "")
