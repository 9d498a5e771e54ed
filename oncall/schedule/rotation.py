"""A rotation with its plans loaded: who is on call when, who is next, where nobody is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from accounts.models import User
from oncall.models import Layer, Rotation
from oncall.rota import LayerPlan, Piece, Span, clip, find_now_and_next, find_shifts, find_uncovered, merge
from oncall.schedule.held import Held

INSTANT = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody on call in a layer. `override_id` says that it comes from an override instead of the plan."""

    layer: Layer
    person: User
    span: Span
    override_id: int | None = None

    @property
    def starts_at(self) -> dt.datetime:
        return self.span.start

    @property
    def ends_at(self) -> dt.datetime:
        return self.span.end

    def covers(self, at: dt.datetime) -> bool:
        """Whether the shift is on at that instant."""
        return self.span.start <= at < self.span.end


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which nobody of a rank is on call. `reason` says why that is meant, "" when it is not."""

    rank: int
    span: Span
    reason: str = ""

    @property
    def is_planned(self) -> bool:
        return bool(self.reason)


@dataclass(slots=True)
class LayerSchedule:
    """A layer, its plan, and everybody who can turn up in it."""

    layer: Layer
    plan: LayerPlan
    people: dict[int, User]

    def shifts(self, start: dt.datetime, end: dt.datetime) -> list[Shift]:
        """The shifts that touch that time, whole and in order."""
        return [self._shift(piece) for piece in find_shifts(self.plan, start, end)]

    def now_and_next(self, at: dt.datetime) -> tuple[Shift | None, Shift | None]:
        """The shift that is on at that instant, and the first that starts after it."""
        now, coming = find_now_and_next(self.plan, at)
        return (self._shift(now) if now else None), (self._shift(coming) if coming else None)

    def on_call(self, at: dt.datetime) -> Shift | None:
        """The shift that is on at that instant."""
        pieces = find_shifts(self.plan, at, at + INSTANT)
        return self._shift(pieces[0]) if pieces else None

    def _shift(self, piece: Piece) -> Shift:
        return Shift(self.layer, self.people[piece.person], piece.span, piece.cover)


@dataclass(slots=True)
class RotationSchedule:
    """A rotation with its layers, in order of rank. `planned_gaps` are spans with their reason, by rank.

    `held` are shifts of its first rank that go on past their end, because nobody has accepted the handoff, by start.

    Holds what touches the time it was loaded for (`load_schedules`); ask it nothing outside of that.
    """

    rotation: Rotation
    layers: list[LayerSchedule]
    planned_gaps: dict[int, list[tuple[Span, str]]] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)

    @property
    def ranks(self) -> list[int]:
        """The ranks that some layer has, the one that answers first in front."""
        return sorted({schedule.layer.rank for schedule in self.layers})

    def of_rank(self, rank: int) -> list[LayerSchedule]:
        """The layers that stand in for one another."""
        return [schedule for schedule in self.layers if schedule.layer.rank == rank]

    def on_call(self, at: dt.datetime, rank: int | None = None) -> list[Shift]:
        """Who is on call at that instant, by rank; of one rank only when it is given."""
        layers = self.layers if rank is None else self.of_rank(rank)
        return [shift for schedule in layers if (shift := schedule.on_call(at)) is not None]

    def held_at(self, at: dt.datetime) -> Held | None:
        """Who has not been relieved at that instant, beside those who answer first; None where they are one of them."""
        held = next((one for one in reversed(self.held) if one.covers(at)), None)
        if held is None or not self.ranks:
            return None
        return None if held.person.pk in {shift.person.pk for shift in self.on_call(at, self.ranks[0])} else held

    def shifts(self, start: dt.datetime, end: dt.datetime) -> list[Shift]:
        """The shifts of all layers that touch that time, by start."""
        found = [shift for schedule in self.layers for shift in schedule.shifts(start, end)]
        return sorted(found, key=lambda shift: (shift.span, shift.layer.rank, shift.layer.pk))

    def gaps(self, start: dt.datetime, end: dt.datetime) -> list[Gap]:
        """The times in which nobody of a rank is on call, planned ones included, by start."""
        found = [gap for rank in self.ranks for gap in self._gaps_of(rank, start, end)]
        return sorted(found, key=lambda gap: (gap.span, gap.rank))

    def _gaps_of(self, rank: int, start: dt.datetime, end: dt.datetime) -> Iterator[Gap]:
        layers = self.of_rank(rank)
        covered = [shift.span for schedule in layers for shift in schedule.shifts(start, end)]
        planned = self.planned_gaps.get(rank, [])
        missing = find_uncovered(self._wanted(layers, start, end), covered)
        for span in find_uncovered(missing, [span for span, _ in planned]):
            yield Gap(rank, span)
        for meant, reason in planned:
            for span in missing:
                both = clip(span, meant.start, meant.end)
                if both is not None:
                    yield Gap(rank, both, reason)

    def _wanted(self, layers: list[LayerSchedule], start: dt.datetime, end: dt.datetime) -> list[Span]:
        if self.rotation.ended_at is not None:
            end = min(end, self.rotation.ended_at)
        end = min(
            end, max(schedule.plan.ended_at for schedule in layers)
        )  # after its last layer, a rank is not expected
        if self.rotation.expects == Rotation.Expects.HOURS:
            return merge(span for schedule in layers for span in schedule.plan.open_hours(start, end))
        starts = [schedule.plan.plans[0].effective_from for schedule in layers if schedule.plan.plans]
        if not starts:
            return []
        wanted = clip(Span(min(starts), end), start, end) if min(starts) < end else None
        return [wanted] if wanted else []
