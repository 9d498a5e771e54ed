"""What the levels of escalation paths lack at one moment, found for the rotations that stand behind them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

from accounts.models import Team, User
from oncall.calling import Callee, CallList, who_would_be_called_by
from oncall.models import EscalationPath, EscalationTarget, Rotation, Service
from oncall.services.moments import say_day
from oncall.services.reach import CONFIRMED_FOR, Reach, load_reach

STRUCTURAL = {"no-levels", "last-level", "nobody", "hole"}  # codes of `oncall.calling` that name no person


def find_paths(rotations: Iterable[Rotation]) -> dict[int, list[EscalationPath]]:
    """By rotation, the paths that call it, and those that its team's services follow. As many queries for one as for all."""
    rotations = list(rotations)
    ids: dict[int, set[int]] = defaultdict(set)
    called = EscalationTarget.objects.filter(layer__rotation__in=rotations)
    for pk, path in called.values_list("layer__rotation_id", "level__path_id"):
        ids[pk].add(path)
    followed: dict[int, set[int]] = defaultdict(set)
    services = Service.objects.filter(
        team__in=Team.objects.filter(rotations__in=rotations), escalation_path__isnull=False
    )
    for team, path in services.values_list("team_id", "escalation_path_id"):
        followed[team or 0].add(path or 0)
    for rotation in rotations:
        ids[rotation.pk] |= followed[rotation.team_id]
    paths = EscalationPath.objects.for_ladder().in_bulk({path for found in ids.values() for path in found})
    return {pk: [paths[path] for path in sorted(found) if path in paths] for pk, found in ids.items()}


def find_level_problems(
    paths: Iterable[EscalationPath], at: dt.datetime, now: dt.datetime, reader: User, known: set[int]
) -> dict[int, list[str]]:
    """By path, sentences about its levels at `at`, without the people in `known`, who are looked at by themselves."""
    lists = who_would_be_called_by(paths, at, reader, now=now)
    ids = {int(callee.key[5:]) for found in lists.values() for callee in _somebody(found) if _is_account(callee)}
    people = User.objects.filter(pk__in=ids - known)
    reach = load_reach(people, at, at + dt.timedelta(minutes=1))
    return {pk: list(_say(found, at, now, reach, known)) for pk, found in lists.items()}


def _say(found: CallList, at: dt.datetime, now: dt.datetime, reach: dict[int, Reach], known: set[int]) -> Iterator[str]:
    for problem in found.problems:
        if problem.code in STRUCTURAL:
            yield f"“{found.path}”: {problem.text}"
    for level, call in found.calls:
        for text in _problems_of(call.callee, at, now, reach, known):
            yield f"{text} ({level.label} of “{found.path}”)"


def _problems_of(
    callee: Callee, at: dt.datetime, now: dt.datetime, reach: dict[int, Reach], known: set[int]
) -> list[str]:
    if _is_account(callee):
        person = int(callee.key[5:])
        return [] if person in known or person not in reach else reach[person].find_problems(at, now)
    if callee.has_left:
        return [f"{callee.name} has left."]
    if not callee.is_reachable:
        return [_say_unreachable(callee)]
    return _doubt(callee, now)


def _say_unreachable(callee: Callee) -> str:
    if callee.kind == "channel":
        return f"{callee.name} has no address, so the portal can't write there."
    return f"There is no way to reach {callee.name}: no telephone number, no address."


def _doubt(callee: Callee, now: dt.datetime) -> list[str]:
    """Contacts and channels have nobody who answers tests: for them it counts when somebody confirmed what is written."""
    if callee.confirmed_at is None:
        return [f"Nobody has confirmed yet that {callee.name} can be reached."]
    if now - callee.confirmed_at > CONFIRMED_FOR:
        return [f"{callee.name} was last confirmed on {say_day(callee.confirmed_at, 'UTC')}, more than 30 days ago."]
    return []


def _somebody(found: CallList) -> Iterator[Callee]:
    return (call.callee for _, call in found.calls)


def _is_account(callee: Callee) -> bool:
    return callee.key.startswith("user:")
