"""Where one person's turn to answer first becomes another's. Pure: a loaded schedule in, changes out; all moments in UTC.

Somebody's *turn* is the time in which they answer first, nights and weekends without anybody left out: a week of office
hours is one turn. A turn ends when its person leaves the first rank and somebody else answers from then on, or is the next
to. Where two people answer first side by side, only who leaves changes anything; of two who leave at the same instant, the
one of the earlier layer is handed over for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from accounts.models import User
from handoffs.services.opening import ShiftChange
from oncall.schedule import Gap, RotationSchedule, Shift

BEFORE = dt.timedelta(days=35)  # the beginning of a turn is looked for so far back
AFTER = dt.timedelta(days=35)  # and whoever comes next, and the end of their turn, so far ahead


def find_turnovers(schedule: RotationSchedule, start: dt.datetime, end: dt.datetime) -> list[ShiftChange]:
    """The changes whose outgoing turn ends after `start` and not after `end`, in order.

    The schedule must be loaded from `start - BEFORE` to `end + AFTER`. A change without anybody to take over is none.
    """
    if not schedule.ranks:
        return []
    shifts = find_first_shifts(schedule, start - BEFORE, end + AFTER)
    moments = sorted({shift.ends_at for shift in shifts if start < shift.ends_at <= end})
    changes = [_describe(schedule, shifts, at) for at in moments]
    return [change for change in changes if change is not None]


def find_first_shifts(schedule: RotationSchedule, start: dt.datetime, end: dt.datetime) -> list[Shift]:
    """The shifts of those who answer first that touch that time, by start and then by layer."""
    layers = schedule.of_rank(schedule.ranks[0])
    found = [shift for layer in layers for shift in layer.shifts(start, end)]
    return sorted(found, key=lambda shift: (shift.starts_at, shift.layer.pk))


def find_ends(schedule: RotationSchedule, start: dt.datetime, end: dt.datetime) -> set[dt.datetime]:
    """When shifts of those who answer first end, after `start` and not after `end`: nothing changes at other times. Cheap."""
    if not schedule.ranks:
        return set()
    return {shift.ends_at for shift in find_first_shifts(schedule, start, end) if start < shift.ends_at <= end}


def describe_from(schedule: RotationSchedule, shift: Shift, successor: Shift, at: dt.datetime) -> ShiftChange:
    """The change at `at` from the one's turn to the other's, whether the schedule means them to follow each other or not."""
    shifts = find_first_shifts(schedule, at - BEFORE, at + AFTER)
    changes_at = max(at, successor.starts_at)
    return ShiftChange(
        outgoing=shift.person,
        incoming=successor.person,
        backup=find_backup(schedule, changes_at, successor.person),
        starts_at=_find_turn_start(shifts, shift),
        ends_at=at,
        changes_at=changes_at,
        next_ends_at=_find_turn_end(shifts, successor),
    )


def find_backup(schedule: RotationSchedule, at: dt.datetime, incoming: User) -> User | None:
    """Who answers second at that instant; None where nobody does, or the incoming person does both."""
    if len(schedule.ranks) < 2:
        return None
    people = [shift.person for shift in schedule.on_call(at, schedule.ranks[1])]
    return next((person for person in people if person.pk != incoming.pk), None)


def find_gap(schedule: RotationSchedule, at: dt.datetime) -> Gap | None:
    """The time that begins no later than `at`, in which nobody answers first although somebody should and it is not meant."""
    if not schedule.ranks:
        return None
    gaps = schedule.gaps(at - BEFORE, at + AFTER)
    first = (gap for gap in gaps if gap.rank == schedule.ranks[0] and not gap.is_planned)
    return next((gap for gap in first if gap.span.start <= at < gap.span.end), None)


def _describe(schedule: RotationSchedule, shifts: Sequence[Shift], at: dt.datetime) -> ShiftChange | None:
    """What changes when shifts end at that instant; None where nobody leaves, nobody follows, or the same person goes on."""
    staying = [shift for shift in shifts if shift.covers(at)]
    there = {shift.person.pk for shift in staying}
    leaving = [shift for shift in shifts if shift.ends_at == at and shift.person.pk not in there]
    for shift in sorted(leaving, key=lambda shift: shift.layer.pk):
        successor = _find_successor(shifts, shift, staying, at)
        if successor is not None and successor.person.pk != shift.person.pk:
            return describe_from(schedule, shift, successor, at)
    return None


def _find_successor(shifts: Sequence[Shift], leaver: Shift, staying: Sequence[Shift], at: dt.datetime) -> Shift | None:
    """Whoever begins at that instant, the same layer first; else whoever came after the leaver did; else whoever is next.

    None where others answered first all along: then nothing passes to them.
    """
    joining = [shift for shift in staying if shift.starts_at == at]
    if joining:
        return min(joining, key=lambda shift: (shift.layer.pk != leaver.layer.pk, shift.layer.pk))
    if staying:
        later = [shift for shift in staying if shift.starts_at > leaver.starts_at]
        return max(later, key=lambda shift: shift.starts_at, default=None)
    coming = [shift for shift in shifts if shift.starts_at > at]
    first = min((shift.starts_at for shift in coming), default=None)
    begin = [shift for shift in coming if shift.starts_at == first]
    return min(begin, key=lambda shift: (shift.person.pk != leaver.person.pk, shift.layer.pk), default=None)


def _find_turn_start(shifts: Sequence[Shift], last: Shift) -> dt.datetime:
    """When the turn began that `last` ends: earlier shifts of its person belong to it, where nobody else was on in between."""
    others = [one.span for one in shifts if one.person.pk != last.person.pk]
    own = [one.span for one in shifts if one.person.pk == last.person.pk and one.starts_at < last.starts_at]
    start = last.starts_at
    for span in sorted(own, key=lambda span: span.end, reverse=True):
        if any(other.start < start and other.end > span.end for other in others) and span.end < start:
            break
        start = min(start, span.start)
    return start


def _find_turn_end(shifts: Sequence[Shift], first: Shift) -> dt.datetime:
    """When the turn ends that `first` begins, looked for as far as the shifts go."""
    others = [one.span for one in shifts if one.person.pk != first.person.pk]
    own = [one.span for one in shifts if one.person.pk == first.person.pk and one.starts_at > first.starts_at]
    end = first.ends_at
    for span in sorted(own):
        if any(other.end > end and other.start < span.start for other in others) and span.start > end:
            break
        end = max(end, span.end)
    return end
