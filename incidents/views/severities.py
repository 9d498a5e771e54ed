"""Scales of severities: read by everybody, changed by approvers."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.http import Request
from accounts.models import Team
from incidents.errors import NotAllowed, Refused
from incidents.forms.severities import AdoptForm, SeverityForm
from incidents.models import Severity
from incidents.pages.severities import SHARED, Scale, ScaleLine, find_tables, list_teams_without
from incidents.pages.severities import list_scales as list_them
from incidents.services import severities, severity_adopting
from incidents.views.fetching import ask_permission


@require_safe
def list_scales(request: Request) -> HttpResponse:
    """What each severity means, in the shared scale and in those of teams."""
    may_change = request.user.has_perm("incidents.change_severity")
    context = {
        "scales": list_them(),
        "teams": list_teams_without() if may_change else [],
        "may_change": may_change,
    }
    return render(request, "incidents/severities.html", context)


def edit_scale(request: Request, team: str) -> HttpResponse:
    """One scale, with a way to change each of its severities."""
    scale = _get_scale(team)
    ask_permission(request.user, "incidents.change_severity", "change severities")
    return render(request, "incidents/scale.html", {"scale": scale, "has_tables": find_tables(request.user).exists()})


@require_POST
def copy_scale(request: Request, team: str) -> HttpResponse:
    """Give a team a scale of its own, which begins as the shared one."""
    found = get_object_or_404(Team, slug=team)
    try:
        severities.copy_scale(found, user=request.user)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{found} has a scale of its own now. Change what differs.")
    return redirect("incidents:scale", found.slug)


def add_severity(request: Request, team: str) -> HttpResponse:
    """Another severity for a scale."""
    scale = _get_scale(team)
    ask_permission(request.user, "incidents.add_severity", "add severities")
    last = max((one.rank for one in scale.severities), default=0)
    return _edit(request, scale, Severity(team=scale.team, rank=min(9, last + 1)))


def edit_severity(request: Request, team: str, pk: int) -> HttpResponse:
    """Change a severity, or delete it (`delete` in a POST)."""
    scale = _get_scale(team)
    ask_permission(request.user, "incidents.change_severity", "change severities")
    severity = get_object_or_404(Severity, team=scale.team, pk=pk)
    if request.method == "POST" and "delete" in request.POST:
        return _delete(request, scale, severity)
    return _edit(request, scale, severity)


def adopt_scale(request: Request, team: str) -> HttpResponse:
    """Take a scale over from the table of a runbook (`?runbook=`): first a preview, then one click."""
    found = None if team == SHARED else get_object_or_404(Team, slug=team)
    ask_permission(request.user, "incidents.add_severity", "change severities")
    tables = find_tables(request.user)
    form = AdoptForm(request.GET if "runbook" in request.GET else None, runbooks=tables)
    runbook = form.cleaned_data["runbook"] if form.is_valid() else None
    scale = Scale(found, list(Severity.objects.filter(team=found)))
    if request.method == "POST" and runbook is not None:
        try:
            severity_adopting.adopt_scale(runbook, found, user=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"{scale.title}: taken over from {runbook}.")
            return redirect("incidents:scale", scale.slug)
    planned = severity_adopting.plan_adoption(runbook, found) if runbook else []
    context = {
        "scale": scale,
        "form": form,
        "runbook": runbook,
        "planned": [(ScaleLine(one.severity), one) for one in planned],
        "tables": tables,
    }
    return render(request, "incidents/adopt_scale.html", context, status=422 if form.errors else 200)


def _get_scale(slug: str) -> Scale:
    if slug == SHARED:
        return Scale(None, list(Severity.objects.filter(team=None)))
    team = get_object_or_404(Team, slug=slug)
    found = list(Severity.objects.filter(team=team))
    if not found:
        raise Http404("This team uses the shared scale.")
    return Scale(team, found)


def _edit(request: Request, scale: Scale, severity: Severity) -> HttpResponse:
    form = SeverityForm(request.POST if request.method == "POST" else None, instance=severity)
    if request.method == "POST" and form.is_valid():
        try:
            severities.save_severity(form.instance, user=request.user)
        except NotAllowed as refusal:
            raise PermissionDenied(str(refusal)) from None
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{form.instance} is saved.")
            return redirect("incidents:scale", scale.slug)
    context = {"scale": scale, "form": form, "severity": severity if severity.pk else None}
    return render(request, "incidents/severity_edit.html", context, status=422 if form.errors else 200)


def _delete(request: Request, scale: Scale, severity: Severity) -> HttpResponse:
    name = str(severity)
    try:
        severities.delete_severity(severity, user=request.user)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("incidents:scale", scale.slug)
    messages.success(request, f"{name} is deleted.")
    if scale.team and len(scale.severities) == 1:
        return redirect("incidents:severities")
    return redirect("incidents:scale", scale.slug)
