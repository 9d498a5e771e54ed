"""Overrides: put somebody on call, take the shift that is on, take an override back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.http import Request
from accounts.models import User
from oncall.errors import NotAllowed, Refused
from oncall.forms.covers import OverrideForm, TakeForm
from oncall.forms.moments import parse_moment
from oncall.models import Layer, Override, Rotation
from oncall.pages.covers import find_near, list_overrides, read_line
from oncall.pages.doubts import find_doubts, say_until
from oncall.rota import Span
from oncall.services.covers import cancel_override, override_shift, take_shift_now
from oncall.views.rotations import get_rotation


def ask_permission(user: User, permission: str, what: str) -> None:
    """403 for somebody whose role does not include it."""
    if not user.has_perm(permission):
        raise PermissionDenied(f"You may not {what}. Ask an administrator for the role that may.")


def override(request: Request, team: str, rotation: str) -> HttpResponse:
    """Put somebody on call for a time. `?layer=&start=&end=&person=` (moments in ISO 8601) fill the form."""
    found = get_rotation(request.user, team, rotation)
    ask_permission(request.user, "oncall.add_override", "put somebody on call")
    now = timezone.now()
    layers = layers_in_use(found)
    form = OverrideForm(request.POST or None, layers=layers, near=find_near(found), initial=read_wishes(request, now))
    if request.method == "POST" and form.is_valid():
        made = try_to(form, lambda: _override(form, request.user, now))
        if made is not None:
            say_done(request, made, f"{made.person} is on call in {made.layer}")
            return redirect(found)
    context = {"form": form, "rotation": found, "overrides": list_overrides(found, now), "now": now}
    return render(request, "oncall/override.html", context, status=422 if form.errors else 200)


def take(request: Request, team: str, rotation: str) -> HttpResponse:
    """Ask once, then be on call from this moment on. `?layer=` chooses the line."""
    found = get_rotation(request.user, team, rotation)
    ask_permission(request.user, "oncall.add_override", "take a shift")
    now = timezone.now()
    layers = layers_in_use(found)
    form = TakeForm(request.POST or None, layers=layers, initial=read_wishes(request, now))
    if request.method == "POST" and form.is_valid():
        made = try_to(form, lambda: _take(form, request.user, now))
        if made is not None:
            say_done(request, made, f"You are on call in {made.layer}")
            return redirect(found)
    context = {"form": form, "rotation": found, "lines": read_line(found, now), "now": now}
    return render(request, "oncall/take.html", context, status=422 if form.errors else 200)


@require_POST
def take_back(request: Request, pk: int) -> HttpResponse:
    """An override is not wanted any more."""
    rows = Override.objects.select_related("layer__rotation__team", "person")
    row = get_object_or_404(rows, pk=pk)
    get_rotation(request.user, row.layer.rotation.team.slug, row.layer.rotation.slug)
    text = f"{row.person} does not stand in any more."
    return answer(
        request, text, lambda: cancel_override(row, user=request.user, now=timezone.now()), row.layer.rotation
    )


def answer(request: Request, text: str, change: Any, place: Any) -> HttpResponse:
    """Make a change that has no form, say what came of it, and go back to where the button stood."""
    try:
        change()
        messages.success(request, text)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("oncall:my_shifts") if request.POST.get("from") == "mine" else redirect(place)


def try_to(form: Form, change: Any) -> Any:
    """What the change gives; None when it was refused, with the reason put on the form."""
    try:
        return change()
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return None


def say_done(request: Request, row: Override, text: str) -> None:
    """Confirm an override with its end, and say what speaks against it."""
    span = Span(row.during.lower, row.during.upper)
    messages.success(request, f"{text} until {say_until(span.end, timezone.get_current_timezone())}.")
    for doubt in find_doubts(row.person, row.layer, span):
        messages.warning(request, doubt)


def layers_in_use(rotation: Rotation) -> list[Layer]:
    """The layers that have not ended, the one that answers first in front."""
    return list(rotation.layers.filter(ended_at__isnull=True).order_by("rank", "pk"))


def read_wishes(request: Request, now: dt.datetime) -> dict[str, Any]:
    """What the address says the form should begin with; what can't be read is left out."""
    wishes: dict[str, Any] = {name: parse_moment(request.GET.get(name, "")) for name in ("start", "end")}
    wishes |= {
        name: int(text) for name in ("layer", "person", "rank") if (text := request.GET.get(name, "")).isdecimal()
    }
    if wishes["start"] is not None and wishes["start"] <= now:
        wishes["start"] = None  # a shift that is on already: from now on
    return {name: wish for name, wish in wishes.items() if wish is not None}


def _override(form: OverrideForm, user: User, now: dt.datetime) -> Override:
    data, span = form.cleaned_data, form.span(now)
    return override_shift(
        data["layer"], data["person"], span.start, span.end, user=user, now=now, reason=data["reason"]
    )


def _take(form: TakeForm, user: User, now: dt.datetime) -> Override:
    return take_shift_now(form.cleaned_data["layer"], user=user, now=now, until=form.cleaned_data["until"])
