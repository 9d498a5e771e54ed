"""Starting: a new runbook, from a template or from a text that somebody has."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.http import Request
from oncall.models import Service
from runbooks.errors import Refused
from runbooks.forms import NewRunbookForm
from runbooks.services import start_runbook


def new_runbook(request: Request) -> HttpResponse:
    """Start a runbook with version 1.0 as a draft, and go on in the editor.

    The query may name a `service` and a `template` (their slugs), a `title` and an `alert`.
    """
    if not request.user.has_perm("runbooks.add_runbook"):
        raise PermissionDenied("You may not write runbooks.")
    form = NewRunbookForm(request.POST or None, user=request.user, initial=_read_wishes(request))
    if request.method == "POST" and form.is_valid():
        try:
            version = start_runbook(**form.cleaned_data, author=request.user, now=timezone.now())
        except (Refused, ValidationError) as refusal:
            form.add_error(None, refusal if isinstance(refusal, ValidationError) else str(refusal))
        else:
            runbook = version.runbook
            messages.success(request, f"{runbook} is a draft now. What stands in brackets is yours to fill in.")
            return redirect("runbooks:edit", runbook.service.slug, runbook.slug)
    return render(request, "runbooks/new.html", {"form": form}, status=422 if form.errors else 200)


def _read_wishes(request: Request) -> dict[str, Any]:
    """What the address asks for, as the form begins with it. What there is not, or must not be known, is left out."""
    alert = request.GET.get("alert", "")[:200]
    slug = request.GET.get("service", "").replace("\x00", "")
    service = Service.objects.visible_to(request.user).filter(slug=slug).first() if slug else None
    return {
        "service": service.pk if service else None,
        "template": request.GET.get("template") or ("alert" if alert else "service-runbook"),
        "title": request.GET.get("title", "")[:300],
        "alert": alert,
    }
