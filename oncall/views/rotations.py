"""Looking at a team's on-call, and setting it up."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.http import Request
from accounts.models import Team, User
from oncall.errors import Refused
from oncall.forms.filled import fill_rotation
from oncall.forms.people import list_everybody
from oncall.forms.rotations import NewRotationForm
from oncall.models import Layer, Rotation
from oncall.pages.checks import describe_checks
from oncall.pages.preview import Preview, preview_rotation
from oncall.pages.rotation import describe_rotation
from oncall.pages.team import describe_team, list_members
from oncall.pages.window import read_window
from oncall.services.rotations import create_rotation, first_start, preview_plan


def get_team(user: User, slug: str) -> Team:
    """The team, or 404; 403 for somebody who may not look at rotations."""
    if not user.has_perm("oncall.view_rotation"):
        raise PermissionDenied("You may not look at rotations.")
    return get_object_or_404(Team, slug=slug)


def get_rotation(user: User, team: str, slug: str) -> Rotation:
    """The rotation with its team, or 404; 403 for somebody who may not look at rotations."""
    if not user.has_perm("oncall.view_rotation"):
        raise PermissionDenied("You may not look at rotations.")
    return get_object_or_404(Rotation.objects.select_related("team"), team__slug=team, slug=slug)


def show_team(request: Request, team: str) -> HttpResponse:
    """A team's rotations now and next, what should be looked at in the next four weeks, and its people."""
    now = timezone.now()
    page = describe_team(get_team(request.user, team), request.user, now)
    return render(request, "oncall/team.html", {"page": page, "team": page.team, "now": now})


def show_rotation(request: Request, team: str, rotation: str) -> HttpResponse:
    """Who is on call, and the calendar. The query chooses `week` (2026-W48), `weeks` (1, 2, 4, 6) and `zone`.

    `zone` is the name of one, or `reader` for the reader's own.
    """
    now = timezone.now()
    found = get_rotation(request.user, team, rotation)
    window = read_window(request.GET, now, found.team.time_zone, request.user.time_zone)
    page = describe_rotation(found, window, request.user, now)
    context = {
        "page": page,
        "rotation": found,
        "team": found.team,
        "window": window,
        "team_window": window.in_zone(found.team.time_zone),
        "own_window": window.in_zone(request.user.time_zone),
        "checks": describe_checks(found) if found.ended_at is None else [],
        "now": now,
    }
    return render(request, "oncall/rotation_detail.html", context)


def new_rotation(request: Request, team: str) -> HttpResponse:
    """Set a rotation up on one page; `preview` in the POST shows its weeks and saves nothing."""
    if not request.user.has_perm("oncall.add_rotation"):
        raise PermissionDenied("You may not set up rotations. Ask an administrator for the role that may.")
    now = timezone.now()
    found = get_team(request.user, team)
    members = list_members(found)
    data = request.POST if request.method == "POST" else fill_rotation(found, [person.pk for person in members])
    form = NewRotationForm(data, candidates=members, now=now)
    is_valid = form.is_valid()
    if request.method != "POST":
        form.forgive()
    elif is_valid and "preview" not in request.POST:
        made = _save(form, found, request.user, now)
        if made is not None:
            messages.success(request, f"{made} of {found} is set up.")
            return redirect(f"{made.get_absolute_url()}?new=1")
    look = _preview(form, found, now) if is_valid and not form.errors else None
    context = {"form": form, "team": found, "look": look, "everybody": list_everybody()}
    return render_preview(request, "oncall/rotation_new.html", context)


def render_preview(request: Request, template: str, context: dict[str, Any]) -> HttpResponse:
    """The whole page with 422 where the form was refused; for htmx only what the weeks would be."""
    if request.htmx:
        return render(request, "oncall/_preview.html", context)
    return render(request, template, context, status=422 if context["form"].errors else 200)


def _save(form: NewRotationForm, team: Team, user: User, now: dt.datetime) -> Rotation | None:
    data = form.cleaned_data
    try:
        return create_rotation(team, data["name"], user=user, now=now, expects=data["expects"], layers=form.layers)
    except ValidationError as refusal:
        form.add_error("name", refusal.messages)
    except Refused as refusal:
        form.add_error("name", str(refusal))
    return None


def _preview(form: NewRotationForm, team: Team, now: dt.datetime) -> Preview:
    rotation = Rotation(team=team, name=form.cleaned_data["name"], expects=form.cleaned_data["expects"])
    layers = [
        (
            Layer(rotation=rotation, name=spec.name, rank=spec.rank),
            preview_plan(None, spec.plan, first_start(spec.plan, now)),
        )
        for spec in form.layers
    ]
    return preview_rotation(rotation, layers, form.cleaned_data["time_zone"], now)
