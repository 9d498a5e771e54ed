"""Changing a rotation: what is said of it, its layers, their plans, and the end of them."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.http import Request
from accounts.models import User
from oncall.errors import NotAllowed, Refused, StillNeeded
from oncall.forms.filled import fill_change, fill_layer
from oncall.forms.people import list_everybody
from oncall.forms.rotations import LayerForm, LayerNameForm, PlanChangeForm, RotationForm
from oncall.models import Layer, Rotation
from oncall.pages.layer import describe_layer, list_layers
from oncall.pages.preview import Preview, preview_change, preview_layer
from oncall.pages.team import list_members
from oncall.services.plans import PlanSpec
from oncall.services.rotations import (
    add_layer,
    change_layer,
    change_plan,
    change_rotation,
    describe_plan,
    end_layer,
    end_rotation,
    first_start,
    next_handover,
    preview_plan,
)
from oncall.templatetags.oncall_moments import moment_in
from oncall.views.rotations import get_rotation, render_preview


def get_rotation_to_change(user: User, team: str, slug: str) -> Rotation:
    """The rotation in use, for somebody who may change it: 404 without one, 403 for readers."""
    rotation = get_rotation(user, team, slug)
    if not user.has_perm("oncall.change_rotation"):
        raise PermissionDenied("You may not change rotations. Ask an administrator for the role that may.")
    if rotation.ended_at is not None:
        raise Http404("This rotation was ended.")
    return rotation


def get_layer(rotation: Rotation, pk: int) -> Layer:
    """A layer in use of the rotation, or 404."""
    layer = get_object_or_404(Layer, rotation=rotation, pk=pk, ended_at__isnull=True)
    layer.rotation = rotation
    return layer


def edit_rotation(request: Request, team: str, rotation: str) -> HttpResponse:
    """Name, what is expected, and how long before a shift its person is checked."""
    found = get_rotation_to_change(request.user, team, rotation)
    form = RotationForm(request.POST or None, instance=Rotation.objects.get(pk=found.pk))
    if request.method == "POST" and form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("name", "expects", "check_hours")}
        try:
            change_rotation(found, **data, user=request.user, now=timezone.now())
        except (Refused, ValidationError) as refusal:
            add_refusal(form, "name", refusal)
        else:
            messages.success(request, "Saved.")
            return redirect(found)
    context = {"form": form, "rotation": found, "team": found.team, "layers": list_layers(found)}
    return render(request, "oncall/rotation_edit.html", context, status=422 if form.errors else 200)


@require_POST
def finish_rotation(request: Request, team: str, rotation: str) -> HttpResponse:
    """End the rotation; refused, naming the paths, while a path calls one of its layers."""
    found = get_rotation_to_change(request.user, team, rotation)
    try:
        end_rotation(found, user=request.user, now=timezone.now())
    except Refused as refusal:
        return refuse(request, refusal, redirect("oncall:edit_rotation", team, rotation))
    messages.success(request, f"{found} is ended. What was stays in its calendar.")
    return redirect("oncall:team", team)


def new_layer(request: Request, team: str, rotation: str) -> HttpResponse:
    """One more layer, with a preview before it is saved."""
    now = timezone.now()
    found = get_rotation_to_change(request.user, team, rotation)
    members = list_members(found.team)
    data = request.POST if request.method == "POST" else _first_wishes(found, members, now)
    form = LayerForm(data, candidates=members, now=now)
    is_valid = form.is_valid()
    if request.method != "POST":
        form.forgive()
    elif is_valid and "preview" not in request.POST:
        try:
            layer = add_layer(found, form.layer, user=request.user, now=now)
        except (Refused, ValidationError) as refusal:
            add_refusal(form, "name", refusal)
        else:
            messages.success(request, f"The layer “{layer}” is added.")
            return redirect(found)
    look = _preview_layer(form, found, now) if is_valid and not form.errors else None
    context = {"form": form, "rotation": found, "team": found.team, "look": look, "everybody": list_everybody()}
    return render_preview(request, "oncall/layer_new.html", context)


def edit_plan(request: Request, team: str, rotation: str, pk: int) -> HttpResponse:
    """Let another plan take over in a layer; the preview shows old and new side by side."""
    now = timezone.now()
    found = get_rotation_to_change(request.user, team, rotation)
    page = describe_layer(get_layer(found, pk), now)
    data = request.POST if request.method == "POST" else fill_change(page.plan, found.team.time_zone, page.latest)
    form = PlanChangeForm(data, candidates=list_members(found.team), now=now, next_handover=page.handover)
    is_valid = form.is_valid()
    if request.method != "POST":
        form.forgive()
    elif is_valid and "preview" not in request.POST:
        response = _change_plan(request, form, page.layer, now)
        if response is not None:
            return response
    look = _preview_change(form, page.layer, now) if is_valid and not form.errors else None
    context = {"form": form, "rotation": found, "team": found.team, "layer": page.layer, "page": page}
    return render_preview(request, "oncall/layer_edit.html", context | {"look": look, "everybody": list_everybody()})


def rename_layer(request: Request, team: str, rotation: str, pk: int) -> HttpResponse:
    """Another name, or another place in the order in which layers are called."""
    found = get_rotation_to_change(request.user, team, rotation)
    layer = get_layer(found, pk)
    form = LayerNameForm(request.POST or None, instance=Layer.objects.get(pk=layer.pk))
    if request.method == "POST" and form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("name", "rank")}
        try:
            change_layer(layer, **data, user=request.user, now=timezone.now())
        except (Refused, ValidationError) as refusal:
            add_refusal(form, "name", refusal)
        else:
            messages.success(request, "Saved.")
            return redirect("oncall:layer", team, rotation, pk)
    context = {"form": form, "rotation": found, "team": found.team, "layer": layer}
    return render(request, "oncall/layer_name.html", context, status=422 if form.errors else 200)


@require_POST
def finish_layer(request: Request, team: str, rotation: str, pk: int) -> HttpResponse:
    """End a layer; refused, naming the paths, while a path calls it."""
    found = get_rotation_to_change(request.user, team, rotation)
    layer = get_layer(found, pk)
    try:
        end_layer(layer, user=request.user, now=timezone.now())
    except Refused as refusal:
        return refuse(request, refusal, redirect("oncall:layer", team, rotation, pk))
    messages.success(request, f"The layer “{layer}” is ended.")
    return redirect(found)


def refuse(request: Request, refusal: Refused, back: HttpResponse) -> HttpResponse:
    """403 for who may not; else back to where it was asked for, with the reason and the places."""
    if isinstance(refusal, NotAllowed):
        raise PermissionDenied(str(refusal))
    places = "; ".join(refusal.places) if isinstance(refusal, StillNeeded) else ""
    messages.error(request, f"{refusal} {places}".strip())
    return back


def add_refusal(form: BaseForm, field: str, refusal: Refused | ValidationError) -> None:
    """A service's refusal as an error of the form: at the fields it names, else at `field`."""
    if isinstance(refusal, NotAllowed):
        raise PermissionDenied(str(refusal))
    if not isinstance(refusal, ValidationError):
        form.add_error(field, str(refusal))
    elif hasattr(refusal, "error_dict"):
        for name, errors in refusal.message_dict.items():
            form.add_error(name if name in form.fields else field, errors)
    else:
        form.add_error(field, refusal.messages)


def _change_plan(request: Request, form: PlanChangeForm, layer: Layer, now: dt.datetime) -> HttpResponse | None:
    starts = form.effective_from
    try:
        change_plan(
            layer,
            form.cleaned_data["spec"],
            effective_from=starts,
            user=request.user,
            now=now,
            seen=form.cleaned_data["seen"] or None,
        )
    except (Refused, ValidationError) as refusal:
        add_refusal(form, "when", refusal)
        return None
    told = moment_in(starts, layer.rotation.team.time_zone)
    messages.success(request, f"The new plan of “{layer}” takes over on {told}.")
    return redirect(layer.rotation)


def _preview_layer(form: LayerForm, rotation: Rotation, now: dt.datetime) -> Preview:
    spec = form.layer
    layer = Layer(rotation=rotation, name=spec.name, rank=spec.rank)
    plan = preview_plan(None, spec.plan, first_start(spec.plan, now))
    return preview_layer(layer, plan, form.cleaned_data["time_zone"], now)


def _preview_change(form: PlanChangeForm, layer: Layer, now: dt.datetime) -> Preview:
    starts = form.effective_from
    plan = preview_plan(layer, form.cleaned_data["spec"], starts)
    return preview_change(layer, plan, starts, form.cleaned_data["time_zone"], now)


def _first_wishes(rotation: Rotation, members: list[User], now: dt.datetime) -> QueryDict:
    layers = list_layers(rotation)
    held = describe_plan(layers[0], next_handover(layers[0], now)) if layers else None
    return fill_layer(
        layers, held or PlanSpec(tuple(person.pk for person in members), rotation.team.time_zone, now.date())
    )
