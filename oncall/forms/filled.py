"""Forms of rotations as they open: what most teams want, or what holds, written as a browser would send it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.http import QueryDict

from accounts.models import Team
from oncall.forms.hours import write_windows
from oncall.forms.people import write_people
from oncall.models import Layer, Plan, Rotation
from oncall.services.plans import PlanSpec

BEHIND = {2: "Backup", 3: "Third line", 4: "Fourth line"}


def fill_rotation(team: Team, people: Sequence[int]) -> QueryDict:
    """Everybody by turns of a week from Monday 09:00, and a backup of the same people one turn on."""
    data = write_plan(PlanSpec(tuple(people), team.time_zone, dt.date.min, turn_unit=Plan.Unit.WEEKS))
    _put(data, write_people("backup_people", people))
    _put(data, {"name": [_free_name(team)], "expects": [Rotation.Expects.ALWAYS], "starts": ["next"]})
    _put(data, {"backup": ["shifted" if len(people) > 1 else "none"]})
    return data


def fill_layer(layers: Sequence[Layer], spec: PlanSpec) -> QueryDict:
    """The next line behind the first layer, whose plan is `spec`: its turns, as many people further on as there are layers."""
    if len(layers) > 1:
        spec = replace(spec, windows=())  # the first layer may be one of several that share the day
    ranks, names = {layer.rank for layer in layers}, {layer.name.lower() for layer in layers}
    rank = next((rank for rank in BEHIND if rank not in ranks), 1)
    name = BEHIND.get(rank, "Layer")
    step = len(layers) % len(spec.order) if spec.order else 0
    data = write_plan(replace(spec, people=spec.order[step:] + spec.order[:step], first=None))
    name = name if name.lower() not in names else f"Layer {len(layers) + 1}"
    _put(data, {"name": [name], "rank": [str(rank)], "starts": ["next"]})
    return data


def fill_change(spec: PlanSpec | None, zone: str, latest: int) -> QueryDict:
    """The plan that holds; whoever would be next stands first. `latest` is the plan that the person looks at."""
    data = write_plan(spec or PlanSpec((), zone, dt.date.min))
    _put(data, {"when": ["handover"], "seen": [str(latest)]})
    return data


def write_plan(spec: PlanSpec) -> QueryDict:
    """A plan as a browser would send it, beginning with whoever begins."""
    data = QueryDict(mutable=True)
    _put(
        data,
        {
            "turn_length": [str(spec.turn_length)],
            "turn_unit": [spec.turn_unit],
            "weekday": [str(spec.weekday)],
            "handover_at": [f"{spec.handover_at:%H:%M}"],
            "time_zone": [spec.time_zone],
        },
    )
    _put(data, write_people("people", spec.order) | write_windows(spec.windows))
    return data


def _put(data: QueryDict, values: dict[str, list[str]]) -> None:
    for name, sent in values.items():
        data.setlist(name, [str(value) for value in sent])


def _free_name(team: Team) -> str:
    """“On call”, with a number when the team has that already."""
    taken = {name.lower() for name in team.rotations.in_use().values_list("name", flat=True)}
    names = ("On call", *(f"On call {number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name.lower() not in taken)
