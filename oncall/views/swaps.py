"""Swaps: ask a colleague, answer, withdraw, undo."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.http import Request
from accounts.models import User
from oncall.forms.covers import SwapForm
from oncall.models import Rotation, Swap
from oncall.pages.covers import find_near, find_swappable
from oncall.pages.swaps import describe_swap
from oncall.services.covers import answer_swap, ask_swap, undo_swap, withdraw_swap
from oncall.views.covers import answer, ask_permission, read_wishes, try_to
from oncall.views.rotations import get_rotation


def ask(request: Request, team: str, rotation: str) -> HttpResponse:
    """Ask for a swap. `?layer=&start=&end=` chooses the shift, or the run of shifts, with those ends."""
    found = get_rotation(request.user, team, rotation)
    ask_permission(request.user, "oncall.add_swap", "ask for a swap")
    now = timezone.now()
    form = _make_form(request, found, now)
    if request.method == "POST" and form.is_valid():
        swap = try_to(form, lambda: _ask(form, request.user, now))
        if swap is not None:
            messages.success(request, f"{swap.colleague} is asked. The shift stays yours until they say yes.")
            return redirect(swap)
    context = {"form": form, "rotation": found, "has_shifts": form.has_shifts}
    return render(request, "oncall/swap_new.html", context, status=422 if form.errors else 200)


def show_swap(request: Request, pk: int) -> HttpResponse:
    """A swap, for the two whom it concerns and for editors. `do` in a POST is yes, no, withdraw or undo."""
    swap = get_object_or_404(_visible_to(request.user), pk=pk)
    now = timezone.now()
    if request.method != "POST":
        return render(request, "oncall/swap.html", {"page": describe_swap(swap, request.user, now), "now": now})
    steps = {
        "yes": (lambda: answer_swap(swap, True, user=request.user, now=now), "Done: you have swapped."),
        "no": (lambda: answer_swap(swap, False, user=request.user, now=now), f"{swap.asker} is told."),
        "withdraw": (lambda: withdraw_swap(swap, user=request.user, now=now), "The question is withdrawn."),
        "undo": (lambda: undo_swap(swap, user=request.user, now=now), "The swap is undone."),
    }
    if request.POST.get("do") not in steps:
        return HttpResponseBadRequest("Nothing to do was named.", content_type="text/plain")
    change, text = steps[request.POST["do"]]
    return answer(request, text, change, swap)


def _visible_to(user: User) -> QuerySet[Swap]:
    rows = Swap.objects.select_related("asker", "colleague", "layer__rotation__team", "return_layer__rotation__team")
    if user.has_perm("oncall.change_rotation"):
        return rows
    return rows.filter(Q(asker=user) | Q(colleague=user))


def _make_form(request: Request, rotation: Rotation, now: dt.datetime) -> SwapForm:
    own, others = find_swappable(rotation, request.user, now)
    wishes = read_wishes(request, now)
    near = find_near(rotation)
    form = SwapForm(request.POST or None, user=request.user, own=own, others=others, near=near)
    form.initial = {"shift": form.find_shift(wishes), "colleague": wishes.get("person")}
    return form


def _ask(form: SwapForm, user: User, now: dt.datetime) -> Swap:
    layer, span = form.given()
    data = form.cleaned_data
    return ask_swap(
        layer,
        span.start,
        span.end,
        data["colleague"],
        user=user,
        now=now,
        in_return=form.taken(),
        message=data["message"],
    )
