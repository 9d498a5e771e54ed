"""Overrides: somebody stands in for a time, takes the shift now, or is taken out again."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.errors import require
from accounts.models import User
from oncall.errors import Overlaps, Refused, WrongState
from oncall.models import Layer, Override
from oncall.rota import Span, find_uncovered
from oncall.schedule import LayerSchedule
from oncall.services import covering
from oncall.services.calendars import publish_rotation
from oncall.services.telling import say_place, tell_of_cover

MAY_NOT = "put somebody on call"


@transaction.atomic
def override_shift(
    layer: Layer,
    person: User,
    start: dt.datetime,
    end: dt.datetime,
    *,
    user: User,
    now: dt.datetime,
    reason: str = "",
) -> Override:
    """Put a person on call in a layer for a time, whoever the plan names. All of them are told.

    Raises NotAllowed, WrongState (the layer has ended), Overlaps (another override is in the way), or Refused.
    """
    require(user, "oncall.add_override", MAY_NOT)
    (layer,) = covering.lock_layers(layer)
    span = Span(start, end)
    covering.check_in_use(layer, now)
    covering.check_active(person)
    covering.check_span(span, now)
    covering.check_free(layer, span, user)
    schedule = covering.read_layer(layer, start, end)
    relieved = covering.find_others(schedule, span, person)
    if not relieved and _has_all_of(schedule, span):
        raise Overlaps(f"{person} is on call for all of that time already.")
    row = covering.write_override(layer, person, span, reason=reason, created_by=user, created_at=now)
    publish_rotation(layer.rotation, now)
    _tell_of_override(row, relieved, user, now)
    return row


@transaction.atomic
def take_shift_now(layer: Layer, *, user: User, now: dt.datetime, until: dt.datetime | None = None) -> Override:
    """Be on call from this moment on, until the shift that is on ends, or until `until`. Whoever is relieved is told.

    Raises NotAllowed, WrongState, Overlaps (another override begins before `until`), or Refused.
    """
    require(user, "oncall.add_override", "take a shift")
    (layer,) = covering.lock_layers(layer)
    covering.check_in_use(layer, now)
    covering.check_active(user)
    current = covering.read_layer(layer, now, now).on_call(now)
    if current is not None and current.person.pk == user.pk:
        raise WrongState("You are on call in this layer already.")
    end = until or (current.ends_at if current else None)
    if end is None:
        raise Refused("Nobody is on call at the moment: say until when you take it.")
    span = Span(now, end)
    covering.check_span(span, now)
    relieved = covering.find_others(covering.read_layer(layer, now, end), span, user)
    under_way = Span(now, min(end, current.ends_at)) if current else None
    if under_way is not None:
        covering.carve(layer, under_way, user=user, now=now)
    covering.check_free(layer, span, user)
    row = covering.write_override(layer, user, span, reason="Took the shift", created_by=user, created_at=now)
    publish_rotation(layer.rotation, now)
    _tell_of_override(row, relieved, user, now)
    return row


@transaction.atomic
def cancel_override(override: Override, *, user: User, now: dt.datetime) -> Override:
    """Take an override back; one that has begun ends now. It stays as a record, and what it replaced is in force again.

    Raises NotAllowed, or WrongState when it is over, was taken back before, or belongs to a swap.
    """
    require(user, "oncall.change_override", "take an override back")
    (layer,) = covering.lock_layers(override.layer)
    row = Override.objects.select_related("person", "swap").get(pk=override.pk)
    if row.swap is not None:
        raise WrongState("This belongs to a swap. Undo the swap instead, so that both sides of it go.")
    row.layer = layer
    span = covering.span_of(row)
    cut = covering.find_cut(layer, span, row.created_at)
    covering.take_back(row, user=user, now=now)
    covering.put_back(cut, now)
    publish_rotation(layer.rotation, now)
    _tell_of_cancelling(row, Span(max(span.start, now), span.end), user, now)
    row.refresh_from_db()
    return row


def _has_all_of(schedule: LayerSchedule, span: Span) -> bool:
    """Whether somebody is on call in every minute of that time."""
    return not find_uncovered([span], [shift.span for shift in schedule.shifts(*span)])


def _tell_of_override(row: Override, relieved: list[User], user: User, now: dt.datetime) -> None:
    """The one put in, and everybody taken out; not the one who did it."""
    place, times = say_place(row.layer), [(row.layer, covering.span_of(row))]
    why = f"Reason: {row.reason}" if row.reason else ""
    cause = f"override:{row.pk}"
    if row.person.pk != user.pk:
        subject, text = f"You are on call: {place}", f"{user} put you on call."
        tell_of_cover(row.person, cause=cause, subject=subject, text=text, times=times, now=now, more=why)
    for person in relieved:
        if person.pk != user.pk:
            subject = f"{row.person} stands in for you: {place}"
            text = f"{row.person} is on call instead of you. Arranged by {user}."
            tell_of_cover(person, cause=cause, subject=subject, text=text, times=times, now=now, more=why)


def _tell_of_cancelling(row: Override, span: Span, user: User, now: dt.datetime) -> None:
    """Whoever stood in, and whoever is on call again."""
    place, times = say_place(row.layer), [(row.layer, span)]
    back = covering.find_others(covering.read_layer(row.layer, *span), span, row.person, user)
    cause = f"override-cancelled:{row.pk}"
    if row.person.pk != user.pk:
        subject, text = f"No longer needed: {place}", f"{user} took back that you stand in. You are not on call for it."
        tell_of_cover(row.person, cause=cause, subject=subject, text=text, times=times, now=now)
    for person in back:
        subject, text = (
            f"You are on call again: {place}",
            f"{row.person} does not stand in any more: it is yours again.",
        )
        tell_of_cover(person, cause=cause, subject=subject, text=text, times=times, now=now)
