"""The schedule of the incoming shift, looked up once for all sections that tell of it, and kept while it is sure to be true.

What is kept holds for one number of `OncallChange`, which each change of a shift, an override, an absence or a path counts
up. What is not counted, as the name of a person, is a minute late at most.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from handoffs.sections.base import Scope
from oncall.models import EscalationLevel, OncallChange, Override, Rotation
from oncall.schedule import RotationSchedule, load_schedules
from oncall.schedule.clashes import Clash, find_clashes

MOST_KEPT = 200
MINUTE = dt.timedelta(minutes=1)
LEVEL_FIELDS = (
    "path_id",
    "path__name",
    "path__slug",
    "position",
    "label",
    "response_minutes",
    "targets__layer_id",
    "targets__layer__name",
    "targets__layer__rank",
    "targets__layer__rotation_id",
    "targets__contact__name",
    "targets__contact__left_at",
    "targets__contact__user__is_active",
    "targets__channel__channel",
)
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A level of a path and one of its targets; all of a target is None where the level has none."""

    path: int
    path_name: str
    path_slug: str
    position: int
    label: str
    minutes: int
    layer: int | None
    layer_name: str | None
    rank: int | None
    rotation: int | None
    contact: str | None
    left_at: dt.datetime | None
    is_active: bool | None
    channel: str | None


@dataclass(frozen=True, slots=True)
class Coming:
    """`own` is the rotation that is handed over; `schedules` are all that its team's paths call, by rotation."""

    own: RotationSchedule
    schedules: dict[int, RotationSchedule]
    targets: Sequence[TargetRow]
    overrides: Sequence[Override]  # of the rotation, that touch the incoming shift
    clashes: Sequence[Clash]


_kept: dict[Key, tuple[dt.datetime, Coming]] = {}


def load_coming(scope: Scope) -> Coming:
    """The incoming shift. One query while nothing of on-call has changed, else about a dozen, however much is planned."""
    paths = sorted({service.escalation_path_id for service in scope.services if service.escalation_path_id is not None})
    number = OncallChange.objects.values_list("number", flat=True).first()
    key = (number, scope.rotation.pk, *paths, scope.changes_at, scope.next_ends_at)
    until, coming = _kept.get(key, (scope.now, None))
    if coming is None or not until - MINUTE <= scope.now < until:
        coming = _load(scope, paths)
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = (scope.now + MINUTE, coming)
    return coming


def _load(scope: Scope, paths: Sequence[int]) -> Coming:
    start, end = scope.changes_at, scope.next_ends_at
    rows = EscalationLevel.objects.filter(path__in=paths).order_by("path__name", "path", "position", "targets__pk")
    targets = [TargetRow(*row) for row in rows.values_list(*LEVEL_FIELDS)]
    wanted = {scope.rotation.pk, *(row.rotation for row in targets if row.rotation is not None)}
    loaded = load_schedules(Rotation.objects.filter(pk__in=wanted), start, end)
    schedules = {schedule.rotation.pk: schedule for schedule in loaded}
    own = schedules[scope.rotation.pk]
    covers = Override.objects.in_force().filter(layer__rotation=scope.rotation.pk, during__overlap=(start, end))
    return Coming(
        own=own,
        schedules=schedules,
        targets=targets,
        overrides=list(covers.select_related("person", "layer").order_by("during", "pk")),
        clashes=find_clashes([own], start, end),
    )
