"""Somebody else in all places of a person: before they leave, and for good."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.errors import Refused
from accounts.http import Request
from accounts.models import User
from oncall.forms.replacing import ReplaceForm
from oncall.services.people import find_places, replace_person


@permission_required("oncall.change_rotation", raise_exception=True)
def replace(request: Request, pk: int) -> HttpResponse:
    """Where a person is needed; POST puts somebody else there."""
    person, now = get_object_or_404(User, pk=pk), timezone.now()
    form = ReplaceForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        by = form.cleaned_data["by"]
        try:
            places = replace_person(person, by, user=request.user, now=now)
        except Refused as refusal:
            form.add_error("by", str(refusal))
        else:
            count = f"{len(places)} place{'s' if len(places) != 1 else ''}"
            messages.success(request, f"{by} takes over from {person} in {count}, from now on.")
            return redirect("oncall:replace_person", person.pk)
    context = {"person": person, "places": find_places(person, now), "form": form}
    return render(request, "oncall/replace_person.html", context, status=422 if form.errors else 200)
