"""A team's page: its rotations with who is on call, what should be looked at in the next four weeks, and its people."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from accounts.models import Membership, Team, User
from oncall.models import Rotation
from oncall.pages.rotation import LOOK_AHEAD, Concerns, Seat, find_concerns, find_seats, load_away_of
from oncall.rota import Span
from oncall.schedule import load_schedules


@dataclass(frozen=True, slots=True)
class RotationLine:
    """A rotation on its team's page."""

    rotation: Rotation
    seats: list[Seat]
    concerns: Concerns


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the team, and the layers they are on call in at this moment."""

    person: User
    is_lead: bool
    on_call_in: list[str]


@dataclass(frozen=True, slots=True)
class TeamPage:
    """All that the page shows."""

    team: Team
    lines: list[RotationLine]
    members: list[Member]
    ended: list[Rotation]


def describe_team(team: Team, reader: User, now: dt.datetime) -> TeamPage:
    """The page at that moment; the same number of queries whatever the team's size."""
    ahead = Span(now, now + LOOK_AHEAD)
    schedules = load_schedules(Rotation.objects.in_use().filter(team=team).order_by("name"), *ahead)
    away = load_away_of(schedules, *ahead)
    seats = find_seats(schedules, reader, now)
    lines = [
        RotationLine(schedule.rotation, seats[schedule.rotation.pk], find_concerns(schedule, ahead, away))
        for schedule in schedules
    ]
    ended = list(team.rotations.filter(ended_at__isnull=False).select_related("team").order_by("-ended_at")[:10])
    return TeamPage(team, lines, _members_of(team, lines), ended)


def list_members(team: Team) -> list[User]:
    """The people of the team who can log in, those who lead it first."""
    rows = team.memberships.filter(user__is_active=True).select_related("user")
    return [row.user for row in rows.order_by("-is_lead", "user__display_name", "user__email")]


def _members_of(team: Team, lines: list[RotationLine]) -> list[Member]:
    sitting: dict[int, list[str]] = {}
    for line in lines:
        for seat in line.seats:
            if seat.now is not None:
                name = seat.layer.name if len(lines) == 1 else f"{line.rotation.name}, {seat.layer.name}"
                sitting.setdefault(seat.now.person.pk, []).append(name)
            if seat.before is not None:
                sitting.setdefault(seat.before.held.person.pk, []).append(f"{seat.layer.name}, not relieved")
    rows = Membership.objects.filter(team=team, user__is_active=True).select_related("user")
    return [
        Member(row.user, row.is_lead, sitting.get(row.user_id, []))
        for row in rows.order_by("-is_lead", "user__display_name", "user__email")
    ]
