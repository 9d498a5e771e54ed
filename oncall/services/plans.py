"""What a layer is asked to do, as a form says it, and the checks before it becomes a plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from accounts.models import User, known_time_zones
from oncall.errors import BadPlan
from oncall.models import Plan
from oncall.rota import TurnPlan, Window, find_skipped, to_wall, zone_named

DAY = dt.timedelta(days=1)
CHECKED_DAYS = 2 * 366  # how far ahead a hand-over must exist on the wall's clock
LONGEST = {Plan.Unit.HOURS: 336, Plan.Unit.DAYS: 90, Plan.Unit.WEEKS: 26}
MOST_PEOPLE = 100
MOST_WINDOWS = 21
FARTHEST_START = dt.timedelta(days=2 * 366)

WORKDAYS = frozenset(range(5))
EVERY_DAY = frozenset(range(7))
BUSINESS_HOURS = (Window(WORKDAYS, dt.time(9), dt.time(17)),)
NIGHTS = (Window(EVERY_DAY, dt.time(18), dt.time(8)),)
WEEKENDS = (Window(frozenset({5, 6}), dt.time(0), dt.time(0)),)


@dataclass(frozen=True, slots=True)
class PlanSpec:
    """How a layer is to turn.

    `people` are ids in their order; `first` is the one who begins, else the first of the list. `weekday` (0 is Monday) counts
    for turns of weeks only. Times and days are those of the wall's clock in `time_zone`. Without `windows` a turn's person is
    on call all through it.
    """

    people: tuple[int, ...]
    time_zone: str
    starts_on: dt.date
    turn_length: int = 1
    turn_unit: str = Plan.Unit.WEEKS
    weekday: int = 0
    handover_at: dt.time = dt.time(9)
    windows: tuple[Window, ...] = ()
    first: int | None = None

    @property
    def turn(self) -> dt.timedelta:
        """The length of a turn on the wall's clock."""
        return dt.timedelta(**{self.turn_unit: self.turn_length})

    @property
    def order(self) -> tuple[int, ...]:
        """The people, beginning with the one who begins."""
        start = self.people.index(self.first) if self.first in self.people else 0
        return self.people[start:] + self.people[:start]

    @property
    def anchor(self) -> dt.datetime:
        """The first hand-over on or after `starts_on` (naive, local): for weeks, on the weekday."""
        day = self.starts_on
        if self.turn_unit == Plan.Unit.WEEKS:
            day += DAY * ((self.weekday - day.weekday()) % 7)
        return dt.datetime.combine(day, self.handover_at)

    def turn_plan(self) -> TurnPlan:
        """The plan as the arithmetic takes it, the one who begins on at `anchor`."""
        return TurnPlan(self.order, self.anchor, self.turn, self.time_zone, self.windows)


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """A layer to be made: its name, who it stands in for (`rank`), and its plan."""

    name: str
    plan: PlanSpec
    rank: int = 1


def check_plan(spec: PlanSpec, *, today: dt.date | None = None) -> None:
    """Raise BadPlan, in words for people, unless shifts can be made of this.

    Hand-overs are checked for two years from `starts_on`, or from `today` when that is later.
    """
    _check_parts(spec)
    if today is not None and abs(spec.starts_on - today) > FARTHEST_START:
        raise BadPlan("The start may be two years away at most.")
    _check_handovers(spec, max(spec.starts_on, today) if today else spec.starts_on)


def settle_plan(spec: PlanSpec, effective_from: dt.datetime) -> PlanSpec:
    """The same, with order and start set so that whoever begins is on from that moment on. Raises BadPlan.

    Later hand-overs keep the weekday and the time, so the first turn may be cut short at its front.
    """
    _check_parts(spec)
    settled = count_from(spec, effective_from)
    _check_handovers(settled, settled.starts_on)
    return settled


def _check_parts(spec: PlanSpec) -> None:
    _check_people(spec)
    _check_length(spec)
    _check_windows(spec)
    if spec.time_zone not in known_time_zones():
        raise BadPlan(f"“{spec.time_zone}” is not a time zone. Use a name such as Europe/London.")
    if spec.handover_at.tzinfo is not None or spec.handover_at.second or spec.handover_at.microsecond:
        raise BadPlan("The hand-over is at a full minute of the clock on the wall.")


def _check_people(spec: PlanSpec) -> None:
    if not spec.people:
        raise BadPlan("Choose at least one person: nobody would be on call.")
    if len(spec.people) > MOST_PEOPLE:
        raise BadPlan(f"A layer has {MOST_PEOPLE} people at most.")
    known = User.objects.only("pk", "display_name", "email", "is_active").in_bulk(set(spec.people))
    if len(known) < len(set(spec.people)):
        raise BadPlan("One of the people is not known here. Choose again.")
    away = sorted(str(person) for person in known.values() if not person.is_active)
    if away:
        raise BadPlan(f"{', '.join(away)} can't be on call: the account is switched off.")
    if spec.first is not None and spec.first not in spec.people:
        raise BadPlan("Whoever begins has to be one of the people in the list.")


def _check_length(spec: PlanSpec) -> None:
    if spec.turn_unit not in LONGEST:
        raise BadPlan("A turn is counted in hours, days or weeks.")
    longest = LONGEST[Plan.Unit(spec.turn_unit)]
    if not 1 <= spec.turn_length <= longest:
        raise BadPlan(f"A turn lasts from 1 to {longest} {spec.turn_unit}.")
    if spec.turn_unit == Plan.Unit.WEEKS and spec.weekday not in EVERY_DAY:
        raise BadPlan("Choose the weekday on which turns change.")


def _check_windows(spec: PlanSpec) -> None:
    if len(spec.windows) > MOST_WINDOWS:
        raise BadPlan(f"A layer has {MOST_WINDOWS} stretches of hours at most.")
    for window in spec.windows:
        if not window.weekdays:
            raise BadPlan("Choose at least one weekday for each of the hours.")
        if not window.weekdays <= EVERY_DAY:
            raise BadPlan("A weekday is one of the seven from Monday to Sunday.")


def _check_handovers(spec: PlanSpec, since: dt.date) -> None:
    zone = zone_named(spec.time_zone)
    for wall in _handovers_when_clocks_change(spec, since):
        if find_skipped(wall.time(), zone, wall.date(), 1) is None:
            continue
        raise BadPlan(
            f"There is no {wall:%H:%M} on {wall.day} {wall:%B %Y} in {spec.time_zone}: the clocks go forward past it. "
            "Hand over at another time of the day"
            + (", or choose turns of another length." if spec.turn_unit == Plan.Unit.HOURS else ".")
        )


def _handovers_when_clocks_change(spec: PlanSpec, since: dt.date) -> Iterator[dt.datetime]:
    """The hand-overs, on the wall, of days on which the clocks go forward."""
    zone = zone_named(spec.time_zone)
    midnight = dt.datetime.combine(since, dt.time(), zone)
    before = midnight.utcoffset()
    for _ in range(CHECKED_DAYS):
        tomorrow = midnight + DAY
        after = tomorrow.utcoffset()
        assert before is not None and after is not None  # the moments are aware
        if after > before:
            yield from _handovers_of(spec, midnight.replace(tzinfo=None))
        midnight, before = tomorrow, after


def _handovers_of(spec: PlanSpec, day: dt.datetime) -> Iterator[dt.datetime]:
    wall = spec.anchor + spec.turn * -((spec.anchor - day) // spec.turn)
    while wall < day + DAY:
        if wall >= day:
            yield wall
        wall += spec.turn


def count_from(spec: PlanSpec, effective_from: dt.datetime) -> PlanSpec:
    """What `settle_plan` gives, of a spec that was checked."""
    local = to_wall(effective_from, zone_named(spec.time_zone))
    week = spec.turn_unit == Plan.Unit.WEEKS
    latest = replace(spec, people=spec.order, first=None, starts_on=local.date() - DAY * (6 if week else 0))
    if latest.anchor > local:
        latest = replace(latest, starts_on=latest.starts_on - DAY * (7 if week else 1))
    turn = latest.turn_plan().number_at(effective_from) % len(spec.people)  # of hours, some may have passed that day
    people = latest.people
    return replace(latest, people=people[-turn:] + people[:-turn]) if turn else latest
