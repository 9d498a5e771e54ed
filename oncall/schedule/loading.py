"""Loading rotations for a time: six queries, however many rotations there are."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import JSONObject, Lead

from accounts.models import User
from oncall.models import Layer, Override, Plan, PlanWindow, Rotation
from oncall.rota import Cover, LayerPlan, Span, TimedPlan, TurnPlan
from oncall.rota import Window as Hours
from oncall.rota.layers import FOREVER
from oncall.schedule.among import among
from oncall.schedule.held import Held
from oncall.schedule.marks import Marks, load_marks
from oncall.schedule.rotation import LayerSchedule, RotationSchedule

PERSON_FIELDS = ("pk", "display_name", "email", "time_zone", "is_active")


def load_schedule(rotation: Rotation, start: dt.datetime, end: dt.datetime) -> RotationSchedule:
    """One rotation with all that decides its shifts between those moments."""
    return load_schedules(Rotation.objects.filter(pk=rotation.pk), start, end)[0]


def load_schedules(rotations: QuerySet[Rotation], start: dt.datetime, end: dt.datetime) -> list[RotationSchedule]:
    """Rotations, in their queryset's order, with all that decides their shifts between those moments.

    `next` shifts are searched beyond `end` (up to 14 months): overrides and plans that start later are loaded too.
    """
    loaded = list(rotations.select_related("team"))
    layers = _layers_of(loaded, start)
    plans = load_plans([layer.pk for layer in layers], start)
    covers = load_covers([layer.pk for layer in layers], start)
    marks = load_marks([rotation.pk for rotation in loaded], start, end)
    people = _people_of(plans, covers, marks)
    schedules = {
        layer.pk: LayerSchedule(
            layer,
            LayerPlan(tuple(plans[layer.pk]), tuple(covers[layer.pk]), layer.ended_at or FOREVER),
            people,
        )
        for layer in layers
    }
    by_rotation: dict[int, list[LayerSchedule]] = defaultdict(list)
    for layer in layers:
        by_rotation[layer.rotation_id].append(schedules[layer.pk])
    return [
        RotationSchedule(
            rotation,
            by_rotation[rotation.pk],
            marks[rotation.pk].gaps,
            [Held(people[row.person], people[row.successor], row.span, row.url) for row in marks[rotation.pk].held],
        )
        for rotation in loaded
    ]


def _layers_of(rotations: list[Rotation], start: dt.datetime) -> list[Layer]:
    known = {rotation.pk: rotation for rotation in rotations}
    layers = Layer.objects.filter(rotation__in=known).exclude(ended_at__lte=start).order_by("rotation", "rank", "pk")
    found = list(layers)
    for layer in found:
        layer.rotation = known[layer.rotation_id]
    return found


def load_plans(layers: list[int], start: dt.datetime) -> dict[int, list[TimedPlan]]:
    """Plans in force at `start` or later, oldest first, by the layer's id; two queries."""
    windows = PlanWindow.objects.filter(plan=OuterRef("pk")).order_by("pk")
    rows = (
        Plan.objects.filter(layer__in=among(layers))
        .annotate(
            until=Window(Lead("effective_from"), partition_by=F("layer"), order_by=F("effective_from").asc()),
            hours=ArraySubquery(windows.values(json=JSONObject(d="weekdays", s="starts_at", e="ends_at"))),
        )
        .filter(Q(until__isnull=True) | Q(until__gt=start))
        .order_by("layer", "effective_from")
    )
    fields = ("pk", "layer_id", "effective_from", "anchor_on", "handover_at", "turn_unit", "turn_length", "time_zone")
    listed = list(rows.values_list(*fields, "hours"))
    people = _members_of([row[0] for row in listed])
    plans: dict[int, list[TimedPlan]] = defaultdict(list)
    for pk, layer, effective_from, day, at, unit, length, zone, hours in listed:
        turn = TurnPlan(
            people=tuple(people.get(pk, ())),
            anchor=dt.datetime.combine(day, at),
            turn=dt.timedelta(**{unit: length}),
            zone=zone,
            windows=tuple(_window_of(row) for row in hours),
        )
        if turn.people:
            plans[layer].append(TimedPlan(effective_from, turn))
    return plans


def _members_of(plans: list[int]) -> dict[int, list[int]]:
    rows = Plan.objects.filter(pk__in=among(plans), members__isnull=False).order_by()
    return dict(
        rows.annotate(who=ArrayAgg("members__person_id", order_by="members__position")).values_list("pk", "who")
    )


def _window_of(row: dict[str, object]) -> Hours:
    days = row["d"]
    assert isinstance(days, list)
    return Hours(frozenset(days), dt.time.fromisoformat(str(row["s"])), dt.time.fromisoformat(str(row["e"])))


def load_covers(layers: list[int], start: dt.datetime) -> dict[int, list[Cover]]:
    """Overrides that end after `start`, in order, by the layer's id; one query."""
    rows = Override.objects.in_force().filter(layer__in=among(layers), during__endswith__gt=start)
    covers: dict[int, list[Cover]] = defaultdict(list)
    for pk, layer, person, during in rows.order_by("during").values_list("pk", "layer_id", "person_id", "during"):
        covers[layer].append(Cover(person, Span(during.lower, during.upper), pk))
    return covers


def _people_of(
    plans: dict[int, list[TimedPlan]], covers: dict[int, list[Cover]], marks: dict[int, Marks]
) -> dict[int, User]:
    ids = {person for timed in plans.values() for plan in timed for person in plan.plan.people}
    ids |= {cover.person for found in covers.values() for cover in found}
    ids |= {person for found in marks.values() for row in found.held for person in (row.person, row.successor)}
    return load_people(ids)


def load_people(ids: Iterable[int]) -> dict[int, User]:
    """People by id, with what a line about them says; one query."""
    return User.objects.only(*PERSON_FIELDS).in_bulk(list(ids))
