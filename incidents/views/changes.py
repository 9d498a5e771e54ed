"""System changes: the list, a form, and the door for pipelines."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import Request
from incidents.errors import NotAllowed, Refused
from incidents.forms.changes import ChangeForm
from incidents.models import SystemChange
from incidents.pages.changes import list_changes
from incidents.services.changes import record_change
from oncall.models import Service


@require_safe
def show_changes(request: Request) -> HttpResponse:
    """What was changed, the newest first. `?q=`, `?service=`, `?kind=` narrow it."""
    context = {
        "page": list_changes(request.user, request.GET.dict()),
        "services": Service.objects.visible_to(request.user).order_by("name"),
        "kinds": SystemChange.Kind.choices,
        "wishes": request.GET,
    }
    return render(request, "incidents/changes.html", context)


def add_change(request: Request) -> HttpResponse:
    """Write one down. `?service=` chooses the service."""
    if not request.user.has_perm("incidents.add_systemchange"):
        raise PermissionDenied("You may not record a change. Ask an administrator for the role that may.")
    form = ChangeForm(request.POST or None, user=request.user, initial={"service": request.GET.get("service")})
    if request.method == "POST" and form.is_valid():
        try:
            change = record_change(form.read(), user=request.user, now=timezone.now())
        except NotAllowed as refusal:
            raise PermissionDenied(str(refusal)) from None
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Recorded: {change.what}")
            return redirect("incidents:changes")
    return render(request, "incidents/change_new.html", {"form": form}, status=422 if form.errors else 200)
