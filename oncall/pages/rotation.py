"""A rotation's page: who is on call and next in each layer, and the calendar of weeks."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from oncall.models import Layer, Rotation, Way
from oncall.pages.shifts import Away, Double, ShiftCard, build_cards, choose_hues, find_doubles, load_away
from oncall.pages.weeks import Week, build_weeks
from oncall.pages.window import CalendarWindow
from oncall.rota import Span, clip
from oncall.schedule import Gap, RotationSchedule, Shift, load_schedule
from oncall.schedule.held import Held
from oncall.schedule.ways import load_ways
from oncall.services.reach import load_last_answered

LOOK_AHEAD = dt.timedelta(weeks=4)


@dataclass(frozen=True, slots=True)
class HeldSeat:
    """Whoever was on call before and has not been relieved, and how to reach them."""

    held: Held
    hue: int
    ways: list[Way]


@dataclass(frozen=True, slots=True)
class Seat:
    """A layer at this moment: who sits in it, who is next, how to reach them."""

    layer: Layer
    now: Shift | None
    coming: Shift | None
    hue: int
    coming_hue: int
    ways: list[Way]
    answered_at: dt.datetime | None = None  # when whoever sits in it last confirmed a test message
    before: HeldSeat | None = None  # in one layer of the first rank: who is responsible beside those who sit there


@dataclass(frozen=True, slots=True)
class Clash:
    """A shift of somebody who is away in part of it."""

    shift: Shift
    away: Away


@dataclass(frozen=True, slots=True)
class Concerns:
    """What somebody should look at, in a time to come: gaps that nobody meant, absences in shifts, people in two layers."""

    gaps: list[Gap]
    clashes: list[Clash]
    doubles: list[Double]

    @property
    def count(self) -> int:
        return len(self.gaps) + len(self.clashes) + len(self.doubles)

    @property
    def gap_hours(self) -> float:
        """How long all gaps are together."""
        return round(sum((gap.span.length for gap in self.gaps), dt.timedelta()) / dt.timedelta(hours=1), 1)


@dataclass(frozen=True, slots=True)
class Legend:
    """A person and their colour; `phone` is what may hang on a wall: no personal number."""

    person: User
    hue: int
    phone: str


@dataclass(frozen=True, slots=True)
class RotationPage:
    """All that the page shows, nothing left to ask the database."""

    rotation: Rotation
    seats: list[Seat]
    weeks: list[Week]
    cards: list[ShiftCard]
    legend: list[Legend]
    concerns: Concerns


def describe_rotation(rotation: Rotation, window: CalendarWindow, reader: User, now: dt.datetime) -> RotationPage:
    """The page for those weeks."""
    ahead = Span(now, now + LOOK_AHEAD)
    start, end = min(window.span.start, now), max(window.span.end, ahead.end)
    schedule = load_schedule(rotation, start, end)
    away = load_away(_people_of([schedule]), start, end)
    cards = build_cards(schedule, window.span, now, away)
    seats = find_seats([schedule], reader, now)[rotation.pk]
    return RotationPage(
        rotation,
        seats,
        build_weeks(schedule, cards, window.monday, window.weeks, window.zone, now),
        list(cards.values()),
        _legend_of(cards.values(), reader),
        find_concerns(schedule, ahead, away),
    )


def find_seats(schedules: list[RotationSchedule], reader: User, now: dt.datetime) -> dict[int, list[Seat]]:
    """The layers in use of each rotation (by its id) with now and next; two queries for all that is said of reaching people."""
    found = {
        schedule.rotation.pk: [
            (layer.layer, *layer.now_and_next(now)) for layer in schedule.layers if layer.plan.ended_at > now
        ]
        for schedule in schedules
    }
    held = {schedule.rotation.pk: schedule.held_at(now) for schedule in schedules}
    people = {shift.person for rows in found.values() for _, shift, _ in rows if shift}
    people |= {one.person for one in held.values() if one is not None}
    ways, answered = load_ways(people, reader), load_last_answered(people)
    seats: dict[int, list[Seat]] = defaultdict(list)
    for schedule in schedules:
        hues = hues_of(schedule)
        before = held[schedule.rotation.pk]
        waiting = HeldSeat(before, hues.get(before.person.pk, 0), ways[before.person.pk]) if before else None
        rows = found[schedule.rotation.pk]
        place = _find_place([(layer, shift) for layer, shift, _ in rows])
        for layer, shift, coming in rows:
            seats[schedule.rotation.pk].append(
                Seat(
                    layer,
                    shift,
                    coming,
                    hues[shift.person.pk] if shift else 0,
                    hues[coming.person.pk] if coming else 0,
                    ways[shift.person.pk] if shift else [],
                    answered.get(shift.person.pk) if shift else None,
                    waiting if layer.pk == place else None,
                )
            )
    return seats


def _find_place(rows: list[tuple[Layer, Shift | None]]) -> int:
    """The layer beside which stands who has not been relieved: of the first rank, one in which somebody is, if any."""
    first = [(layer, shift) for layer, shift in rows if layer.rank == rows[0][0].rank]
    return next((layer.pk for layer, shift in first if shift), first[0][0].pk if first else 0)


def find_concerns(schedule: RotationSchedule, span: Span, away: dict[int, list[Away]]) -> Concerns:
    """What should be looked at in that time."""
    shifts = schedule.shifts(*span)
    clashes = [
        Clash(shift, absence)
        for shift in shifts
        for absence in away.get(shift.person.pk, [])
        if clip(shift.span, *absence.span)
    ]
    return Concerns(
        [gap for gap in schedule.gaps(*span) if not gap.is_planned],
        clashes,
        find_doubles(shifts),
    )


def hues_of(schedule: RotationSchedule) -> dict[int, int]:
    """A colour for each person of a rotation."""
    return choose_hues(person for layer in schedule.layers for person in layer.people)


def load_away_of(schedules: list[RotationSchedule], start: dt.datetime, end: dt.datetime) -> dict[int, list[Away]]:
    """The absences of everybody in those rotations; one query."""
    return load_away(_people_of(schedules), start, end)


def _people_of(schedules: list[RotationSchedule]) -> set[int]:
    return {person for schedule in schedules for layer in schedule.layers for person in layer.people}


def _legend_of(cards: Iterable[ShiftCard], reader: User) -> list[Legend]:
    people = {card.shift.person.pk: card for card in cards}
    ways = load_ways([card.shift.person for card in people.values()], reader)
    legend = [Legend(card.shift.person, card.hue, _office_phone(ways[pk])) for pk, card in people.items()]
    return sorted(legend, key=lambda entry: str(entry.person))


def _office_phone(ways: list[Way]) -> str:
    return next((way.value for way in ways if way.kind == Way.Kind.PHONE and not way.is_personal), "")
