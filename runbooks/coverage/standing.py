"""Who stands behind each service: a team, an escalation path that calls somebody, somebody on call at this moment."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from oncall.models import EscalationTarget
from oncall.schedule.roll import call_roll


@dataclass(frozen=True, slots=True)
class Called:
    """What is known at one moment, loaded once for all services."""

    paths: dict[int, bool]  # id of each path that calls anything → whether somebody answers at that moment
    teams: frozenset[int]  # that have somebody on call

    def has_path(self, path: int | None) -> bool:
        """Whether there is a path that calls somebody at all."""
        return path is not None and path in self.paths

    def has_oncall(self, path: int | None, team: int | None) -> bool:
        """Whether somebody answers: along the path where there is one, else in the team's rotations."""
        return self.paths.get(path, False) if path is not None else team in self.teams


def load_called(at: dt.datetime) -> Called:
    """At that instant; six queries however many services there are."""
    ranks = call_roll(at)
    manned = {(rank.rotation, rank.rank) for rank in ranks if rank.on_call or rank.held is not None}
    teams = frozenset(rank.team for rank in ranks if (rank.rotation, rank.rank) in manned)
    targets = EscalationTarget.objects.order_by().values_list(
        "level__path_id", "layer__rotation_id", "layer__rank", "contact__left_at"
    )
    return Called(_look_along(targets, manned), teams)


def _look_along(targets: Iterable[tuple], manned: set[tuple[int, int]]) -> dict[int, bool]:
    """A contact counts unless they have left, a channel always; a layer when somebody of its rank is on call."""
    answers: dict[int, bool] = defaultdict(bool)
    for path, rotation, rank, left_at in targets:
        answers[path] |= (rotation, rank) in manned if rotation is not None else left_at is None
    return dict(answers)
