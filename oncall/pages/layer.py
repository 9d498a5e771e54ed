"""The page on which a layer's plan is changed: what holds now, and what is planned already."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from oncall.models import Layer, Rotation
from oncall.schedule import Shift, load_schedule
from oncall.services.plans import PlanSpec
from oncall.services.rotations import describe_plan, next_handover


@dataclass(frozen=True, slots=True)
class LayerPage:
    """What the page says beside its form. `plan` is the one that holds at the next hand-over, `latest` the last one's id."""

    layer: Layer
    on_call: Shift | None
    handover: dt.datetime
    plan: PlanSpec | None
    planned: list[dt.datetime]
    latest: int
    can_end: bool


def describe_layer(layer: Layer, now: dt.datetime) -> LayerPage:
    """The layer at that moment; `planned` are the moments at which plans take over that were made before."""
    handover = next_handover(layer, now)
    plans = list(layer.plans.order_by("effective_from").values_list("pk", "effective_from"))
    return LayerPage(
        layer,
        _on_call(layer, now),
        handover,
        describe_plan(layer, handover),
        [starts for _, starts in plans if starts > now],
        plans[-1][0] if plans else 0,
        can_end=len(list_layers(layer.rotation)) > 1,
    )


def list_layers(rotation: Rotation) -> list[Layer]:
    """The rotation's layers in use, the first to be called in front."""
    return list(rotation.layers.filter(ended_at__isnull=True).order_by("rank", "pk"))


def _on_call(layer: Layer, now: dt.datetime) -> Shift | None:
    schedules = load_schedule(layer.rotation, now, now).layers
    return next((found.on_call(now) for found in schedules if found.layer.pk == layer.pk), None)
