"""What a page says about a shift: its colour, its length, what speaks against it, and what can be done with it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from urllib.parse import urlencode

from accounts.models import User
from oncall.models import Absence, Layer
from oncall.rota import Span, clip
from oncall.schedule import RotationSchedule, Shift

HUES = 8
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Away:
    """A time in which a person is away, and the reason they gave."""

    span: Span
    reason: str


@dataclass(frozen=True, slots=True)
class Double:
    """Somebody is on call in two layers at the same time, so that nobody stands behind them."""

    person: User
    layers: tuple[Layer, Layer]
    span: Span


@dataclass(frozen=True, slots=True)
class ShiftCard:
    """A shift as calendars and lists show it. `hue` is one of the palette's colours, 1 to 8; `key` names it on its page."""

    shift: Shift
    hue: int
    is_now: bool
    is_past: bool
    away: tuple[Away, ...] = ()
    doubles: tuple[Double, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.shift.layer.pk}-{self.shift.starts_at:%Y%m%d%H%M}"

    @property
    def hours(self) -> float:
        """How long it really lasts, changes of the clocks included."""
        return round(self.shift.span.length / HOUR, 2)

    @property
    def first_name(self) -> str:
        return str(self.shift.person).split(maxsplit=1)[0]

    @property
    def has_warning(self) -> bool:
        return bool(self.away or self.doubles)

    @property
    def query(self) -> str:
        """The shift in the query of the pages that change it: layer, and start and end in UTC."""
        start, end = (moment.isoformat() for moment in self.shift.span)
        return urlencode({"layer": self.shift.layer.pk, "start": start, "end": end})


def choose_hues(people: Iterable[int]) -> dict[int, int]:
    """A colour for each person, 1 to 8, that stays theirs whatever the order; beyond eight people colours come again."""
    return {person: number % HUES + 1 for number, person in enumerate(sorted(set(people)))}


def build_cards(
    schedule: RotationSchedule, span: Span, now: dt.datetime, away: dict[int, list[Away]]
) -> dict[tuple[int, dt.datetime], ShiftCard]:
    """The shifts that touch that time, by layer and start."""
    shifts = schedule.shifts(*span)
    hues = choose_hues(person for layer in schedule.layers for person in layer.people)
    doubles = find_doubles(shifts)
    cards = {}
    for shift in shifts:
        cards[shift.layer.pk, shift.starts_at] = ShiftCard(
            shift,
            hues[shift.person.pk],
            is_now=shift.covers(now),
            is_past=shift.ends_at <= now,
            away=tuple(found for found in away.get(shift.person.pk, []) if clip(shift.span, *found.span)),
            doubles=tuple(found for found in doubles if _concerns(found, shift)),
        )
    return cards


def find_doubles(shifts: Iterable[Shift]) -> list[Double]:
    """Times in which the same person has two layers, in order."""
    by_person: dict[int, list[Shift]] = defaultdict(list)
    for shift in shifts:
        by_person[shift.person.pk].append(shift)
    found = []
    for own in by_person.values():
        for one, other in combinations(own, 2):
            both = clip(one.span, *other.span)
            if both is not None and one.layer.pk != other.layer.pk:
                found.append(Double(one.person, (one.layer, other.layer), both))
    return sorted(found, key=lambda double: (double.span, double.person.pk))


def load_away(people: Iterable[int], start: dt.datetime, end: dt.datetime) -> dict[int, list[Away]]:
    """Absences in that time by person; one query."""
    rows = Absence.objects.filter(person__in=list(people), during__overlap=(start, end)).order_by("during")
    away: dict[int, list[Away]] = defaultdict(list)
    for person, during, reason in rows.values_list("person_id", "during", "reason"):
        away[person].append(Away(Span(during.lower, during.upper), reason))
    return away


def _concerns(double: Double, shift: Shift) -> bool:
    layers = {layer.pk for layer in double.layers}
    return (
        double.person.pk == shift.person.pk and shift.layer.pk in layers and clip(shift.span, *double.span) is not None
    )
