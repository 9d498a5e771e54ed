"""The page that opens a handoff by hand: what the schedule says, and who may be chosen instead."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import Team, User
from handoffs.models import Policy
from handoffs.services.by_hand import When, find_last, find_next, load_around
from handoffs.services.opening import ShiftChange
from handoffs.services.policies import get_policy, may_change_policy
from oncall.models import Rotation
from oncall.schedule import RotationSchedule
from oncall.services.moments import say_both


@dataclass(frozen=True, slots=True)
class OpeningPage:
    """What the page prints. `change` is the next change of shift, None where the schedule has none."""

    rotation: Rotation
    change: ShiftChange | None
    labels: dict[str, str]
    near: list[User]
    policy: Policy
    may_change_policy: bool


def describe_opening(rotation: Rotation, user: User, now: dt.datetime) -> OpeningPage:
    """The rotation must have its team loaded."""
    schedule = load_around(rotation, now)
    change = find_next(schedule, now)
    return OpeningPage(
        rotation=rotation,
        change=change,
        labels=_label(schedule, change, user, now),
        near=_find_near(schedule),
        policy=get_policy(rotation),
        may_change_policy=may_change_policy(rotation, user),
    )


def list_choices(user: User) -> list[tuple[Team, list[Rotation]]]:
    """The rotations in use that the person may open a handoff of, by team."""
    rows: QuerySet[Rotation] = Rotation.objects.in_use().select_related("team").order_by("team__name", "name")
    if not user.has_perm("accounts.change_team"):
        mine = Q(layers__plans__members__person=user) | Q(layers__overrides__person=user)
        rows = rows.filter(Q(team__in=user.get_team_ids()) | Q(pk__in=Rotation.objects.filter(mine).values("pk")))
    by_team: dict[Team, list[Rotation]] = {}
    for rotation in rows:
        by_team.setdefault(rotation.team, []).append(rotation)
    return list(by_team.items())


def _label(schedule: RotationSchedule, change: ShiftChange | None, user: User, now: dt.datetime) -> dict[str, str]:
    """Each choice with its people and its time, as far as the schedule knows them."""
    zone = schedule.rotation.team.time_zone
    labels = {}
    for when, found in ((When.NEXT, change), (When.LAST, find_last(schedule, now))):
        if found is not None:
            moment = say_both(found.changes_at, user.time_zone, zone)
            labels[when.value] = f"{when.label}: {found.outgoing} to {found.incoming}, {moment}"
    return labels


def _find_near(schedule: RotationSchedule) -> list[User]:
    people = {pk: person for layer in schedule.layers for pk, person in layer.people.items()}
    people |= {person.pk: person for person in schedule.rotation.team.members.filter(is_active=True)}
    return list(people.values())
