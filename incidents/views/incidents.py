"""The list of incidents, and opening one."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import Request
from accounts.models import User
from incidents.forms.opening import IncidentFilter, OpenForm
from incidents.models import Incident, Severity
from incidents.pages.incident_list import find_by_number, list_ranks
from incidents.pages.incident_list import list_incidents as list_them
from incidents.pages.opening import Beginning, read_beginning
from incidents.services.opening import NewIncident
from incidents.services.opening_once import open_once
from incidents.services.severities import match_scale
from incidents.views.fetching import ask_permission, try_to


@require_safe
def list_incidents(request: Request) -> HttpResponse:
    """All incidents. `?q=INC-12` leads straight to that one."""
    found = find_by_number(request.user, request.GET.get("q", ""))
    if found is not None:
        return redirect(found)
    form = IncidentFilter(request.GET, user=request.user, ranks=list_ranks())
    form.is_valid()
    now = timezone.now()
    shown = list_them(request.user, form.cleaned_data, request.GET.get("page", "1"), now)
    context = {"list": shown, "page": shown.past, "form": form, "now": now}
    return render(request, "incidents/list.html", context)


def open_new(request: Request) -> HttpResponse:
    """Open an incident. `?alert=`, `?runbook=&section=` or `?service=` fill the form; `on_it` takes command at once."""
    ask_permission(request.user, "incidents.add_incident", "open an incident")
    beginning = read_beginning(request.user, request.GET.dict())
    scale = Severity.objects.of_team(beginning.team)
    form = OpenForm(
        request.POST if request.method == "POST" else None, user=request.user, scale=scale, initial=beginning.initial
    )
    if request.method == "POST" and form.is_valid():
        is_on_it = "on_it" in request.POST
        opened = try_to(form, lambda: _open(form, beginning, request.user, timezone.now(), is_on_it))
        if opened is not None:
            incident, is_new = opened
            messages.success(request, _say(incident, is_new, is_on_it))
            if is_new and not is_on_it and _pages_nobody(incident):
                messages.warning(request, "Nobody was paged: none of its services has an escalation path with levels.")
            return redirect(incident)
    context = {"form": form, "beginning": beginning}
    return render(request, "incidents/open.html", context, status=422 if form.errors else 200)


def _open(form: OpenForm, beginning: Beginning, user: User, now: dt.datetime, is_on_it: bool) -> tuple[Incident, bool]:
    data = form.cleaned_data
    services = tuple(data["services"].select_related("team", "escalation_path").order_by("tier", "pk"))
    team = next((service.team for service in services if service.team_id), None)
    new = NewIncident(
        title=data["title"],
        severity=match_scale(data["severity"], team),
        services=services,
        team=team,
        summary=data["summary"],
        started_at=data["started_at"],
    )
    return open_once(new, user=user, now=now, takes_command=is_on_it, opened_from=beginning.opened_from)


def _pages_nobody(incident: Incident) -> bool:
    """Whoever opens it at night must know that no telephone rings."""
    return incident.severity.escalation != Severity.Escalation.NONE and not incident.escalations.exists()


def _say(incident: Incident, is_new: bool, is_on_it: bool) -> str:
    if not is_new:
        return f"{incident.reference} was opened a moment ago, so no second one was made."
    return f"{incident.reference} is open. You command it." if is_on_it else f"{incident.reference} is open."
