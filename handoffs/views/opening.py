"""Opening a handoff by hand."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.http import Request
from handoffs.errors import Linked, NotAllowed, Refused
from handoffs.forms.opening import OpenForm
from handoffs.models import Handoff
from handoffs.pages.opening import OpeningPage, describe_opening, list_choices
from handoffs.services.by_hand import may_open, open_by_hand
from oncall.models import Rotation


def open_new(request: Request) -> HttpResponse:
    """Open a handoff of `?rotation=<id>`; without one, the rotations to choose from."""
    if not request.user.has_perm("handoffs.add_handoff"):
        raise PermissionDenied("You may not open handoffs. Ask an administrator for the role that may.")
    asked = request.GET.get("rotation", "")
    if not asked:
        return render(request, "handoffs/choose.html", {"teams": list_choices(request.user)})
    rotations = Rotation.objects.select_related("team")
    rotation = get_object_or_404(rotations, pk=int(asked) if asked.isdecimal() and len(asked) < 10 else 0)
    if not may_open(rotation, request.user):
        raise PermissionDenied(f"Only {rotation.team}, the people of {rotation} and administrators open its handoffs.")
    now = timezone.now()
    page = describe_opening(rotation, request.user, now)
    form = OpenForm(request.POST if request.method == "POST" else None, near=page.near, labels=page.labels)
    if request.method != "POST":
        return render(request, "handoffs/new.html", {"page": page, "form": form})
    return _open(request, page, form, now)


def _open(request: Request, page: OpeningPage, form: OpenForm, now: dt.datetime) -> HttpResponse:
    """To the new handoff; or the form again, with the reason and the page on which it can be mended."""
    refusal: Refused | None = None
    if form.is_valid():
        try:
            handoff = _save(request, page, form, now)
        except NotAllowed as error:
            raise PermissionDenied(str(error)) from None
        except Refused as error:
            refusal = error
        else:
            messages.success(request, f"The handoff from {handoff.outgoing} to {handoff.incoming} is open.")
            return redirect(handoff)
    link = refusal if isinstance(refusal, Linked) else None
    context = {"page": page, "form": form, "refusal": refusal, "link": link}
    return render(request, "handoffs/new.html", context, status=409 if refusal else 422)


def _save(request: Request, page: OpeningPage, form: OpenForm, now: dt.datetime) -> Handoff:
    data = form.cleaned_data
    return open_by_hand(
        page.rotation,
        user=request.user,
        now=now,
        when=data["when"],
        incoming=data["incoming"],
        backup=data["backup"],
    )
