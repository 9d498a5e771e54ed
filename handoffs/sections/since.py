"""Since when things are new to somebody: the end of their last shift."""

from __future__ import annotations

import datetime as dt

from django.db.models import F

from accounts.models import User
from oncall.models import HeldShift, Rotation
from oncall.rota import Span, merge
from oncall.schedule import RotationSchedule, load_schedule

LOOK_BACK = tuple(dt.timedelta(days=days) for days in (15, 60, 425))  # the last is 14 months


def find_since_last_shift(rotation: Rotation, person: User, now: dt.datetime) -> dt.datetime | None:
    """When the person's latest shift in that rotation ended, in any of its layers, up to `now` (aware; so is the answer).

    Where the next person accepted late, it ended with that. A shift that is still on does not count. None where there was
    none within 14 months. One query more than a schedule.
    """
    schedule = load_schedule(rotation, now - LOOK_BACK[-1], now)
    held = _find_end_of_held(rotation, person, now)
    for back in LOOK_BACK:
        ends = [span.end for span in _find_spans(schedule, person, now - back, now) if span.end <= now]
        if ends:
            return max([*ends, *held])
    return None


def _find_spans(schedule: RotationSchedule, person: User, start: dt.datetime, end: dt.datetime) -> list[Span]:
    """The person's time on call; shifts that follow one another at once are one."""
    return merge(shift.span for shift in schedule.shifts(start, end) if shift.person.pk == person.pk)


def _find_end_of_held(rotation: Rotation, person: User, now: dt.datetime) -> list[dt.datetime]:
    """When the person was last let go of a shift that had gone on past its end; [] where that never was."""
    rows = HeldShift.objects.filter(
        rotation=rotation, person=person, released_at__gt=F("held_from"), released_at__lte=now
    )
    return [at for at in rows.order_by("-released_at").values_list("released_at", flat=True)[:1] if at is not None]
