"""On-call on the front page: the reader's own shifts and swaps, who answers for their teams, and where nobody will."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q

from accounts.models import Team, User
from oncall.models import Layer, Rotation, Swap
from oncall.pages.my_shifts import MyHeld, find_my_held
from oncall.pages.rotation import Seat, find_seats
from oncall.schedule import Gap, RotationSchedule, Shift, load_schedules

LOOK_AHEAD = dt.timedelta(days=7)
MOST_GAPS = 5
MOST_SWAPS = 5
MOST_OTHERS = 5  # rotations, for somebody in no team


@dataclass(frozen=True, slots=True)
class MyShift:
    """A shift of the reader's: one that is on, or their next one. `follower` takes over, None where nobody else does."""

    rotation: Rotation
    shift: Shift
    follower: User | None = None


@dataclass(frozen=True, slots=True)
class TeamNow:
    """A rotation of one of the reader's teams with whoever is on call in each layer."""

    rotation: Rotation
    seats: list[Seat]


@dataclass(frozen=True, slots=True)
class TeamGap:
    """A time in which nobody of a rank will be on call, and nobody meant that. `layers` are those that leave it open."""

    rotation: Rotation
    gap: Gap
    layers: str


@dataclass(frozen=True, slots=True)
class FrontOncall:
    """What the front page says. `unset` are teams of the reader's without a rotation, `held` shifts not taken from them.

    `teams` are the reader's own; for somebody in no team the first few of the portal.
    """

    on_now: list[MyShift]
    next_shift: MyShift | None
    swaps: list[Swap]
    teams: list[TeamNow]
    gaps: list[TeamGap]
    unset: list[Team]
    held: list[MyHeld]


def describe_front(reader: User, now: dt.datetime) -> FrontOncall:
    """The next seven days as far as they concern the reader; twelve queries at most, however many teams they are in."""
    teams = reader.get_team_ids()
    mine = Layer.objects.filter(plans__members__person=reader).values("rotation")
    covered = Layer.objects.filter(overrides__person=reader, overrides__during__endswith__gt=now).values("rotation")
    wanted = Q(team__in=teams) | Q(pk__in=mine) | Q(pk__in=covered)
    rotations = Rotation.objects.in_use().order_by("team__name", "name")
    shown = set(rotations.values_list("pk", flat=True)[:MOST_OTHERS]) if not teams else set()
    rotations = rotations.filter(wanted | Q(pk__in=shown))
    schedules = load_schedules(rotations, now, now + LOOK_AHEAD)
    seats = find_seats(schedules, reader, now)
    ours = [schedule for schedule in schedules if schedule.rotation.team_id in teams]
    listed = ours if teams else [schedule for schedule in schedules if schedule.rotation.pk in shown]
    return FrontOncall(
        [shift for schedule in schedules for shift in _find_on_now(schedule, seats[schedule.rotation.pk], reader)],
        _find_next(schedules, reader, now),
        _find_swaps(reader, now),
        [TeamNow(schedule.rotation, _pick_seats(seats[schedule.rotation.pk])) for schedule in listed],
        [gap for schedule in ours for gap in _find_gaps(schedule, now)][:MOST_GAPS],
        list(Team.objects.filter(pk__in=teams).exclude(pk__in=[one.rotation.team_id for one in ours])) if teams else [],
        find_my_held(schedules, reader, now),
    )


def _pick_seats(seats: list[Seat]) -> list[Seat]:
    """Everybody on call; of a rank in which nobody is, the layer that is next."""
    picked = []
    for _, group in groupby(seats, key=lambda seat: seat.layer.rank):
        rank = list(group)
        on_now = [seat for seat in rank if seat.now is not None]
        coming = [seat for seat in rank if seat.coming is not None]
        picked += on_now or [seat for seat in rank if seat.before] or sorted(coming, key=_starts_next)[:1] or rank[:1]
    return picked


def _starts_next(seat: Seat) -> dt.datetime:
    assert seat.coming is not None  # asked only of those
    return seat.coming.starts_at


def _find_on_now(schedule: RotationSchedule, seats: list[Seat], reader: User) -> list[MyShift]:
    found = []
    for seat in seats:
        if seat.now is not None and seat.now.person.pk == reader.pk:
            others = [one.coming for one in seats if one.coming and one.layer.rank == seat.layer.rank]
            coming = min(others, key=lambda shift: shift.starts_at, default=None)
            follower = coming.person if coming and coming.starts_at <= seat.now.ends_at else None
            found.append(MyShift(schedule.rotation, seat.now, follower))
    return found


def _find_next(schedules: list[RotationSchedule], reader: User, now: dt.datetime) -> MyShift | None:
    coming = (
        MyShift(schedule.rotation, shift)
        for schedule in schedules
        for shift in schedule.shifts(now, now + LOOK_AHEAD)
        if shift.person.pk == reader.pk and shift.starts_at > now
    )
    return min(coming, key=lambda mine: mine.shift.starts_at, default=None)


def _find_swaps(reader: User, now: dt.datetime) -> list[Swap]:
    waiting = Swap.objects.filter(colleague=reader, status=Swap.Status.ASKED, during__endswith__gt=now)
    return list(waiting.select_related("asker", "layer__rotation__team").order_by("during")[:MOST_SWAPS])


def _find_gaps(schedule: RotationSchedule, now: dt.datetime) -> list[TeamGap]:
    gaps = (gap for gap in schedule.gaps(now, now + LOOK_AHEAD) if not gap.is_planned)
    return [
        TeamGap(schedule.rotation, gap, " / ".join(one.layer.name for one in schedule.of_rank(gap.rank)))
        for gap in gaps
    ]
