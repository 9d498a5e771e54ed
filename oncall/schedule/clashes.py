"""Where a shift falls into an absence of its person."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from oncall.models import Absence, Rotation
from oncall.rota import Span, clip
from oncall.schedule.rotation import RotationSchedule, Shift


@dataclass(frozen=True, slots=True)
class Clash:
    """Somebody is on call and away at once, during `span`."""

    rotation: Rotation
    shift: Shift
    absence: Absence
    span: Span


def find_clashes(schedules: Iterable[RotationSchedule], start: dt.datetime, end: dt.datetime) -> list[Clash]:
    """The clashes of shifts with absences in that time, by start; one query. The schedules must be loaded for that time."""
    shifts = [(loaded.rotation, shift) for loaded in schedules for shift in loaded.shifts(start, end)]
    people = {shift.person.pk for _, shift in shifts}
    away: dict[int, list[Absence]] = defaultdict(list)
    for absence in Absence.objects.filter(person__in=people, during__overlap=(start, end)):
        away[absence.person_id].append(absence)
    found = [
        Clash(rotation, shift, absence, both)
        for rotation, shift in shifts
        for absence in away[shift.person.pk]
        if (both := _both(shift.span, absence, start, end)) is not None
    ]
    return sorted(found, key=lambda clash: (clash.span, clash.shift.layer.rank, clash.shift.layer.pk))


def _both(shift: Span, absence: Absence, start: dt.datetime, end: dt.datetime) -> Span | None:
    away = clip(Span(absence.during.lower, absence.during.upper), start, end)
    return clip(away, *shift) if away else None
