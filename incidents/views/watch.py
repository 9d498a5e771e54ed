"""Watch items: the list, one of them, lighting, changing, prolonging, closing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.http import Request
from accounts.models import User
from incidents.forms.watch import ChangeWatchForm, CloseForm, EndForm, WatchForm
from incidents.models import WatchItem
from incidents.pages.watch_list import describe_item, describe_list, list_known_alerts
from incidents.pages.watch_start import Start, read_start
from incidents.services.watch import change_item, close_item, light, prolong
from incidents.views.fetching import ask_permission, try_to

CHANGE = "incidents.change_watchitem"


@require_GET
def show_watch_items(request: Request) -> HttpResponse:
    """What burns; `?state=expired` or `closed`, `?q=`, `?team=`, `?service=`, `?kind=` choose others."""
    context = describe_list(request.GET, request.user, timezone.now())
    return render(request, "incidents/watch_list.html", context)


@require_GET
def show_watch_item(request: Request, pk: int) -> HttpResponse:
    """One item, what became of it, and the forms that prolong and close it."""
    return _show(request, _find(request.user, pk), timezone.now())


def light_item(request: Request) -> HttpResponse:
    """Light one. `?service=`, `?alert=`, `?incident=`, `?team=`, `?kind=` and `?handoff=` fill the form."""
    ask_permission(request.user, "incidents.add_watchitem", "light watch items")
    now = timezone.now()
    start = read_start(request.GET, request.user, now)
    form = WatchForm(request.POST or None, user=request.user, initial=start.initial)
    if request.method == "POST" and form.is_valid() and (plan := form.read(now)) is not None:
        made = try_to(form, lambda: light(plan, user=request.user, now=now))
        if made is not None:
            messages.success(request, "The watch item is lit. It shows until its end, and in the handoffs until then.")
            return redirect(start.back or made.get_absolute_url())
    return _show_form(request, form, start=start)


def change(request: Request, pk: int) -> HttpResponse:
    """Say it otherwise."""
    item = _find(request.user, pk)
    ask_permission(request.user, CHANGE, "change watch items")
    now = timezone.now()
    form = ChangeWatchForm(request.POST or None, user=request.user, item=item)
    if request.method == "POST" and form.is_valid() and (plan := form.read(now)) is not None:
        made = try_to(form, lambda: change_item(item, plan, user=request.user, now=now))
        if made is not None:
            messages.success(request, "The change is saved.")
            return redirect(made)
    return _show_form(request, form, item=item)


@require_POST
def prolong_item(request: Request, pk: int) -> HttpResponse:
    """Let it burn longer."""
    item = _find(request.user, pk)
    ask_permission(request.user, CHANGE, "prolong watch items")
    now = timezone.now()
    form = EndForm(request.POST, user=request.user)
    if form.is_valid() and (until := form.read_end(item.team, now)) is not None:
        made = try_to(form, lambda: prolong(item, until, user=request.user, now=now))
        if made is not None:
            messages.success(request, "It burns until the new end.")
            return redirect(made)
    return _show(request, item, now, status=422, prolonging=form)


@require_POST
def close(request: Request, pk: int) -> HttpResponse:
    """Put it out."""
    item = _find(request.user, pk)
    ask_permission(request.user, CHANGE, "close watch items")
    now = timezone.now()
    form = CloseForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        made = try_to(form, lambda: close_item(item, reason, user=request.user, now=now))
        if made is not None:
            messages.success(request, "The watch item is closed.")
            return redirect(made)
    return _show(request, item, now, status=422, closing=form)


def _find(user: User, pk: int) -> WatchItem:
    if pk >= 2**63:
        raise Http404("There is no such watch item.")
    return get_object_or_404(WatchItem.objects.visible_to(user).with_names(), pk=pk)


def _show(request: Request, item: WatchItem, now: dt.datetime, status: int = 200, **forms: Any) -> HttpResponse:
    item = _find(request.user, item.pk) if forms else item  # what was refused may have been overtaken by somebody
    context = {"prolonging": EndForm(user=request.user), "closing": CloseForm()} | forms
    context |= describe_item(item, request.user, now)
    return render(request, "incidents/watch_item.html", context, status=status)


def _show_form(
    request: Request, form: WatchForm, *, start: Start | None = None, item: WatchItem | None = None
) -> HttpResponse:
    context = {"form": form, "item": item, "start": start, "known_alerts": list_known_alerts(request.user)}
    return render(request, "incidents/watch_edit.html", context, status=422 if form.errors else 200)
