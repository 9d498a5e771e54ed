"""Shifts that are about to start, of all rotations at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Max

from accounts.models import User
from oncall.models import Rotation
from oncall.schedule import LayerSchedule, RotationSchedule, Shift, load_schedules

ASK_AHEAD = dt.timedelta(hours=12)  # so long before the check a test goes out, so that there is time to answer it
REST = dt.timedelta(hours=20)  # somebody whose last shift ended later than that only goes on


@dataclass(frozen=True, slots=True)
class ComingShift:
    """A shift before its start. `goes_on`: the same person was on call in the layer less than 20 hours before."""

    rotation: Rotation
    shift: Shift
    goes_on: bool

    @property
    def key(self) -> tuple[int, int, dt.datetime]:
        """What a `ShiftCheck` is unique by."""
        return self.shift.layer.pk, self.shift.person.pk, self.shift.starts_at

    @property
    def name(self) -> str:
        """The same in a word, for the keys of notifications."""
        return f"{self.shift.layer.pk}:{self.shift.starts_at:%Y%m%dT%H%M%SZ}"

    @property
    def person(self) -> User:
        return self.shift.person

    def is_due(self, now: dt.datetime) -> bool:
        """Whether it starts within the hours at which the rotation wants it checked."""
        return self.shift.starts_at <= now + _hours(self.rotation)


def load_coming_shifts(now: dt.datetime) -> list[ComingShift]:
    """Shifts that start within their rotation's hours for the check, or twelve hours more, soonest first. Eight queries."""
    rotations = Rotation.objects.in_use()
    longest = rotations.aggregate(hours=Max("check_hours"))["hours"]
    if longest is None:
        return []
    schedules = load_schedules(rotations, now - REST, now + dt.timedelta(hours=longest) + ASK_AHEAD)
    coming = [one for schedule in schedules for one in _find_coming(schedule, now)]
    return sorted(coming, key=lambda one: (one.shift.starts_at, one.rotation.pk, one.shift.layer.rank, one.key))


def _find_coming(schedule: RotationSchedule, now: dt.datetime) -> Iterator[ComingShift]:
    until = now + _hours(schedule.rotation) + ASK_AHEAD
    for layer in schedule.layers:
        yield from _find_in_layer(schedule.rotation, layer, now, until)


def _find_in_layer(
    rotation: Rotation, layer: LayerSchedule, now: dt.datetime, until: dt.datetime
) -> Iterator[ComingShift]:
    before: Shift | None = None
    for shift in layer.shifts(now - REST, until):
        if shift.starts_at > now:
            goes_on = before is not None and before.person == shift.person and shift.starts_at - before.ends_at < REST
            yield ComingShift(rotation, shift, goes_on)
        before = shift


def _hours(rotation: Rotation) -> dt.timedelta:
    return dt.timedelta(hours=rotation.check_hours)
