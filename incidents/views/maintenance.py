"""Maintenance windows: the list, one of them, planning, changing, calling off, and starting the run."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.http import Request
from accounts.models import User
from incidents.errors import NotAllowed, Refused
from incidents.forms.maintenance import CancelForm, MaintenanceForm, begin_with
from incidents.models import MaintenanceWindow
from incidents.pages.communication import offer_channels
from incidents.pages.maintenance import find_conflicts, list_on_and_coming, list_past
from incidents.services.maintenance import (
    cancel_window,
    change_window,
    find_notice,
    plan_window,
)
from incidents.services.maintenance_runs import start_window_run
from incidents.views.fetching import ask_permission, try_to
from oncall.forms.moments import parse_moment
from oncall.models import Service
from runbooks.models import Runbook


@require_safe
def list_maintenance(request: Request) -> HttpResponse:
    """What is on, coming and over. `?service=` (a slug) narrows it."""
    now = timezone.now()
    services = Service.objects.visible_to(request.user)
    service = services.filter(slug=request.GET.get("service", "").replace("\0", "")[:80]).first()
    wanted = Q(services=service) if service else Q()
    on, coming = list_on_and_coming(request.user, now, wanted)
    context = {
        "on": on,
        "coming": coming,
        "past": list_past(request.user, now, wanted, request.GET.get("page")),
        "service": service,
        "services": services.order_by("name"),
    }
    return render(request, "incidents/maintenance_list.html", context)


@require_safe
def show_window(request: Request, pk: int) -> HttpResponse:
    """One window: when, what, what others will notice, what else is on then, and its run."""
    window = _get(request.user, pk)
    now = timezone.now()
    runbook = (
        Runbook.objects.visible_to(request.user).select_related("service").filter(pk=window.runbook_id or 0).first()
    )
    services = list(window.services.visible_to(request.user).order_by("name"))
    context = {
        "window": window,
        "services": services,
        "runbook": runbook,
        "conflicts": [] if window.cancelled_at else _find_conflicts(window, services, request.user),
        "state": _say_state(window, now),
        "announces_at": window.during.lower - find_notice(),
        "alerts": window.alerts.visible_to(request.user).order_by("-starts_at")[:20],
        "reads_utc": not window.during.lower.astimezone(timezone.get_current_timezone()).utcoffset(),
        "now": now,
    }
    return render(request, "incidents/maintenance_detail.html", context)


def plan(request: Request) -> HttpResponse:
    """Plan a window. `?service=`, `?runbook=`, `?start=` fill the form."""
    ask_permission(request.user, "incidents.add_maintenancewindow", "plan maintenance")
    now = timezone.now()
    form = _make_form(request, _read_wishes(request))
    if request.method == "POST" and "look" not in request.POST and form.is_valid():
        made = try_to(form, lambda: plan_window(form.read(now), user=request.user, now=now))
        if made is not None:
            told = "It is announced." if made.announced_at else "It will be announced by itself."
            return _done(request, made, f"The maintenance is planned. {told}")
    return _show_form(request, form, {})


def change(request: Request, pk: int) -> HttpResponse:
    """Plan it otherwise."""
    window = _get(request.user, pk)
    ask_permission(request.user, "incidents.change_maintenancewindow", "change maintenance")
    now = timezone.now()
    form = _make_form(request, begin_with(window))
    if request.method == "POST" and "look" not in request.POST and form.is_valid():
        plan = form.read(now)
        made = try_to(form, lambda: change_window(window, plan, user=request.user, now=now))
        if made is not None:
            return _done(
                request, made, "The change is saved." + (" Who was told is told again." if made.announced_at else "")
            )
    return _show_form(request, form, {"window": window})


def cancel(request: Request, pk: int) -> HttpResponse:
    """Call it off, with a reason."""
    window = _get(request.user, pk)
    ask_permission(request.user, "incidents.change_maintenancewindow", "call off maintenance")
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason, now = form.cleaned_data["reason"], timezone.now()
        made = try_to(form, lambda: cancel_window(window, reason, user=request.user, now=now))
        if made is not None:
            messages.success(request, "The maintenance is called off.")
            return redirect(made)
    context = {"form": form, "window": window}
    return render(request, "incidents/maintenance_cancel.html", context, status=422 if form.errors else 200)


@require_POST
def start(request: Request, pk: int) -> HttpResponse:
    """Go through its steps as a run, which belongs to the window from then on."""
    window = _get(request.user, pk)
    get_object_or_404(Runbook.objects.visible_to(request.user), pk=window.runbook_id)
    try:
        run = start_window_run(window, user=request.user, now=timezone.now())
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(window)
    return redirect(run)


def _get(user: User, pk: int) -> MaintenanceWindow:
    rows = MaintenanceWindow.objects.visible_to(user).select_related("team", "run", "created_by", "runbook__service")
    return get_object_or_404(rows.prefetch_related("channels"), pk=pk)


def _make_form(request: Request, initial: dict[str, Any]) -> MaintenanceForm:
    channels, _ = offer_channels()
    return MaintenanceForm(request.POST or None, user=request.user, channels=channels, initial=initial)


def _read_wishes(request: Request) -> dict[str, Any]:
    """What the address says the form should begin with; what can't be read is left out."""
    slug = request.GET.get("service", "").replace("\0", "")[:80]
    services = Service.objects.visible_to(request.user).filter(slug=slug)
    key = request.GET.get("runbook", "")
    wishes: dict[str, Any] = {"services": [service.pk for service in services]}
    if key.isascii() and key.isdigit() and len(key) < 19:
        wishes["runbook"] = int(key)
    wishes["start"] = parse_moment(request.GET.get("start", ""))
    return wishes


def _show_form(request: Request, form: MaintenanceForm, context: dict[str, Any]) -> HttpResponse:
    looks = "look" in request.POST
    if looks:
        form.errors.clear()  # only the sections of a runbook were asked for
    status = 422 if form.errors and not looks else 200
    return render(request, "incidents/maintenance_edit.html", context | {"form": form}, status=status)


def _find_conflicts(window: MaintenanceWindow, services: list[Service], user: User) -> list[Any]:
    return find_conflicts(services, window.during.lower, window.during.upper, user=user, but=window.pk)


def _done(request: Request, window: MaintenanceWindow, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect(window)


def _say_state(window: MaintenanceWindow, now: Any) -> str:
    """ "cancelled", "over", "now" or "coming"."""
    if window.cancelled_at is not None:
        return "cancelled"
    if window.during.upper <= now:
        return "over"
    return "now" if window.during.lower <= now else "coming"
