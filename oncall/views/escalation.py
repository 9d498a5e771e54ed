"""Escalation paths: all of them, one with the names of a moment, and its ladder to be changed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.http import Request
from oncall.errors import NotAllowed, Refused
from oncall.forms.escalation import LadderForm, MomentForm
from oncall.models import Classification, EscalationPath, Service
from oncall.pages import escalation as pages
from oncall.services import escalation


def list_paths(request: Request) -> HttpResponse:
    """Every path with whom it calls first right now, and what is wrong with it; `?q=` are words of a name."""
    _require(request, "oncall.view_escalationpath", "see escalation paths")
    context = pages.list_paths(request.user, request.GET, timezone.now())
    return render(request, "oncall/path_list.html", context)


def show_path(request: Request, slug: str) -> HttpResponse:
    """The ladder with the names of this moment, or of `?at=` by the reader's clock."""
    _require(request, "oncall.view_escalationpath", "see escalation paths")
    path = get_object_or_404(EscalationPath.objects.for_ladder(), slug=slug)
    now = timezone.now()
    form = MomentForm(request.GET if "at" in request.GET else None, zone=request.user.time_zone, now=now)
    asked = form.cleaned_data["at"] if form.is_valid() else None
    context = pages.describe_path_page(path, asked or now, request.user, now=now)
    context |= {"form": form, "is_asked": asked is not None}
    return render(request, "oncall/path_detail.html", context, status=422 if form.errors else 200)


def add_path(request: Request) -> HttpResponse:
    """A new path, its whole ladder at once. `?service=` names the service that will follow it."""
    _require(request, "oncall.add_escalationpath", "make escalation paths")
    service = _find_service(request, request.GET.get("service", ""))
    may_be_known = service is not None and service.classification != Classification.CONFIDENTIAL
    initial = {"name": service.name if may_be_known else "", "team": service.team_id} if service else {}
    form = LadderForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and not form.wants_more and form.is_valid():
        follows = service if request.user.has_perm("oncall.change_service") else None
        try:
            path = escalation.create_path(form.spec, user=request.user, service=follows)
        except (Refused, ValidationError) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"The escalation path “{path}” is there. Look whom it would call.")
            return redirect(path)
    return _show_form(request, form, {"service": service})


def edit_path(request: Request, slug: str) -> HttpResponse:
    """The whole path to be changed. What somebody else saved meanwhile is never written over."""
    _require(request, "oncall.change_escalationpath", "change escalation paths")
    path = get_object_or_404(EscalationPath.objects.for_ladder(), slug=slug)
    form = LadderForm(request.POST if request.method == "POST" else None, path=path)
    if request.method == "POST" and not form.wants_more and form.is_valid():
        try:
            escalation.change_path(path, form.spec, user=request.user, base=form.path.base_moment)
        except (Refused, ValidationError) as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, f"“{form.spec.name}” is saved. Look whom it would call.")
            return redirect(path)
    return _show_form(request, form, {"path": path})


def delete_path(request: Request, slug: str) -> HttpResponse:
    """Ask first, then delete; refused while services follow the path."""
    _require(request, "oncall.delete_escalationpath", "delete escalation paths")
    path = get_object_or_404(EscalationPath, slug=slug)
    refusal = ""
    if request.method == "POST":
        try:
            escalation.delete_path(path, user=request.user)
        except Refused as error:
            refusal = str(error)
        else:
            messages.success(request, f"The escalation path “{path}” is deleted.")
            return redirect("oncall:paths")
    services = Service.objects.visible_to(request.user).filter(escalation_path=path)
    context = {"path": path, "refusal": refusal, "services": services}
    return render(request, "oncall/path_delete.html", context, status=409 if refusal else 200)


@require_POST
def choose_service(request: Request, slug: str) -> HttpResponse:
    """Let a service follow the path (`follow`), or no longer (`leave`); both hold the service's slug."""
    path = get_object_or_404(EscalationPath, slug=slug)
    wanted = request.POST.get("follow") or request.POST.get("leave", "")
    service = _find_service(request, wanted)
    if service is None:
        messages.error(request, "Choose a service.")
        return redirect(path)
    if "follow" not in request.POST and service.escalation_path_id != path.pk:
        return redirect(path)  # somebody was faster
    try:
        escalation.follow_path(service, path if "follow" in request.POST else None, user=request.user)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("oncall:paths")
    does = "follows this path now" if "follow" in request.POST else "follows no path now"
    messages.success(request, f"{service} {does}.")
    return redirect(path)


def _find_service(request: Request, slug: str) -> Service | None:
    slug = slug.replace("\x00", "")
    return Service.objects.visible_to(request.user).filter(slug=slug).first() if slug else None


def _require(request: Request, permission: str, what: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied(f"You may not {what}.")


def _show_form(request: Request, form: LadderForm, context: dict[str, Any]) -> HttpResponse:
    refused = request.method == "POST" and not form.wants_more
    return render(request, "oncall/path_edit.html", {"form": form} | context, status=422 if refused else 200)
