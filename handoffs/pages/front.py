"""Handoffs on the front page: what waits for the reader, and what is late in their teams."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import User
from handoffs.models import Handoff, State

MOST = 6


@dataclass(frozen=True, slots=True)
class FrontHandoff:
    """A line: the handoff, and what its reader is asked to do about it."""

    handoff: Handoff
    is_late: bool
    asks: str  # what the reader can do now, "" where it waits for somebody else
    waits: str  # for whom it waits


def describe_front_handoffs(user: User, now: dt.datetime) -> list[FrontHandoff]:
    """Open handoffs of the person, and those of their teams of which the shift has changed; one query."""
    if not user.has_perm("handoffs.view_handoff"):
        return []
    mine = Q(outgoing=user) | Q(incoming=user) | Q(backup=user)
    late_in_team = Q(team__in=user.get_team_ids(), changes_at__lte=now)
    rows = Handoff.objects.open().filter(mine | late_in_team).for_list().order_by("changes_at", "pk")[:MOST]
    return [_describe(handoff, user, now) for handoff in rows]


def _describe(handoff: Handoff, user: User, now: dt.datetime) -> FrontHandoff:
    is_submitted = handoff.state == State.SUBMITTED
    turn = handoff.incoming if is_submitted else handoff.outgoing
    asks = {State.DRAFT: "Hand over", State.RETURNED: "Answer and submit again", State.SUBMITTED: "Accept"}
    return FrontHandoff(
        handoff=handoff,
        is_late=handoff.is_late(now),
        asks=asks[State(handoff.state)] if turn == user else "",
        waits=f"waits for {turn} to {'accept' if is_submitted else 'submit it'}",
    )
