"""People, vendors and channels that runbooks name: who is in the directory, who differs, who left, who is not there yet."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.http import Request
from runbooks.errors import NotAllowed, Refused
from runbooks.models import Runbook
from runbooks.people_report import describe_people, list_found
from runbooks.services.adopting import adopt_named
from runbooks.views.common import get_runbook

PAGE_SIZE = 50


def show_people(request: Request, service: str, slug: str) -> HttpResponse:
    """Everybody whom the shown text names, beside the directory."""
    runbook = _get_written(request, service, slug)
    return render(request, "runbooks/people.html", describe_people(runbook, request.user))


@require_POST
def adopt_people(request: Request, service: str, slug: str) -> HttpResponse:
    """Take over one line (`key`), or all that are missing (`all`)."""
    runbook = _get_written(request, service, slug)
    keys = None if "all" in request.POST else set(request.POST.getlist("key"))
    try:
        adopted = adopt_named(runbook, keys, user=request.user, now=timezone.now())
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("runbooks:people", service, slug)
    for text in adopted.refused:
        messages.error(request, f"Not taken over: {text}")
    if adopted.made:
        names = ", ".join(str(row) for row in adopted.made[:3])
        more = f" and {len(adopted.made) - 3} more" if len(adopted.made) > 3 else ""
        messages.success(request, f"In the directory now: {names}{more}. Nobody has confirmed the values yet.")
    elif not adopted.refused:
        messages.info(request, "Nothing to take over: it is in the directory already.")
    return redirect("runbooks:people", service, slug)


def list_people_found(request: Request) -> HttpResponse:
    """All runbooks that name somebody whom the directory does not know, knows otherwise, or knows to have left."""
    found = list_found(request.user)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"page": page, "total": sum(one.is_new for one in found)}
    return render(request, "runbooks/people_found.html", context)


def _get_written(request: Request, service: str, slug: str) -> Runbook:
    runbook = get_runbook(request.user, service, slug)
    if runbook.shown_version is None:
        raise Http404("Nothing has been written yet.")
    return runbook
