"""Routine tasks: the list, one task's history, ticking and taking that back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from accounts.http import Request
from runbooks.errors import NotAllowed, Refused
from runbooks.models import RoutineTask
from runbooks.routine_pages.form import TickForm
from runbooks.routine_pages.history import describe_history, find_line
from runbooks.routine_pages.task_list import STATES, RoutineList, list_cadences
from runbooks.services.routine import tick_task, untick_task
from runbooks.services.routine.ticking import PERMISSION


@require_GET
def list_tasks(request: Request) -> HttpResponse:
    """What is due, by team; `?team=`, `?cadence=`, `?service=`, `?state=` and `?runbook=service/slug` choose."""
    shown = RoutineList(request.user, request.GET.dict(), timezone.now())
    context = {"list": shown, "states": STATES.items(), "cadences": list_cadences()}
    return render(request, "routine/tasks.html", context)


@require_GET
def show_task(request: Request, pk: int) -> HttpResponse:
    """One task and what became of it, period by period."""
    return _show(request, pk, timezone.now())


@require_POST
def tick(request: Request, pk: int) -> HttpResponse:
    """It is done; or it is left out, with the reason."""
    task, now, form = _find(request, pk), timezone.now(), TickForm(request.POST)
    if not form.is_valid():
        return _refuse(request, pk, now, form.say_errors())
    data = form.cleaned_data
    return _answer(request, task, now, lambda: tick_task(task, user=request.user, now=now, **data))


@require_POST
def untick(request: Request, pk: int) -> HttpResponse:
    """It was not done after all."""
    task, now, form = _find(request, pk), timezone.now(), TickForm(request.POST)
    if not form.is_valid():
        return _refuse(request, pk, now, form.say_errors())
    period = form.cleaned_data["period"]
    return _answer(request, task, now, lambda: untick_task(task, user=request.user, now=now, period=period))


def _find(request: Request, pk: int) -> RoutineTask:
    """The task, for somebody who may tick: strangers get 404, readers 403."""
    if pk >= 2**63:
        raise Http404("There is no such task.")
    task = get_object_or_404(RoutineTask.objects.visible_to(request.user), pk=pk)
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied("You may not tick routine tasks. Ask an administrator for the role that may.")
    return task


def _answer(request: Request, task: RoutineTask, now: dt.datetime, change: Callable[[], object]) -> HttpResponse:
    """Make the change; then the row as it is now, or back to the page it came from."""
    try:
        change()
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        return _refuse(request, task.pk, now, str(refusal))
    if request.htmx:
        return _show_row(request, task.pk, now)
    messages.success(request, "Saved.")
    back = request.POST.get("back", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(f"{back.partition('#')[0]}#task-{task.pk}" if is_ours else task.get_absolute_url())


def _refuse(request: Request, pk: int, now: dt.datetime, error: str) -> HttpResponse:
    return _show_row(request, pk, now, error) if request.htmx else _show(request, pk, now, error)


def _show_row(request: Request, pk: int, now: dt.datetime, error: str = "") -> HttpResponse:
    """The row, and the count of the group it stands in."""
    line = find_line(request.user, pk, now, error)
    if line is None:
        raise Http404("There is no such task.")
    back = request.POST.get("back", "")
    shown = RoutineList(request.user, QueryDict(back.partition("?")[2].partition("#")[0]).dict(), now)
    context = {
        "line": line,
        "back": back,
        "group": shown.make_group(line),
        "note": request.POST.get("note", "") if error else "",
    }
    return render(request, "routine/_answer.html", context, status=422 if error else 200)


def _show(request: Request, pk: int, now: dt.datetime, error: str = "") -> HttpResponse:
    history = describe_history(request.user, pk, now, error)
    if history is None:
        raise Http404("There is no such task.")
    context = {"history": history, "line": history.line, "note": request.POST.get("note", "")}
    return render(request, "routine/task.html", context, status=422 if error else 200)
