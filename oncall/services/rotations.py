"""Making, changing and ending rotations.

A plan is never changed: a new one takes over at a moment, and what was planned for later than that is dropped. Who changes a
rotation holds its row first, so two people who change at once go one after the other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.text import slugify

from accounts.errors import require
from accounts.models import Team, User, known_time_zones
from oncall.errors import BadPlan, StillNeeded, WrongState
from oncall.models import EscalationTarget, Layer, Override, Plan, PlanMember, PlanWindow, Rotation
from oncall.rota import LayerPlan, TimedPlan, Window, zone_named
from oncall.schedule import load_schedule
from oncall.services.calendars import publish_rotation, touch_shifts
from oncall.services.plans import (
    BUSINESS_HOURS,
    FARTHEST_START,
    NIGHTS,
    WEEKENDS,
    LayerSpec,
    PlanSpec,
    check_plan,
    settle_plan,
)

__all__ = [
    "BUSINESS_HOURS",
    "NIGHTS",
    "WEEKENDS",
    "LayerSpec",
    "PlanSpec",
    "add_layer",
    "change_layer",
    "change_plan",
    "change_rotation",
    "check_plan",
    "create_rotation",
    "describe_plan",
    "end_layer",
    "end_rotation",
    "first_start",
    "next_handover",
    "preview_plan",
]

GRACE = dt.timedelta(minutes=1)
LOOK_BACK = dt.timedelta(days=35)
RESERVED = frozenset({"new", "edit"})
MAY_NOT = "change rotations"

Hours = Sequence[tuple[list[int], dt.time, dt.time]]  # weekdays, from, to


@transaction.atomic
def create_rotation(
    team: Team,
    name: str,
    *,
    user: User,
    now: dt.datetime,
    layers: Sequence[LayerSpec],
    expects: str = Rotation.Expects.ALWAYS,
    check_hours: int = 24,
) -> Rotation:
    """A rotation with its layers. Raises NotAllowed, BadPlan, or ValidationError for a bad name."""
    require(user, "oncall.add_rotation", "set up rotations")
    if not layers:
        raise BadPlan("A rotation needs a layer: nobody would be on call.")
    team = Team.objects.select_for_update().get(pk=team.pk)  # so that a name is given once
    name = " ".join(name.split())
    _check_name(team, name)
    rotation = Rotation(team=team, name=name, slug=_free_slug(team, name), expects=expects, check_hours=check_hours)
    rotation.full_clean()
    rotation.save()
    for spec in layers:
        _make_layer(rotation, spec, user=user, now=now)
    publish_rotation(rotation, now)
    return rotation


@transaction.atomic
def change_rotation(
    rotation: Rotation, *, name: str, expects: str, check_hours: int, user: User, now: dt.datetime
) -> Rotation:
    """Change what is said of a rotation; its address stays. Raises NotAllowed, WrongState, BadPlan, ValidationError."""
    require(user, "oncall.change_rotation", MAY_NOT)
    rotation = lock_rotation(rotation, now)
    name = " ".join(name.split())
    _check_name(rotation.team, name, rotation)
    rotation.name, rotation.expects, rotation.check_hours = name, expects, check_hours
    rotation.full_clean()
    rotation.save()
    touch_shifts(rotation, now)
    return rotation


@transaction.atomic
def add_layer(rotation: Rotation, spec: LayerSpec, *, user: User, now: dt.datetime) -> Layer:
    """One more layer. Raises NotAllowed, WrongState, BadPlan, or ValidationError for a bad name."""
    require(user, "oncall.change_rotation", MAY_NOT)
    rotation = lock_rotation(rotation, now)
    layer = _make_layer(rotation, spec, user=user, now=now)
    publish_rotation(rotation, now)
    return layer


@transaction.atomic
def change_layer(layer: Layer, *, name: str, rank: int, user: User, now: dt.datetime) -> Layer:
    """Rename a layer or give it another rank. Raises NotAllowed, WrongState, or ValidationError for a bad name."""
    require(user, "oncall.change_rotation", MAY_NOT)
    layer = lock_layer(layer, now)
    layer.name, layer.rank = " ".join(name.split()), rank
    layer.full_clean()
    layer.save()
    touch_shifts(layer.rotation, now)
    return layer


@transaction.atomic
def change_plan(
    layer: Layer,
    spec: PlanSpec,
    *,
    user: User,
    now: dt.datetime,
    effective_from: dt.datetime | None = None,
    seen: int | None = None,
) -> Plan:
    """Let a new plan take over, at the next hand-over unless a moment is given. Plans meant for later are dropped.

    Whoever begins in the plan is on from that moment on. `seen` is the plan (its id) that the person looked at: when another
    was made since, WrongState is raised. Raises NotAllowed and BadPlan too.
    """
    require(user, "oncall.change_rotation", MAY_NOT)
    layer = lock_layer(layer, now)
    latest = layer.plans.order_by("-effective_from").values_list("pk", flat=True).first()
    if seen is not None and seen != latest:
        raise WrongState("Somebody changed this layer while you were at it. Look at what it is now, then change it.")
    starts = check_start(effective_from, now) if effective_from else next_handover(layer, now)
    settled = settle_plan(spec, starts)
    layer.plans.filter(effective_from__gte=starts).delete()
    plan = _write_plan(layer, settled, starts, user=user, now=now)
    publish_rotation(layer.rotation, now)
    return plan


@transaction.atomic
def end_layer(layer: Layer, *, user: User, now: dt.datetime) -> Layer:
    """Nobody is on call in this layer any more. Raises NotAllowed, WrongState, StillNeeded (a ladder calls it)."""
    require(user, "oncall.change_rotation", MAY_NOT)
    layer = lock_layer(layer, now)
    if layer.rotation.layers.filter(ended_at__isnull=True).count() == 1:
        raise WrongState("This is the only layer of the rotation. End the rotation instead.")
    _end_layers([layer], user, now)
    publish_rotation(layer.rotation, now)
    return layer


@transaction.atomic
def end_rotation(rotation: Rotation, *, user: User, now: dt.datetime) -> Rotation:
    """Nobody is on call here any more; what was stays. Raises NotAllowed, WrongState, StillNeeded (a ladder calls it)."""
    require(user, "oncall.change_rotation", MAY_NOT)
    rotation = lock_rotation(rotation, now)
    _end_layers(list(rotation.layers.filter(ended_at__isnull=True)), user, now)
    rotation.ended_at = now
    rotation.save(update_fields=["ended_at"])
    publish_rotation(rotation, now)
    return rotation


def preview_plan(layer: Layer | None, spec: PlanSpec, effective_from: dt.datetime) -> LayerPlan:
    """What would hold if the plan took over at that moment; saves nothing.

    Of a layer that is there already, with its plans of the five weeks before and its overrides. Raises BadPlan.
    """
    if layer is None:
        check_plan(spec)
        return LayerPlan((TimedPlan(effective_from, spec.turn_plan()),))
    new = TimedPlan(effective_from, settle_plan(spec, effective_from).turn_plan())
    held = _load_plan(layer, effective_from - LOOK_BACK, effective_from)
    before = tuple(plan for plan in held.plans if plan.effective_from < effective_from)
    return replace(held, plans=(*before, new))


def describe_plan(layer: Layer, at: dt.datetime) -> PlanSpec | None:
    """The plan that holds at that moment, else the first to come, as a form would say it; whoever is on then begins."""
    plans = layer.plans.prefetch_related("members", "windows")
    plan = plans.filter(effective_from__lte=at).order_by("-effective_from").first()
    plan = plan or plans.order_by("effective_from").first()
    if plan is None:
        return None
    turns = PlanSpec(
        people=tuple(member.person_id for member in plan.members.all()),
        time_zone=plan.time_zone,
        starts_on=plan.anchor_on,
        turn_length=plan.turn_length,
        turn_unit=plan.turn_unit,
        weekday=plan.anchor_on.weekday(),
        handover_at=plan.handover_at,
        windows=tuple(Window(frozenset(row.weekdays), row.starts_at, row.ends_at) for row in plan.windows.all()),
    )
    turn_plan = turns.turn_plan()
    return replace(turns, first=turn_plan.person_of(turn_plan.number_at(max(at, plan.effective_from))))


def first_start(spec: PlanSpec, now: dt.datetime) -> dt.datetime:
    """When a new layer begins: at its first hand-over, or now when its turns are counted from the past."""
    return max(spec.turn_plan().starts(0), full_minute(now))


def next_handover(layer: Layer, now: dt.datetime) -> dt.datetime:
    """When the turn ends that is on in the layer; the first hand-over to come when it has not begun yet."""
    plans = _load_plan(layer, now, now).plans
    if not plans:
        return full_minute(now)
    if plans[0].effective_from > now:
        return plans[0].effective_from
    turns = plans[0].plan
    ends = turns.starts(turns.number_at(now) + 1)
    return min([ends, *(plan.effective_from for plan in plans[1:])])


def check_start(starts: dt.datetime, now: dt.datetime) -> dt.datetime:
    """The moment as it may be: `now`, in full minutes, when it lies less than a minute back.

    Raises BadPlan for one that is over, or years away.
    """
    if starts < full_minute(now) - GRACE:
        raise BadPlan("A plan can't take over in the past: what was, stays. Choose a moment from now on.")
    if starts - now > FARTHEST_START:
        raise BadPlan("A plan may take over in two years at most.")
    return max(starts, full_minute(now))


def lock_rotation(rotation: Rotation, now: dt.datetime) -> Rotation:
    """The rotation, held until the transaction ends. Raises WrongState when it was ended."""
    held = Rotation.objects.select_for_update(of=("self",)).select_related("team").get(pk=rotation.pk)
    if held.ended_at is not None and held.ended_at <= now:
        raise WrongState("This rotation was ended. Make a new one.")
    return held


def lock_layer(layer: Layer, now: dt.datetime) -> Layer:
    """The layer as it is now, its rotation held. Raises WrongState when either was ended."""
    rotation = lock_rotation(layer.rotation, now)
    held = Layer.objects.get(pk=layer.pk)
    held.rotation = rotation
    if held.ended_at is not None and held.ended_at <= now:
        raise WrongState("This layer was ended. Add a new one.")
    return held


def _make_layer(rotation: Rotation, spec: LayerSpec, *, user: User, now: dt.datetime) -> Layer:
    layer = Layer(rotation=rotation, name=" ".join(spec.name.split()), rank=spec.rank)
    layer.full_clean()
    check_plan(spec.plan, today=_day_of(spec.plan, now))
    layer.save()
    _write_plan(layer, spec.plan, first_start(spec.plan, now), user=user, now=now)
    return layer


def _write_plan(layer: Layer, spec: PlanSpec, starts: dt.datetime, *, user: User, now: dt.datetime) -> Plan:
    plan = Plan.objects.create(
        layer=layer,
        effective_from=starts,
        turn_length=spec.turn_length,
        turn_unit=spec.turn_unit,
        anchor_on=spec.anchor.date(),
        handover_at=spec.handover_at,
        time_zone=spec.time_zone,
        created_by=user,
        created_at=now,
    )
    _fill_plan(plan, spec.order, [(sorted(one.weekdays), one.starts, one.ends) for one in spec.windows])
    return plan


def copy_plan(
    plan: Plan, people: Sequence[int], windows: Hours, *, starts: dt.datetime, user: User, now: dt.datetime
) -> Plan:
    """The same turns with these people and hours, from that moment on."""
    copied = Plan.objects.create(
        layer_id=plan.layer_id,
        effective_from=starts,
        turn_length=plan.turn_length,
        turn_unit=plan.turn_unit,
        anchor_on=plan.anchor_on,
        handover_at=plan.handover_at,
        time_zone=plan.time_zone,
        created_by=user,
        created_at=now,
    )
    _fill_plan(copied, people, windows)
    return copied


def _fill_plan(plan: Plan, people: Sequence[int], windows: Hours) -> None:
    PlanMember.objects.bulk_create(
        PlanMember(plan=plan, person_id=person, position=position) for position, person in enumerate(people)
    )
    PlanWindow.objects.bulk_create(
        PlanWindow(plan=plan, weekdays=weekdays, starts_at=starts, ends_at=ends) for weekdays, starts, ends in windows
    )


def _end_layers(layers: list[Layer], user: User, now: dt.datetime) -> None:
    """End them, and take back what was arranged for later."""
    targets = EscalationTarget.objects.filter(layer__in=layers).select_related("level__path", "layer")
    places = [f"{target.level.path}, {target.level}: calls “{target.layer}”" for target in targets]
    if places:
        raise StillNeeded("An escalation path calls this. Change the path first.", places)
    coming = Override.objects.in_force().filter(layer__in=layers, during__endswith__gt=now)
    coming.filter(during__startswith__gte=now).update(cancelled_at=now, cancelled_by=user)
    for layer in layers:
        layer.plans.filter(effective_from__gt=now).delete()
        layer.ended_at = now
        layer.save(update_fields=["ended_at"])


def _load_plan(layer: Layer, start: dt.datetime, end: dt.datetime) -> LayerPlan:
    schedules = load_schedule(layer.rotation, start, end).layers
    return next((schedule.plan for schedule in schedules if schedule.layer.pk == layer.pk), LayerPlan(()))


def _check_name(team: Team, name: str, own: Rotation | None = None) -> None:
    others = team.rotations.in_use().filter(name__iexact=name)
    if own is not None:
        others = others.exclude(pk=own.pk)
    if others.exists():
        raise BadPlan(f"{team} already has a rotation of this name.")


def _free_slug(team: Team, name: str) -> str:
    """The address of a new rotation: it stays when the name changes, and when the rotation was ended."""
    stem = slugify(name)[:70].strip("-") or "rotation"
    taken = set(team.rotations.filter(slug__startswith=stem).values_list("slug", flat=True)) | RESERVED
    return next(slug for n in range(1, len(taken) + 2) if (slug := f"{stem}-{n}" if n > 1 else stem) not in taken)


def _day_of(spec: PlanSpec, moment: dt.datetime) -> dt.date:
    """The day there; the day in UTC for a zone that does not exist, which is refused with all else."""
    zone = zone_named(spec.time_zone) if spec.time_zone in known_time_zones() else dt.UTC
    return moment.astimezone(zone).date()


def full_minute(moment: dt.datetime) -> dt.datetime:
    return moment.replace(second=0, microsecond=0)
