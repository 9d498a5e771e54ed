"""What else can be said of a runbook's review: that it can wait, that it is somebody else's, and whose it is."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.http import Request
from runbooks.errors import NotAllowed, Refused
from runbooks.models import Runbook
from runbooks.review_pages.forms import NotMineForm, OwnerForm, SnoozeForm
from runbooks.services import reviews
from runbooks.services.details import change_runbook
from runbooks.views.common import get_runbook
from runbooks.views.review_answers import find_next


def snooze(request: Request, service: str, slug: str) -> HttpResponse:
    """Nobody is reminded until a day, for a reason; `end=1` wakes it again."""
    runbook = _get_to_review(request, service, slug)
    if request.POST.get("end") == "1":
        ended = _try(None, request, lambda: reviews.end_snooze(runbook, user=request.user, now=timezone.now()))
        return _leave(request, runbook, "People are reminded of it again." if ended else "")
    form = SnoozeForm(request.POST if request.method == "POST" else None, today=timezone.localdate())
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        if _try(
            form,
            request,
            lambda: reviews.snooze_runbook(
                runbook, until=data["until"], reason=data["reason"], user=request.user, now=timezone.now()
            ),
        ):
            return _leave(request, runbook, f"Nobody is reminded before {data['until']:%-d %B %Y}.")
    return _show(request, runbook, form, "snooze")


def not_mine(request: Request, service: str, slug: str) -> HttpResponse:
    """Whoever says so is reminded of it no more; an owner gives it up, and the team is asked whose it is."""
    runbook = _get_to_review(request, service, slug)
    form = NotMineForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        note = form.cleaned_data["note"]
        if _try(
            form,
            request,
            lambda: reviews.disown_runbook(runbook, user=request.user, now=timezone.now(), note=note),
        ):
            return _leave(request, None, f"You are reminded of {runbook} no more.")
    return _show(request, runbook, form, "not-mine")


def choose_owner(request: Request, service: str, slug: str) -> HttpResponse:
    """Somebody owns the runbook from now on."""
    runbook = get_runbook(request.user, service, slug)
    if not request.user.has_perm("runbooks.change_runbook"):
        raise PermissionDenied("You may not say who owns a runbook.")
    form = OwnerForm(request.POST if request.method == "POST" else None, initial={"owner": runbook.owner_id})
    if form.is_bound and form.is_valid():
        owner = form.cleaned_data["owner"]
        if _try(
            form,
            request,
            lambda: change_runbook(runbook, user=request.user, now=timezone.now(), owner=owner),
        ):
            return _leave(request, runbook, f"{owner} owns {runbook} now.")
    return _show(request, runbook, form, "owner")


def _get_to_review(request: Request, service: str, slug: str) -> Runbook:
    runbook = get_runbook(request.user, service, slug)
    if not request.user.has_perm("runbooks.add_review"):
        raise PermissionDenied("You may not review runbooks. Ask an administrator for the role that may.")
    return runbook


def _try(form: Form | None, request: Request, change: Callable[[], object]) -> bool:
    """Whether the change was made; where not, the reason stands on the form, or in a message."""
    try:
        change()
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except (Refused, ValidationError) as refusal:
        words = refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]
        for sentence in words:
            if form is None:
                messages.error(request, sentence)
            else:
                form.add_error(None, sentence)
        return False
    return True


def _leave(request: Request, runbook: Runbook | None, done: str) -> HttpResponse:
    if done:
        messages.success(request, done)
    return redirect(find_next(request) or (f"{runbook.get_absolute_url()}review/" if runbook else "reviews:queue"))


def _show(request: Request, runbook: Runbook, form: Form, kind: str) -> HttpResponse:
    back = find_next(request)
    context = {"runbook": runbook, "form": form, "kind": kind, "next": back or request.GET.get("next", "")}
    return render(request, "reviews/pause.html", context, status=422 if form.errors else 200)
