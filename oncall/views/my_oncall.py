"""One's own on-call: shifts, swaps, absences; and the absences of others, for editors."""

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
from oncall.forms.covers import AbsenceForm
from oncall.models import Absence
from oncall.pages.checks import describe_checks_of
from oncall.pages.my_shifts import describe_my_oncall
from oncall.rota import zone_named
from oncall.services.covers import add_absence, find_clashes_of, remove_absence
from oncall.views.covers import answer, ask_permission, try_to

AHEAD = dt.timedelta(days=400)


def show_my_shifts(request: Request) -> HttpResponse:
    """Shifts of the next three months in all teams, swaps to answer, absences."""
    now = timezone.now()
    context = {
        "page": describe_my_oncall(request.user, now),
        "checks": describe_checks_of(request.user, now),
        "now": now,
    }
    return render(request, "oncall/my_shifts.html", context)


def edit_my_absences(request: Request) -> HttpResponse:
    """When one is away."""
    return _edit_absences(request, request.user)


def edit_absences(request: Request, pk: int) -> HttpResponse:
    """When somebody else is away, for editors."""
    person = get_object_or_404(User, pk=pk)
    if person.pk == request.user.pk:
        return redirect("oncall:my_absences")
    ask_permission(request.user, "oncall.change_rotation", "note absences of others")
    return _edit_absences(request, person)


@require_POST
def take_back_absence(request: Request, pk: int) -> HttpResponse:
    """An absence is not one any more."""
    absence = get_object_or_404(Absence.objects.select_related("person"), pk=pk)
    mine = absence.person_id == request.user.pk
    place = reverse("oncall:my_absences") if mine else reverse("oncall:absences", args=[absence.person_id])
    now = timezone.now()
    return answer(
        request, "The absence is taken back.", lambda: remove_absence(absence, user=request.user, now=now), place
    )


def _edit_absences(request: Request, person: User) -> HttpResponse:
    now = timezone.now()
    form = AbsenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        span = form.span(zone_named(person.time_zone))
        reason = form.cleaned_data["reason"]
        made = try_to(form, lambda: add_absence(person, *span, user=request.user, now=now, reason=reason))
        if made is not None:
            messages.success(request, "The absence is noted.")
            return redirect(request.path)
    context = {
        "form": form,
        "person": person,
        "is_mine": person.pk == request.user.pk,
        "absences": Absence.objects.filter(person=person, during__endswith__gt=now),
        "clashes": find_clashes_of(person, now, now + AHEAD),
        "now": now,
    }
    return render(request, "oncall/absences.html", context, status=422 if form.errors else 200)
