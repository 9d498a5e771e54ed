"""Gaps of a rotation: looked at, marked as meant."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.http import Request
from accounts.models import User
from oncall.forms.covers import GapForm
from oncall.models import PlannedGap, Rotation
from oncall.pages.covers import describe_gaps
from oncall.services.covers import mark_gap, unmark_gap
from oncall.views.covers import answer, ask_permission, read_wishes, try_to
from oncall.views.rotations import get_rotation


def show_gaps(request: Request, team: str, rotation: str) -> HttpResponse:
    """Times of the coming weeks without anybody on call. `?rank=&start=&end=` fills the form that marks one as meant."""
    found = get_rotation(request.user, team, rotation)
    now = timezone.now()
    page = describe_gaps(found, now)
    wishes = read_wishes(request, now)
    form = GapForm(
        request.POST or None, ranks=page.ranks, initial=wishes | ({} if "start" in wishes else {"start": now})
    )
    if request.method == "POST":
        ask_permission(request.user, "oncall.add_plannedgap", "mark gaps as meant")
        if form.is_valid() and try_to(form, lambda: _mark(found, form, request.user, now)):
            messages.success(request, "The gap is marked as meant.")
            return redirect(request.path)
    context = {"page": page, "form": form, "rotation": found, "now": now, "is_asked": bool(wishes) or form.is_bound}
    return render(request, "oncall/gaps.html", context, status=422 if form.errors else 200)


@require_POST
def take_mark_back(request: Request, pk: int) -> HttpResponse:
    """A gap is not meant any more."""
    mark = get_object_or_404(PlannedGap.objects.select_related("rotation__team"), pk=pk)
    rotation = get_rotation(request.user, mark.rotation.team.slug, mark.rotation.slug)
    place = reverse("oncall:gaps", args=[rotation.team.slug, rotation.slug])
    now = timezone.now()
    return answer(request, "The mark is taken back.", lambda: unmark_gap(mark, user=request.user, now=now), place)


def _mark(rotation: Rotation, form: GapForm, user: User, now: dt.datetime) -> PlannedGap:
    data = form.cleaned_data
    return mark_gap(rotation, data["rank"], data["start"], data["end"], reason=data["reason"], user=user, now=now)
