"""What every change of covers does: hold the rotations, look at the schedule, and write overrides that never overlap.

An override that has begun is history: it is shortened, never taken away. What is cut out of an override stays as a row that was
taken back at that moment, so that it can be told later who was to be on call, and be put back when the change is undone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, models, transaction
from psycopg.types.range import Range

from accounts.models import User
from oncall.errors import NotYours, Overlaps, Refused, WrongState
from oncall.models import Layer, Override, Rotation, Swap
from oncall.rota import Span, clip, find_uncovered, merge
from oncall.schedule import LayerSchedule, load_schedule
from oncall.services.spans import say_span

LONGEST = dt.timedelta(days=92)
FARTHEST = dt.timedelta(days=400)


def lock_layers(*layers: Layer) -> list[Layer]:
    """The layers as they are now, with their rotations held until the transaction ends; always in the same order."""
    ids = {layer.pk for layer in layers}
    wanted = Rotation.objects.filter(layers__in=ids).values("pk")
    list(Rotation.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
    fresh = Layer.objects.select_related("rotation__team").in_bulk(ids)
    return [fresh[layer.pk] for layer in layers]


def check_in_use(layer: Layer, now: dt.datetime) -> None:
    """Raise WrongState when the layer or its rotation has ended."""
    for ended, name in ((layer.rotation.ended_at, layer.rotation), (layer.ended_at, layer)):
        if ended is not None and ended <= now:
            raise WrongState(f"{name} has ended: nobody is on call in it any more.")


def check_active(person: User) -> None:
    """Raise Refused when the person has left."""
    if not person.is_active:
        raise Refused(f"{person} is not active any more and can’t be on call.")


def check_span(span: Span, now: dt.datetime) -> None:
    """Raise Refused unless the time lies ahead, ends after it starts, and is neither too long nor too far away."""
    if span.end <= span.start:
        raise Refused("The end must come after the start.")
    if span.start < now:
        raise Refused("The start lies in the past. What has been stays as it was.")
    if span.length > LONGEST:
        raise Refused(f"That is longer than {LONGEST.days} days. Change the rotation instead.")
    if span.start - now > FARTHEST:
        raise Refused(f"That starts more than {FARTHEST.days} days from now.")


def read_layer(layer: Layer, start: dt.datetime, end: dt.datetime) -> LayerSchedule:
    """The layer's schedule for that time, as it is at this moment."""
    found = load_schedule(layer.rotation, start, end).layers
    for schedule in found:
        if schedule.layer.pk == layer.pk:
            return schedule
    raise WrongState(f"{layer} has ended: nobody is on call in it any more.")


def find_others(schedule: LayerSchedule, span: Span, *but: User) -> list[User]:
    """Who else is on call in the layer in that time, each once, in order."""
    known = {person.pk for person in but}
    found = [shift.person for shift in schedule.shifts(*span) if shift.person.pk not in known]
    return list({person.pk: person for person in found}.values())


def own_spans(schedule: LayerSchedule, person: User, span: Span, reader: User) -> list[Span]:
    """The parts of that time in which the person is on call. Raises NotYours when it is anybody else, or nobody."""
    shifts = schedule.shifts(*span)
    zone = reader.time_zone
    for shift in shifts:
        if shift.person.pk != person.pk:
            raise NotYours(f"{shift.person} is on call then: {say_span(shift.span, zone)}.")
    parts = merge(cut for shift in shifts if (cut := clip(shift.span, *span)))
    if not parts or parts[0].start != span.start or parts[-1].end != span.end:
        raise NotYours(f"{person} is not on call for all of that time: {say_span(span, zone)}.")
    return parts


def overlapping(layer: Layer, span: Span) -> models.QuerySet[Override]:
    """Overrides in force that touch that time, in order."""
    rows = Override.objects.in_force().filter(layer=layer, during__overlap=to_range(span))
    return rows.select_related("person", "layer__rotation__team").order_by("during")


def check_free(layer: Layer, span: Span, reader: User) -> None:
    """Raise Overlaps when an override is in the way; says whose and when."""
    other = overlapping(layer, span).first()
    if other is not None:
        raise Overlaps(
            f"{other.person} already stands in: {say_span(span_of(other), reader.time_zone)}. Take that back first."
        )


def write_override(layer: Layer, person: User, span: Span, **fields: Any) -> Override:
    """One row in force. Raises Overlaps when the database knows of one that this does not."""
    row = Override(layer=layer, person=person, during=to_range(span), **fields)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "override_one_at_a_time" not in str(error):
            raise
        raise Overlaps("Another override of this layer covers part of that time. Take it back first.") from error
    return row


def carve(layer: Layer, span: Span, *, user: User, now: dt.datetime) -> list[Override]:
    """Take that time out of the overrides in force; what is left of each stays in force. The overrides that were cut."""
    cut = list(overlapping(layer, span))
    for row in cut:
        whole = span_of(row)
        left = find_uncovered([whole], [span])
        _shrink(row, left[:1], user, now)
        for part in left[1:]:
            write_override(layer, row.person, part, **_origin(row))
    return cut


def take_back(row: Override, *, user: User, now: dt.datetime) -> None:
    """End an override in force: one that has begun is cut off now, one that lies ahead is taken back whole.

    Raises WrongState when all of it has been.
    """
    whole = span_of(row)
    if row.cancelled_at is not None:
        raise WrongState("That was taken back before.")
    if whole.end <= now:
        raise WrongState("That is over. What has been stays as it was.")
    served = clip(whole, whole.start, now)
    _shrink(row, [served] if served else [], user, now)


def find_cut(layer: Layer, span: Span, at: dt.datetime) -> list[tuple[Override, Span]]:
    """The overrides that a change at that moment cut out of that time, each with the time it lost."""
    rows = Override.objects.filter(layer=layer, cancelled_at=at, during__overlap=to_range(span))
    found = []
    for row in rows.select_related("person").order_by("during"):
        part = clip(span_of(row), *span)
        if part is not None and row.person.is_active:
            found.append((row, part))
    return found


def put_back(cut: list[tuple[Override, Span]], now: dt.datetime) -> None:
    """Bring back, from now on, what `find_cut` found; call it once the change is taken back."""
    for row, lost in cut:
        part = clip(lost, now, lost.end)
        if part is not None:
            write_override(row.layer, row.person, part, **_origin(row))


def _shrink(row: Override, left: list[Span], user: User, now: dt.datetime) -> None:
    """Keep `left` (one span or none) in force; what goes stays as rows that were taken back."""
    whole = span_of(row)
    if not left:
        Override.objects.filter(pk=row.pk).update(cancelled_at=now, cancelled_by=user)
        return
    Override.objects.filter(pk=row.pk).update(during=to_range(left[0]))
    for part in find_uncovered([whole], left):
        Override.objects.create(
            layer=row.layer,
            person=row.person,
            during=to_range(part),
            cancelled_at=now,
            cancelled_by=user,
            **_origin(row),
        )


def _origin(row: Override) -> dict[str, Any]:
    return {
        "reason": row.reason,
        "swap_id": row.swap_id,
        "created_by_id": row.created_by_id,
        "created_at": row.created_at,
    }


def span_of(row: Override) -> Span:
    """When the override holds."""
    return Span(row.during.lower, row.during.upper)


def spans_of_swap(swap: Swap) -> list[tuple[Layer, Span]]:
    """The times that change hands: the asker's, then the colleague's when one is given for it."""
    found = [(swap.layer, Span(swap.during.lower, swap.during.upper))]
    if swap.return_layer is not None and swap.return_during is not None:
        found.append((swap.return_layer, Span(swap.return_during.lower, swap.return_during.upper)))
    return found


def to_range(span: Iterable[dt.datetime]) -> Range[dt.datetime]:
    """As PostgreSQL keeps it: from the start until just before the end."""
    start, end = span
    return Range(start, end)
