"""Handoffs in the API (`/api/v1/`), to read. They are written and signed by people, on their pages."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Router, Schema

from handoffs.errors import NotAllowed
from handoffs.models import OPEN, Handoff
from handoffs.pages.exports import describe_export

router = Router()
MOST = 100
LARGEST = 2**63  # no row has so large a number


class HandoffOut(Schema):
    """A handoff in a list. Moments are in UTC, ISO 8601."""

    id: int
    team: str = Field(description="Slug of the team.")
    rotation: str = Field(description="Slug of the rotation.")
    outgoing: str
    incoming: str
    backup: str | None
    state: str = Field(description="draft, submitted, returned, accepted or lapsed.")
    is_quiet: bool
    shift_starts_at: dt.datetime
    shift_ends_at: dt.datetime
    changes_at: dt.datetime
    next_ends_at: dt.datetime | None
    submitted_at: dt.datetime | None
    accepted_at: dt.datetime | None
    summary: str
    url: str

    @staticmethod
    def resolve_team(handoff: Handoff) -> str:
        return handoff.team.slug

    @staticmethod
    def resolve_rotation(handoff: Handoff) -> str:
        return handoff.rotation.slug

    @staticmethod
    def resolve_outgoing(handoff: Handoff) -> str:
        return str(handoff.outgoing)

    @staticmethod
    def resolve_incoming(handoff: Handoff) -> str:
        return str(handoff.incoming)

    @staticmethod
    def resolve_backup(handoff: Handoff) -> str | None:
        return str(handoff.backup) if handoff.backup else None

    @staticmethod
    def resolve_url(handoff: Handoff) -> str:
        return handoff.get_absolute_url()


@router.get("/handoffs", response=list[HandoffOut], operation_id="list_handoffs")
def list_handoffs(
    request: HttpRequest, team: str = "", state: Literal["open", "accepted", "all"] = "all"
) -> QuerySet[Handoff]:
    """The hundred latest, of one team (its slug) or of all; those that wait for a signature are open."""
    handoffs = _visible(request)
    if team:
        handoffs = handoffs.filter(team__slug=team.replace("\0", ""))
    if state != "all":
        handoffs = handoffs.filter(state__in=OPEN if state == "open" else [state])
    return handoffs[:MOST]


@router.get("/handoffs/{int:number}", response=dict[str, Any], operation_id="get_handoff")
def get_handoff(request: HttpRequest, number: int) -> dict[str, Any]:
    """One handoff with all it says, its digests and signatures: the same as `handoff.json` on its page."""
    handoff = get_object_or_404(_visible(request), pk=min(number, LARGEST - 1))
    return describe_export(handoff, _user(request), timezone.now())


def _visible(request: HttpRequest) -> QuerySet[Handoff]:
    if not _user(request).has_perm("handoffs.view_handoff"):
        raise NotAllowed("You may not see handoffs. Ask an administrator for the role that may.")
    return Handoff.objects.for_list()


def _user(request: HttpRequest) -> Any:
    return request.user
