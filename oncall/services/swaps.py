"""Swaps: somebody asks a colleague to take a shift, perhaps for one of theirs; the colleague says yes or no.

Nothing changes before the yes. Then overrides are written for both directions at once, after a look at the schedule as it is at
that moment. Either of the two may undo what still lies ahead.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.errors import require
from accounts.models import User
from oncall.errors import NotYours, Refused, WrongState
from oncall.models import Layer, Override, Swap
from oncall.rota import Span, clip, find_uncovered
from oncall.services import covering
from oncall.services.calendars import publish_rotation
from oncall.services.spans import say_span
from oncall.services.telling import say_place, tell_of_cover

Part = tuple[Layer, Span]


@transaction.atomic
def ask_swap(
    layer: Layer,
    start: dt.datetime,
    end: dt.datetime,
    colleague: User,
    *,
    user: User,
    now: dt.datetime,
    in_return: Part | None = None,
    message: str = "",
) -> Swap:
    """Ask a colleague to take the user's shift, or a part of it; `in_return` is the colleague's time the user takes for it.

    Raises NotAllowed, NotYours (the shift is somebody else's), WrongState (asked before, the layer has ended), or Refused.
    """
    require(user, "oncall.add_swap", "ask for a swap")
    layers = covering.lock_layers(layer, *([in_return[0]] if in_return else []))
    if colleague.pk == user.pk:
        raise Refused("You can’t swap with yourself.")
    covering.check_active(colleague)
    given = (layers[0], Span(start, end))
    taken = (layers[1], in_return[1]) if in_return else None
    _check_part(given, user, user, now)
    if taken is not None:
        _check_part(taken, colleague, user, now)
    _check_not_asked(given, user, colleague, now)
    swap = Swap.objects.create(
        asker=user,
        colleague=colleague,
        layer=given[0],
        during=covering.to_range(given[1]),
        return_layer=taken[0] if taken else None,
        return_during=covering.to_range(taken[1]) if taken else None,
        message=message,
        asked_at=now,
    )
    _tell_of_question(swap, now)
    return swap


@transaction.atomic
def answer_swap(swap: Swap, accept: bool, *, user: User, now: dt.datetime) -> Swap:
    """The colleague's yes or no. A yes puts each in the other's place; both shifts must still be as they were asked for.

    Raises NotYours (only the colleague answers) and WrongState (answered before, has begun, the schedule is another).
    """
    swap = _lock(swap)
    if swap.colleague_id != user.pk:
        raise NotYours(f"Only {swap.colleague} can answer this.")
    _check_open(swap)
    if not accept:
        _settle(swap, Swap.Status.DECLINED, now)
        text = f"{user} can’t take your shift. It stays yours."
        _tell_asker(swap, "declined", f"{user} said no: {say_place(swap.layer)}", text, now)
        return swap
    parts = [(layer, span, *_sides(swap, number)) for number, (layer, span) in enumerate(covering.spans_of_swap(swap))]
    agreed = [
        (layer, span, giver, taker, _own_now(layer, span, giver, user, now)) for layer, span, giver, taker in parts
    ]
    _settle(swap, Swap.Status.AGREED, now)
    for layer, span, _, taker, pieces in agreed:
        covering.carve(layer, span, user=user, now=now)
        for piece in pieces:
            covering.write_override(
                layer,
                taker,
                piece,
                reason=f"Swap with {_other(swap, taker)}",
                swap=swap,
                created_by=user,
                created_at=now,
            )
    _publish(swap, now)
    text = f"{user} takes your shift." + (" In return you take theirs." if swap.return_layer else "")
    _tell_asker(swap, "agreed", f"{user} said yes: {say_place(swap.layer)}", text, now)
    return swap


@transaction.atomic
def withdraw_swap(swap: Swap, *, user: User, now: dt.datetime) -> Swap:
    """The asker takes the question back, before it is answered. Raises NotYours and WrongState."""
    swap = _lock(swap)
    if swap.asker_id != user.pk:
        raise NotYours(f"Only {swap.asker} can withdraw this.")
    _check_open(swap)
    _settle(swap, Swap.Status.WITHDRAWN, now)
    tell_of_cover(
        swap.colleague,
        cause=f"swap-withdrawn:{swap.pk}",
        subject=f"No answer needed: {say_place(swap.layer)}",
        text=f"{user} withdrew the question about a swap.",
        times=covering.spans_of_swap(swap),
        now=now,
        url=swap.get_absolute_url(),
        action="See the swap",
    )
    return swap


@transaction.atomic
def undo_swap(swap: Swap, *, user: User, now: dt.datetime) -> Swap:
    """Put everybody back where they were before the swap, from now on; what has been served stays.

    Either of the two may, and whoever may change rotations. Raises NotYours, and WrongState when it was never agreed, when
    nothing of it lies ahead, or when somebody else stands in for a part of it since.
    """
    swap = _lock(swap)
    if user.pk not in (swap.asker_id, swap.colleague_id) and not user.has_perm("oncall.change_rotation"):
        raise NotYours(f"Only {swap.asker} or {swap.colleague} can undo this.")
    if swap.status != Swap.Status.AGREED or swap.answered_at is None:
        raise WrongState(f"This swap is {swap.get_status_display().lower()}: there is nothing to undo.")
    rows = _find_ahead(swap, now)
    times = [(row.layer, Span(max(row.during.lower, now), row.during.upper)) for row in rows]
    cut = [found for row in rows for found in covering.find_cut(row.layer, covering.span_of(row), swap.answered_at)]
    _settle(swap, Swap.Status.UNDONE, swap.answered_at)
    for row in rows:
        covering.take_back(row, user=user, now=now)
    covering.put_back(cut, now)
    _publish(swap, now)
    for person in (swap.asker, swap.colleague):
        if person.pk != user.pk:
            tell_of_cover(
                person,
                cause=f"swap-undone:{swap.pk}",
                subject=f"Swap undone: {say_place(swap.layer)}",
                text=f"{user} undid the swap. From now on everybody has their own shifts again.",
                times=times,
                now=now,
                url=swap.get_absolute_url(),
                action="See the swap",
            )
    return swap


def _lock(swap: Swap) -> Swap:
    """The swap as it is now, with its rotations and itself held; the rotations first, as everywhere."""
    known = Swap.objects.select_related("layer", "return_layer").get(pk=swap.pk)
    layers = covering.lock_layers(known.layer, *([known.return_layer] if known.return_layer else []))
    held = Swap.objects.select_for_update(of=("self",)).select_related("asker", "colleague").get(pk=swap.pk)
    held.layer = layers[0]
    if known.return_layer is not None:
        held.return_layer = layers[1]
    return held


def _check_open(swap: Swap) -> None:
    if swap.status != Swap.Status.ASKED:
        raise WrongState(f"This swap is {swap.get_status_display().lower()} already.")


def _check_part(part: Part, person: User, reader: User, now: dt.datetime) -> None:
    layer, span = part
    covering.check_in_use(layer, now)
    covering.check_span(span, now)
    if span.start == now:
        raise Refused("That shift has begun. Whoever stands in can take it now, from the rotation’s page.")
    covering.own_spans(covering.read_layer(layer, *span), person, span, reader)


def _check_not_asked(part: Part, user: User, colleague: User, now: dt.datetime) -> None:
    same = Swap.objects.filter(asker=user, colleague=colleague, layer=part[0], status=Swap.Status.ASKED)
    if same.filter(during__overlap=covering.to_range(part[1])).exists():
        raise WrongState(f"You have asked {colleague} about that time already. Wait for the answer, or withdraw it.")


def _sides(swap: Swap, number: int) -> tuple[User, User]:
    """Who gives and who takes: the first part is the asker's, the second the colleague's."""
    return (swap.asker, swap.colleague) if number == 0 else (swap.colleague, swap.asker)


def _other(swap: Swap, person: User) -> User:
    return swap.asker if person.pk == swap.colleague_id else swap.colleague


def _own_now(layer: Layer, span: Span, giver: User, reader: User, now: dt.datetime) -> list[Span]:
    """The giver's time, looked at again. Raises WrongState when it can't change hands any more."""
    covering.check_in_use(layer, now)
    if span.start <= now:
        raise WrongState(
            f"That shift has begun: {say_span(span, reader.time_zone)}. Take it now instead, if it is needed."
        )
    if not giver.is_active:
        raise WrongState(f"{giver} is not active any more.")
    try:
        return covering.own_spans(covering.read_layer(layer, *span), giver, span, reader)
    except NotYours as changed:
        raise WrongState(f"The shifts have changed since this was asked. {changed} Ask again.") from changed


def _settle(swap: Swap, status: Swap.Status, now: dt.datetime) -> None:
    swap.status, swap.answered_at = status, now
    swap.save(update_fields=["status", "answered_at"])


def _find_ahead(swap: Swap, now: dt.datetime) -> list[Override]:
    """The swap's overrides with a part that lies ahead. Raises WrongState when there is none, or part of it was taken over."""
    rows = list(Override.objects.filter(swap=swap, during__endswith__gt=now).order_by("during"))
    layers = {layer.pk: layer for layer, _ in covering.spans_of_swap(swap)}
    in_force = [row for row in rows if row.cancelled_at is None]
    if not in_force:
        raise WrongState("Nothing of this swap lies ahead: there is nothing to undo.")
    for pk in layers:
        meant = [
            part for row in rows if row.layer_id == pk if (part := clip(covering.span_of(row), now, row.during.upper))
        ]
        held = [covering.span_of(row) for row in in_force if row.layer_id == pk]
        if find_uncovered(meant, held):
            raise WrongState("Somebody else stands in for a part of it since. Take that back first.")
    for row in in_force:
        row.layer = layers[row.layer_id]
    return in_force


def _publish(swap: Swap, now: dt.datetime) -> None:
    for rotation in {layer.rotation for layer, _ in covering.spans_of_swap(swap)}:
        publish_rotation(rotation, now)


def _tell_of_question(swap: Swap, now: dt.datetime) -> None:
    text = f"{swap.asker} asks whether you take a shift."
    if swap.return_layer is not None:
        text = f"{swap.asker} asks whether you take the first of these shifts and give the second one for it."
    tell_of_cover(
        swap.colleague,
        cause=f"swap-asked:{swap.pk}",
        subject=f"{swap.asker} asks for a swap: {say_place(swap.layer)}",
        text=text,
        times=covering.spans_of_swap(swap),
        now=now,
        more=f"{swap.asker} says: {swap.message}" if swap.message else "",
        url=swap.get_absolute_url(),
        action="Answer the swap",
    )


def _tell_asker(swap: Swap, what: str, subject: str, text: str, now: dt.datetime) -> None:
    tell_of_cover(
        swap.asker,
        cause=f"swap-{what}:{swap.pk}",
        subject=subject,
        text=text,
        times=covering.spans_of_swap(swap),
        now=now,
        url=swap.get_absolute_url(),
        action="See the swap",
    )
