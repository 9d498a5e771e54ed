"""A roll-call: who is on call at one moment in many rotations, without a model instance for each of their rows.

`load_schedules` is for pages about a few rotations over a time; this is for pages about all of them at one instant.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from django.db.models import Q

from oncall.models import Layer, Rotation
from oncall.rota import LayerPlan, Piece, find_now_and_next
from oncall.rota.layers import FOREVER
from oncall.schedule.held import HeldRow
from oncall.schedule.loading import load_covers, load_plans
from oncall.schedule.marks import Marks, load_marks
from oncall.schedule.rotation import INSTANT


@dataclass(frozen=True, slots=True)
class Seated:
    """A shift and the layer it belongs to."""

    layer: str
    piece: Piece


@dataclass(slots=True)
class RankNow:
    """One rank of a rotation: everybody on call in it, and whose shift starts next in any of its layers.

    `is_expected` says whether somebody should be on call although nobody is; `reason` is why that was marked as meant.
    `held` is whoever was on call before and has not been relieved, in a rotation's first rank only.
    """

    team: int
    rotation: int
    rotation_name: str
    rotation_slug: str
    rank: int
    layers: tuple[str, ...]
    on_call: list[Seated] = field(default_factory=list)
    coming: Seated | None = None
    is_expected: bool = True
    reason: str = ""
    held: HeldRow | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    pk: int
    name: str
    rank: int
    ended_at: dt.datetime | None
    rotation: int
    rotation_name: str
    rotation_slug: str
    expects: str
    team: int


def call_roll(at: dt.datetime, teams: Iterable[int] | None = None) -> list[RankNow]:
    """Every rank of the rotations in use at that instant, by team, rotation and rank; of some teams where they are given.

    Five queries.
    """
    rows = _load_rows(at, teams)
    ids = [row.pk for row in rows]
    plans, covers = load_plans(ids, at), load_covers(ids, at)
    marks = load_marks({row.rotation for row in rows}, at, at + INSTANT)
    ranks: list[RankNow] = []
    for _, group in groupby(rows, key=lambda row: (row.rotation, row.rank)):
        layers = [
            (row, LayerPlan(tuple(plans[row.pk]), tuple(covers[row.pk]), row.ended_at or FOREVER)) for row in group
        ]
        rank = _describe(layers, at, marks[layers[0][0].rotation])
        if not ranks or ranks[-1].rotation != rank.rotation:
            rank.held = _find_held(marks[rank.rotation], rank, at)
        ranks.append(rank)
    return ranks


def _load_rows(at: dt.datetime, teams: Iterable[int] | None) -> list[_Row]:
    running = Q(ended_at__isnull=True) | Q(ended_at__gt=at)
    layers = Layer.objects.filter(running, rotation__in=Rotation.objects.in_use())
    if teams is not None:
        layers = layers.filter(rotation__team__in=list(teams))
    columns = ("pk", "name", "rank", "ended_at", "rotation_id", "rotation__name", "rotation__slug")
    ordered = layers.order_by("rotation__team_id", "rotation__name", "rotation_id", "rank", "pk")
    return [_Row(*row) for row in ordered.values_list(*columns, "rotation__expects", "rotation__team_id")]


def _describe(layers: list[tuple[_Row, LayerPlan]], at: dt.datetime, marks: Marks) -> RankNow:
    first = layers[0][0]
    rank = RankNow(
        first.team,
        first.rotation,
        first.rotation_name,
        first.rotation_slug,
        first.rank,
        tuple(row.name for row, _ in layers),
        is_expected=_is_expected(first, [plan for _, plan in layers], at),
        reason=next((reason for _, reason in marks.gaps.get(first.rank, ())), ""),
    )
    for row, plan in layers:
        now, coming = find_now_and_next(plan, at)
        if now is not None:
            rank.on_call.append(Seated(row.name, now))
        if coming is not None and (rank.coming is None or coming.span.start < rank.coming.piece.span.start):
            rank.coming = Seated(row.name, coming)
    return rank


def _find_held(marks: Marks, rank: RankNow, at: dt.datetime) -> HeldRow | None:
    """Who stays responsible although the rank is others' now."""
    held = next((one for one in reversed(marks.held) if one.covers(at)), None)
    return None if held and any(held.person == seated.piece.person for seated in rank.on_call) else held


def _is_expected(row: _Row, plans: list[LayerPlan], at: dt.datetime) -> bool:
    """Around the clock, once the first of the rank's plans has begun; else only in the hours of its layers."""
    if row.expects == Rotation.Expects.ALWAYS:
        return any(plan.plans and plan.plans[0].effective_from <= at for plan in plans)
    soon = at + dt.timedelta(microseconds=1)
    return any(plan.open_hours(at, soon) for plan in plans)
