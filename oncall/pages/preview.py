"""What a plan would do, before it is saved: its next weeks, everybody's hours, what changes, what should be looked at."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from accounts.models import User
from oncall.models import Layer, Rotation
from oncall.pages.rotation import Concerns, find_concerns, load_away_of
from oncall.pages.shifts import HOUR, ShiftCard, build_cards, choose_hues
from oncall.pages.weeks import Week, build_weeks, find_unit, first_day_of, week_span
from oncall.rota import LayerPlan, Span, clip, zone_named
from oncall.schedule import LayerSchedule, RotationSchedule, Shift, load_schedule
from oncall.schedule.loading import load_people

WEEKS = 4
AHEAD = dt.timedelta(weeks=WEEKS)
COMPARED = dt.timedelta(weeks=8)
NEW_LAYER = -1  # what stands in for the id of a layer that is not saved


@dataclass(frozen=True, slots=True)
class PersonHours:
    """What somebody would do in the weeks that are shown; `before` what they would do without the change."""

    person: User
    hue: int
    hours: float
    turns: int
    before: float | None = None

    @property
    def difference(self) -> float:
        return 0 if self.before is None else round(self.hours - self.before, 2)


@dataclass(frozen=True, slots=True)
class Change:
    """A time that goes from one person to another; None is nobody."""

    span: Span
    before: User | None
    after: User | None


@dataclass(frozen=True, slots=True)
class Preview:
    """A look at weeks that are not saved."""

    weeks: list[Week]
    cards: list[ShiftCard]
    zone_name: str
    starts_at: dt.datetime
    hours: list[PersonHours]
    concerns: Concerns
    changes: list[Change] | None = None


def preview_rotation(
    rotation: Rotation, layers: list[tuple[Layer, LayerPlan]], zone_name: str, now: dt.datetime
) -> Preview:
    """A rotation that is not saved yet: its layers with their plans; the layers get ids that stand in."""
    people = _load_people_of(plan for _, plan in layers)
    schedules = []
    for number, (layer, plan) in enumerate(layers):
        layer.pk = NEW_LAYER - number
        schedules.append(LayerSchedule(layer, plan, people))
    return _look_at(RotationSchedule(rotation, schedules), _first_start(layers), zone_name, now)


def preview_layer(layer: Layer, plan: LayerPlan, zone_name: str, now: dt.datetime) -> Preview:
    """One more layer of a rotation, with all that the rotation has already."""
    starts_at = _first_start([(layer, plan)])
    schedule = load_schedule(layer.rotation, min(now, starts_at), starts_at + AHEAD)
    layer.pk = NEW_LAYER
    schedule.layers.append(LayerSchedule(layer, plan, _load_people_of([plan])))
    return _look_at(schedule, starts_at, zone_name, now)


def preview_change(layer: Layer, plan: LayerPlan, starts_at: dt.datetime, zone_name: str, now: dt.datetime) -> Preview:
    """Another plan for a layer from that moment on, beside what would be without it."""
    old = load_schedule(layer.rotation, min(now, starts_at), starts_at + COMPARED)
    people = _load_people_of([plan]) | next((own.people for own in old.layers if own.layer.pk == layer.pk), {})
    changed = [LayerSchedule(own.layer, plan, people) if own.layer.pk == layer.pk else own for own in old.layers]
    new = replace(old, layers=changed)
    span = Span(starts_at, starts_at + COMPARED)
    changes = find_changes(_shifts_of(old, layer.pk, span), _shifts_of(new, layer.pk, span), span)
    look = _look_at(new, starts_at, zone_name, now, old if changes else None, layer.pk)
    return replace(look, changes=changes)


def find_changes(before: list[Shift], after: list[Shift], span: Span) -> list[Change]:
    """The times of that span in which somebody else is on call, in order; neighbours of the same two people are one."""
    moments = {moment for shift in [*before, *after] for moment in shift.span} | set(span)
    changes: list[Change] = []
    for start, end in pairwise(sorted(moment for moment in moments if span.start <= moment <= span.end)):
        old, new = _on_at(before, start), _on_at(after, start)
        if old == new:
            continue
        last = changes[-1] if changes else None
        if last is not None and last.span.end == start and (last.before, last.after) == (old, new):
            changes[-1] = Change(Span(last.span.start, end), old, new)
        else:
            changes.append(Change(Span(start, end), old, new))
    return changes


def _look_at(
    schedule: RotationSchedule,
    starts_at: dt.datetime,
    zone_name: str,
    now: dt.datetime,
    old: RotationSchedule | None = None,
    changed: int = NEW_LAYER,
) -> Preview:
    zone = zone_named(zone_name)
    monday = first_day_of(starts_at, zone)
    shown = week_span(monday, WEEKS, zone)
    ahead = Span(starts_at, starts_at + AHEAD)
    away = load_away_of([schedule], shown.start, max(shown.end, ahead.end))
    cards = build_cards(schedule, shown, now, away)
    old_cards = build_cards(old, shown, now, {}) if old is not None else {}
    hues = choose_hues(person for layer in [*schedule.layers, *(old.layers if old else [])] for person in layer.people)
    cards, old_cards = _paint(cards, hues), _paint(old_cards, hues)
    unit = find_unit([card.shift.span for card in [*cards.values(), *old_cards.values()]], zone)
    weeks = build_weeks(schedule, cards, monday, WEEKS, zone, now, unit)
    if old is not None:
        weeks = _put_beside(weeks, build_weeks(old, old_cards, monday, WEEKS, zone, now, unit), changed)
    return Preview(
        weeks,
        list(cards.values()),
        zone_name,
        starts_at,
        _count_hours(schedule, old, ahead, hues),
        find_concerns(schedule, ahead, away),
    )


def _put_beside(weeks: list[Week], before: list[Week], layer: int) -> list[Week]:
    """The weeks as they would be, each with the layer's row as it is without the change on top."""
    both = []
    for new, old in zip(weeks, before, strict=True):
        own = [replace(row, name=f"{row.name} before", is_before=True) for row in old.rows if row.layer_id == layer]
        rows = [replace(row, name=f"{row.name} after") if row.layer_id == layer else row for row in new.rows]
        at = next((number for number, row in enumerate(rows) if row.layer_id == layer), 0)
        both.append(replace(new, rows=[*rows[:at], *own, *rows[at:]]))
    return both


def _count_hours(
    schedule: RotationSchedule, old: RotationSchedule | None, span: Span, hues: dict[int, int]
) -> list[PersonHours]:
    after = _sum_hours(schedule, span)
    before = _sum_hours(old, span) if old is not None else None
    people = {pk: person for layer in schedule.layers for pk, person in layer.people.items()}
    found = [
        PersonHours(
            people[pk],
            hues[pk],
            *after.get(pk, (0.0, 0)),
            before=before.get(pk, (0.0, 0))[0] if before is not None else None,
        )
        for pk in sorted(set(after) | set(before or {}))
    ]
    return sorted(found, key=lambda line: (-line.hours, str(line.person)))


def _sum_hours(schedule: RotationSchedule, span: Span) -> dict[int, tuple[float, int]]:
    """Hours and number of shifts by person, in that time."""
    lengths: dict[int, dt.timedelta] = defaultdict(dt.timedelta)
    turns: dict[int, int] = defaultdict(int)
    for shift in schedule.shifts(*span):
        part = clip(shift.span, *span)
        if part is not None:
            lengths[shift.person.pk] += part.length
            turns[shift.person.pk] += 1
    return {pk: (round(length / HOUR, 2), turns[pk]) for pk, length in lengths.items()}


def _paint(
    cards: dict[tuple[int, dt.datetime], ShiftCard], hues: dict[int, int]
) -> dict[tuple[int, dt.datetime], ShiftCard]:
    """The same cards, in the colours that hold for old and new together."""
    return {key: replace(card, hue=hues[card.shift.person.pk]) for key, card in cards.items()}


def _shifts_of(schedule: RotationSchedule, layer: int, span: Span) -> list[Shift]:
    return [shift for own in schedule.layers if own.layer.pk == layer for shift in own.shifts(*span)]


def _on_at(shifts: list[Shift], at: dt.datetime) -> User | None:
    return next((shift.person for shift in shifts if shift.covers(at)), None)


def _first_start(layers: list[tuple[Layer, LayerPlan]]) -> dt.datetime:
    return min(plan.plans[0].effective_from for _, plan in layers)


def _load_people_of(plans: Iterable[LayerPlan]) -> dict[int, User]:
    ids = {person for layer in plans for timed in layer.plans for person in timed.plan.people}
    return load_people(ids)
