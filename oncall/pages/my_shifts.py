"""What one person sees of their own on-call: shifts of all teams, swaps, absences, and what others took over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from oncall.models import Absence, Override, Rotation, Swap
from oncall.pages.clashes import Clash, find_clashes
from oncall.pages.runs import Run, find_runs, write_query
from oncall.rota import Span, clip, find_shifts
from oncall.schedule import LayerSchedule, RotationSchedule, Shift, load_schedules
from oncall.schedule.held import Held
from oncall.services.covers import rotations_with

AHEAD = dt.timedelta(days=92)
BEYOND = dt.timedelta(days=35)  # so that the last shift knows who takes over


@dataclass(frozen=True, slots=True)
class MyShift:
    """One shift of a run."""

    shift: Shift
    is_now: bool
    is_ahead: bool
    override: Override | None

    @property
    def query(self) -> str:
        return write_query(self.shift.layer, self.shift.span)


@dataclass(frozen=True, slots=True)
class MyTurn:
    """A run of the reader's shifts, with whom it is taken over from and handed over to."""

    rotation: Rotation
    run: Run
    shifts: list[MyShift]
    before: User | None
    after: User | None
    clashes: list[Clash]

    @property
    def is_now(self) -> bool:
        return any(mine.is_now for mine in self.shifts)

    @property
    def swap_query(self) -> str:
        """What of it can still be swapped; "" when nothing can."""
        ahead = [mine.shift for mine in self.shifts if mine.is_ahead]
        return Run(tuple(ahead)).query if ahead else ""

    @property
    def override(self) -> Override | None:
        """Where the turn comes from, when it is one shift that was taken over."""
        return self.shifts[0].override if self.run.is_single else None


@dataclass(frozen=True, slots=True)
class Relief:
    """A time that the plan gives to the reader and in which somebody else is on call."""

    rotation: Rotation
    override: Override
    span: Span


@dataclass(frozen=True, slots=True)
class MyHeld:
    """A shift of the reader's that is over, and that nobody has taken from them yet."""

    rotation: Rotation
    held: Held


@dataclass(frozen=True, slots=True)
class MyOncall:
    """The page's content."""

    months: list[tuple[dt.date, list[MyTurn]]]
    reliefs: list[Relief]
    clashes: list[Clash]
    absences: Sequence[Absence]
    to_answer: list[Swap]
    asked: list[Swap]
    count: int
    held: list[MyHeld]


def describe_my_oncall(person: User, now: dt.datetime) -> MyOncall:
    """The next three months, by month of the current time zone; a fixed number of queries."""
    end = now + AHEAD
    schedules = load_schedules(rotations_with(person), now, end)
    clashes = [clash for clash in find_clashes(schedules, now, end) if clash.shift.person.pk == person.pk]
    overrides = _load_overrides(schedules, now)
    turns = sorted(_find_turns(schedules, person, now, clashes, overrides), key=lambda turn: turn.run.span)
    swaps = _open_swaps(person, now)
    return MyOncall(
        months=_by_month(turns),
        reliefs=sorted(_find_reliefs(schedules, person, now, end, overrides), key=lambda relief: relief.span),
        clashes=clashes,
        absences=list(Absence.objects.filter(person=person, during__endswith__gt=now)),
        to_answer=[swap for swap in swaps if swap.colleague_id == person.pk],
        asked=[swap for swap in swaps if swap.asker_id == person.pk],
        count=sum(len(turn.shifts) for turn in turns),
        held=find_my_held(schedules, person, now),
    )


def find_my_held(schedules: list[RotationSchedule], person: User, now: dt.datetime) -> list[MyHeld]:
    """What the person is still responsible for although their shift is over."""
    held = ((loaded.rotation, loaded.held_at(now)) for loaded in schedules)
    return [MyHeld(rotation, one) for rotation, one in held if one is not None and one.person.pk == person.pk]


def _find_turns(
    schedules: list[RotationSchedule],
    person: User,
    now: dt.datetime,
    clashes: list[Clash],
    overrides: dict[int, Override],
) -> Iterator[MyTurn]:
    for loaded in schedules:
        for layer in loaded.layers:
            runs = find_runs(layer.shifts(now, now + AHEAD + BEYOND))
            for number, run in enumerate(runs):
                if run.person.pk != person.pk or run.span.start >= now + AHEAD:
                    continue
                shifts = [_describe(shift, now, overrides) for shift in run.shifts if shift.starts_at < now + AHEAD]
                before = _neighbour(runs[number - 1] if number else None, run, run)
                after = _neighbour(run, runs[number + 1] if number + 1 < len(runs) else None, run)
                own = [clash for clash in clashes if clash.shift in run.shifts]
                yield MyTurn(loaded.rotation, run, shifts, before, after, own)


def _describe(shift: Shift, now: dt.datetime, overrides: dict[int, Override]) -> MyShift:
    return MyShift(shift, shift.covers(now), shift.starts_at > now, overrides.get(shift.override_id or 0))


def _neighbour(first: Run | None, second: Run | None, own: Run) -> User | None:
    """Who is on call right before or after, when it is somebody else."""
    if first is None or second is None or first.span.end != second.span.start:
        return None
    other = second if first is own else first
    return other.person if other.person.pk != own.person.pk else None


def _load_overrides(schedules: list[RotationSchedule], now: dt.datetime) -> dict[int, Override]:
    layers = [layer.layer.pk for loaded in schedules for layer in loaded.layers]
    rows = Override.objects.in_force().filter(layer__in=layers, during__endswith__gt=now)
    return rows.select_related("person", "swap", "layer").in_bulk()


def _find_reliefs(
    schedules: list[RotationSchedule],
    person: User,
    now: dt.datetime,
    end: dt.datetime,
    overrides: dict[int, Override],
) -> Iterator[Relief]:
    for loaded in schedules:
        for layer in loaded.layers:
            for span, key in _taken_from(layer, person, now, end):
                yield Relief(loaded.rotation, overrides[key], span)


def _taken_from(layer: LayerSchedule, person: User, now: dt.datetime, end: dt.datetime) -> Iterator[tuple[Span, int]]:
    """The person's time by the plan alone that others cover, with the override's id."""
    planned = find_shifts(replace(layer.plan, covers=()), now, end)
    for cover in layer.plan.covers:
        if cover.person == person.pk:
            continue
        for piece in planned:
            both = clip(piece.span, *cover.span) if piece.person == person.pk else None
            if both is not None:
                yield both, cover.key


def _open_swaps(person: User, now: dt.datetime) -> list[Swap]:
    """Questions of and to the person that can still be answered."""
    rows = Swap.objects.filter(Q(asker=person) | Q(colleague=person), status=Swap.Status.ASKED)
    rows = rows.filter(during__startswith__gt=now)
    people = ("asker", "colleague", "layer__rotation__team", "return_layer__rotation__team")
    return list(rows.select_related(*people).order_by("during"))


def _by_month(turns: list[MyTurn]) -> list[tuple[dt.date, list[MyTurn]]]:
    zone = timezone.get_current_timezone()

    def month_of(turn: MyTurn) -> dt.date:
        return turn.run.span.start.astimezone(zone).date().replace(day=1)

    return [(month, list(found)) for month, found in groupby(turns, key=month_of)]
