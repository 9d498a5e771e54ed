"""What is kept beside the plans of rotations: gaps that are meant, and shifts that are held. One query for both."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q, QuerySet, SmallIntegerField, TextField, Value
from django.db.models.functions import Cast, JSONObject

from oncall.models import HeldShift, PlannedGap
from oncall.rota import Span
from oncall.rota.layers import FOREVER
from oncall.schedule.among import among
from oncall.schedule.held import HeldRow

HELD = 0  # stands where a gap has its rank, which begins at 1


@dataclass(slots=True)
class Marks:
    """Of one rotation: planned gaps by rank, each with its reason, and held shifts; all by start."""

    gaps: dict[int, list[tuple[Span, str]]] = field(default_factory=lambda: defaultdict(list))
    held: list[HeldRow] = field(default_factory=list)


def load_marks(rotations: Iterable[int], start: dt.datetime, end: dt.datetime) -> dict[int, Marks]:
    """What touches that time, by the rotation's id. A held shift that was released before it began held nobody."""
    ids = list(rotations)
    marks: dict[int, Marks] = defaultdict(Marks)
    rows = _find_gaps(ids, start, end).union(_find_held(ids, start, end), all=True)
    for rotation, rank, begins, ends, text in sorted(rows, key=lambda row: row[:3]):
        span = Span(begins, ends or FOREVER)
        if rank != HELD:
            marks[rotation].gaps[rank].append((span, text))
        elif span.start < span.end:
            marks[rotation].held.append(HeldRow(span=span, **json.loads(text)))
    return marks


def _find_gaps(rotations: list[int], start: dt.datetime, end: dt.datetime) -> QuerySet[PlannedGap, Any]:
    rows = PlannedGap.objects.filter(rotation__in=among(rotations), during__overlap=(start, end)).order_by()
    rows = rows.annotate(begins=F("during__startswith"), ends=F("during__endswith"))
    return rows.values_list("rotation_id", "rank", "begins", "ends", "reason")


def _find_held(rotations: list[int], start: dt.datetime, end: dt.datetime) -> QuerySet[HeldShift, Any]:
    lasting = Q(released_at__isnull=True) | Q(released_at__gt=start)
    rows = HeldShift.objects.filter(lasting, rotation__in=among(rotations), held_from__lte=end).order_by()
    rows = rows.annotate(
        rank=Value(HELD, output_field=SmallIntegerField()),
        about=Cast(JSONObject(person="person_id", successor="successor_id", url="url"), TextField()),
    )
    return rows.values_list("rotation_id", "rank", "held_from", "released_at", "about")
