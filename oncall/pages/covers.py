"""What the pages of covers show beside their forms: who is near, who is on, which overrides and gaps are known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q

from accounts.models import User
from oncall.models import Layer, Override, PlannedGap, Rotation
from oncall.pages.runs import Run, find_runs
from oncall.rota import Span
from oncall.schedule import RotationSchedule, Shift, load_schedule
from oncall.services.covers import find_unplanned

GAPS_AHEAD = dt.timedelta(weeks=8)
GAP_LENGTH = dt.timedelta(weeks=4)
SWAPS_AHEAD = dt.timedelta(days=92)


@dataclass(frozen=True, slots=True)
class LineNow:
    """A layer and who is on call in it at this moment."""

    layer: Layer
    shift: Shift | None


@dataclass(frozen=True, slots=True)
class GapLine:
    """A gap that nobody meant, and the query that fills the forms which close it or mark it."""

    rank: int
    layers: str
    layer: Layer
    span: Span
    is_now: bool

    @property
    def query(self) -> str:
        """Rank, layer, and start and end in UTC."""
        start, end = (moment.isoformat() for moment in self.span)
        return urlencode({"rank": self.rank, "layer": self.layer.pk, "start": start, "end": end})


@dataclass(frozen=True, slots=True)
class GapPage:
    """Gaps of the coming weeks: those to look at, and those that are meant."""

    gaps: list[GapLine]
    marks: Sequence[PlannedGap]
    ranks: dict[int, str]


def find_near(rotation: Rotation) -> list[User]:
    """People of the team and of the rotation's layers, active ones, by name; one query."""
    in_team = Q(memberships__team=rotation.team_id)
    in_plan = Q(plan_places__plan__layer__rotation=rotation)
    ids = User.objects.filter(in_team | in_plan, is_active=True).values("pk")
    return list(User.objects.filter(pk__in=ids))


def list_overrides(rotation: Rotation, now: dt.datetime) -> list[Override]:
    """Overrides in force that are on or lie ahead, by start."""
    rows = Override.objects.in_force().filter(layer__rotation=rotation, during__endswith__gt=now)
    return list(rows.select_related("layer", "person", "created_by", "swap").order_by("during"))


def read_line(rotation: Rotation, now: dt.datetime) -> list[LineNow]:
    """Each layer in use and who is on call in it."""
    loaded = load_schedule(rotation, now, now)
    return [LineNow(found.layer, found.on_call(now)) for found in loaded.layers]


def find_swappable(rotation: Rotation, user: User, now: dt.datetime) -> tuple[list[Run], list[Run]]:
    """The runs of shifts of the next three months that have not begun: the user's own, and those of others."""
    end = now + SWAPS_AHEAD
    runs = [
        run
        for layer in load_schedule(rotation, now, end).layers
        for run in find_runs([shift for shift in layer.shifts(now, end) if shift.starts_at > now])
    ]
    runs.sort(key=lambda run: (run.span, run.layer.rank, run.layer.pk))
    own = [run for run in runs if run.person.pk == user.pk]
    return own, [run for run in runs if run.person.pk != user.pk and run.person.is_active]


def describe_gaps(rotation: Rotation, now: dt.datetime) -> GapPage:
    """The gaps that begin in the next eight weeks, to their ends (at most four weeks later)."""
    until = now + GAPS_AHEAD + GAP_LENGTH
    loaded = load_schedule(rotation, now, until)
    ranks = name_ranks(loaded)
    first = {rank: loaded.of_rank(rank)[0].layer for rank in loaded.ranks}
    gaps = [
        GapLine(gap.rank, ranks[gap.rank], first[gap.rank], gap.span, gap.span.start <= now)
        for gap in find_unplanned(loaded, now, until)
        if gap.span.start < now + GAPS_AHEAD
    ]
    marks = PlannedGap.objects.filter(rotation=rotation, during__endswith__gt=now).select_related("marked_by")
    return GapPage(gaps, list(marks), ranks)


def name_ranks(schedule: RotationSchedule) -> dict[int, str]:
    """The ranks with the names of their layers, which people know better than numbers."""
    return {rank: " / ".join(found.layer.name for found in schedule.of_rank(rank)) for rank in schedule.ranks}
