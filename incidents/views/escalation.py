"""Answering a page, holding an escalation, calling the next level, calling a path by hand."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.http import Request
from incidents.errors import NotAllowed, WrongState
from incidents.forms.escalation import EscalateForm, HoldForm
from incidents.pages.escalation import describe_escalation
from incidents.pages.escalation_answer import say_answered
from incidents.services import escalating
from incidents.views.fetching import answer, get_incident, get_to_change, try_to
from oncall.models import EscalationPath


@never_cache
def acknowledge(request: Request, number: int) -> HttpResponse:
    """The link of a page. Opening it changes nothing, as mail scanners open links too; the button (POST) answers."""
    incident = get_incident(request.user, number)
    now = timezone.now()
    if request.method == "POST":
        try:
            escalating.acknowledge(incident, user=request.user, now=now)
        except NotAllowed as refusal:
            raise PermissionDenied(str(refusal)) from None
        except WrongState as refusal:
            messages.info(request, str(refusal))
        else:
            messages.success(request, f"You are on it. Nobody else is called for {incident.reference}.")
        return redirect(incident)
    panel = describe_escalation(incident, request.user, now)
    context = {"incident": incident, "escalation": panel, "now": now}
    context["answered"] = "" if panel.may_acknowledge else say_answered(incident, request.user, now)
    return render(request, "incidents/acknowledge.html", context)


def snooze(request: Request, number: int) -> HttpResponse:
    """Hold the escalation for a time, with a reason."""
    incident = get_incident(request.user, number)
    now = timezone.now()
    panel = describe_escalation(incident, request.user, now)
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        end, reason = form.find_end(now), form.cleaned_data["reason"]
        held = try_to(form, lambda: escalating.snooze(incident, end, reason, user=request.user, now=now))
        if held is not None:
            messages.success(request, "The escalation is held. It goes on by itself.")
            return redirect(incident)
    if request.method != "POST" and not panel.may_hold and not escalating.may_answer(incident, request.user):
        raise PermissionDenied("Only a responder, or somebody who was called, can hold an escalation.")
    context = {"incident": incident, "escalation": panel, "form": form}
    return render(request, "incidents/snooze.html", context, status=422 if form.errors else 200)


@require_POST
def call_next(request: Request, number: int) -> HttpResponse:
    """Page the next level without waiting."""
    incident = get_incident(request.user, number)
    now = timezone.now()
    return answer(
        request,
        incident,
        lambda: escalating.call_next_now(incident, user=request.user, now=now),
        "The next level is called.",
    )


def escalate(request: Request, number: int) -> HttpResponse:
    """Call an escalation path by hand."""
    incident = get_to_change(request.user, number)
    now = timezone.now()
    first = escalating.find_path(incident)
    form = EscalateForm(request.POST or None, initial={"path": first})
    if request.method == "POST" and form.is_valid():
        path = form.cleaned_data["path"]
        called = try_to(form, lambda: escalating.escalate(incident, path, user=request.user, now=now))
        if called is not None:
            messages.success(request, f"{path} is being called.")
            return redirect(incident)
    context = {
        "incident": incident,
        "escalation": describe_escalation(incident, request.user, now),
        "form": form,
        "own_path": first,
        "has_paths": EscalationPath.objects.exists(),
    }
    return render(request, "incidents/escalate.html", context, status=422 if form.errors else 200)
