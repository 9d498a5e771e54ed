"""Who is on duty in several teams at one moment, by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from accounts.models import User
from oncall.schedule.roll import RankNow, call_roll


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody on call; `layer` says as what."""

    name: str
    layer: str
    is_me: bool


def find_on_duty(teams: Collection[int], reader: User, now: dt.datetime) -> dict[int, list[OnDuty]]:
    """For each team whoever is on call, the first to be called first; six queries however many teams, none for none."""
    if not teams:
        return {}
    ranks = call_roll(now, teams)
    sitting = {person for rank in ranks for person, _ in _find_sitting(rank)}
    rows = User.objects.filter(pk__in=sitting, is_active=True).order_by().values_list("pk", "display_name", "email")
    names = {pk: name or email for pk, name, email in rows}
    found: dict[int, list[OnDuty]] = {}
    for rank in ranks:
        for person, layer in _find_sitting(rank):
            if person in names:
                found.setdefault(rank.team, []).append(OnDuty(names[person], layer, person == reader.pk))
    return found


def _find_sitting(rank: RankNow) -> list[tuple[int, str]]:
    held = [(rank.held.person, "not relieved yet")] if rank.held is not None else []
    return held + [(seated.piece.person, seated.layer) for seated in rank.on_call]
