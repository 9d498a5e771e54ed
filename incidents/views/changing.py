"""Pages that change an incident: small forms, each of which leads back to it."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.http import Request
from accounts.models import User
from incidents.errors import EditClash
from incidents.forms.changing import FactsForm, LinkForm, SeverityForm, StatusForm, TimeForm
from incidents.models import Incident, Severity, Status
from incidents.pages.changing import list_times
from incidents.services import changing
from incidents.views.fetching import answer, get_to_change, try_to


def status(request: Request, number: int) -> HttpResponse:
    """Another status. `?status=` chooses it."""
    incident = get_to_change(request.user, number)
    initial = {"status": request.GET.get("status", "")}
    form = StatusForm(request.POST if request.method == "POST" else None, incident=incident, initial=initial)
    if request.method == "POST" and form.is_valid():
        changed = try_to(form, lambda: _change_status(form, incident, request.user, timezone.now()))
        if changed is not None:
            messages.success(request, f"{changed.reference} is {changed.get_status_display()}.")
            return redirect(changed)
    context = {"incident": incident, "form": form}
    return render(request, "incidents/status_form.html", context, status=422 if form.errors else 200)


def severity(request: Request, number: int) -> HttpResponse:
    """Another severity, with a reason."""
    incident = get_to_change(request.user, number)
    scale = Severity.objects.of_team(incident.team)
    form = SeverityForm(
        request.POST if request.method == "POST" else None, scale=scale, initial={"severity": incident.severity_id}
    )
    if request.method == "POST" and form.is_valid():
        data, now = form.cleaned_data, timezone.now()
        changed = try_to(
            form,
            lambda: changing.change_severity(
                incident, data["severity"], reason=data["reason"], user=request.user, now=now
            ),
        )
        if changed is not None:
            messages.success(request, f"{changed.reference} is {changed.severity} now.")
            return redirect(changed)
    context = {"incident": incident, "form": form, "scale": list(scale)}
    return render(request, "incidents/severity_form.html", context, status=422 if form.errors else 200)


def facts(request: Request, number: int) -> HttpResponse:
    """What it is about. Only fields that were changed are written; the same field changed by two is said with both texts."""
    incident = get_to_change(request.user, number)
    form = FactsForm(request.POST if request.method == "POST" else None, incident=incident, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            changed = try_to(form, lambda: _change_facts(form, incident, request.user, timezone.now()))
        except EditClash as clash:
            form.show_theirs(clash.theirs)
        else:
            if changed is not None:
                messages.success(request, "Saved.")
                return redirect(changed)
    context = {"incident": incident, "form": form}
    return render(request, "incidents/facts_form.html", context, status=422 if form.errors else 200)


def times(request: Request, number: int) -> HttpResponse:
    """Correct when something happened. `?what=` chooses it."""
    incident = get_to_change(request.user, number)
    changes = list(incident.status_changes.select_related("by"))
    known = list_times(incident, changes)
    initial = {"what": request.GET.get("what", "")}
    form = TimeForm(
        request.POST if request.method == "POST" else None,
        choices=[(one.key, one.label) for one in known],
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        what, data = form.find(changes), form.cleaned_data
        changed = try_to(
            form,
            lambda: changing.correct_time(
                incident, what, data["at"], reason=data["reason"], user=request.user, now=timezone.now()
            ),
        )
        if changed is not None:
            messages.success(request, "The time is corrected. What it was before stays in the timeline.")
            return redirect(changed)
    context = {"incident": incident, "form": form, "known": known}
    return render(request, "incidents/times_form.html", context, status=422 if form.errors else 200)


def links(request: Request, number: int) -> HttpResponse:
    """Pages elsewhere: add one, or take one away (`remove` holds its number)."""
    incident = get_to_change(request.user, number)
    now = timezone.now()
    if "remove" in request.POST:
        text = request.POST["remove"]
        if not text.isdecimal() or len(text) > 12:
            return HttpResponseBadRequest("No link was named.", content_type="text/plain")
        link = get_object_or_404(incident.links, pk=int(text))
        done = "The link is removed."
        return answer(request, incident, lambda: changing.remove_link(link, user=request.user, now=now), done)
    form = LinkForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        added = try_to(
            form, lambda: changing.add_link(incident, data["url"], label=data["label"], user=request.user, now=now)
        )
        if added is not None:
            messages.success(request, "The link is added.")
            return redirect(incident)
    context = {"incident": incident, "form": form, "links": incident.links.select_related("added_by")}
    return render(request, "incidents/links_form.html", context, status=422 if form.errors else 200)


def _change_status(form: StatusForm, incident: Incident, user: User, now: dt.datetime) -> Incident:
    data = form.cleaned_data
    return changing.change_status(
        incident, Status(data["status"]), user=user, now=now, at=data["at"], note=data["note"]
    )


def _change_facts(form: FactsForm, incident: Incident, user: User, now: dt.datetime) -> Incident:
    chosen = form.cleaned_data["services"] if "services" in form.changed_data else None
    return changing.change_facts(
        incident,
        user=user,
        now=now,
        was=form.was,
        services=chosen,
        services_were=form.services_seen(),
        **form.texts,
    )
