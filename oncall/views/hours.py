"""Hours on call of a rotation by person, as a page and as a file."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.http import Request
from oncall.forms.covers import HoursForm
from oncall.models import Rotation
from oncall.pages.hours import count_hours, read_days, write_csv
from oncall.rota import zone_named
from oncall.views.rotations import get_rotation

DAY = dt.timedelta(days=1)


def show_hours(request: Request, team: str, rotation: str) -> HttpResponse:
    """`?from=&to=` (days, both included) choose the time; this month by the team's clock without them."""
    found = get_rotation(request.user, team, rotation)
    now = timezone.now()
    form = _make_form(request, found, now)
    context: dict[str, Any] = {"form": form, "rotation": found, "now": now}
    if form.is_valid():
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
        span = read_days(first, last, found.team.time_zone)
        context |= {"rows": count_hours(found, span), "first": first, "last": last, "span": span}
        context |= {"earlier": _month_around(first.replace(day=1) - DAY), "later": _month_around(_next_month(first))}
    return render(request, "oncall/hours.html", context, status=422 if form.errors else 200)


def download_hours(request: Request, team: str, rotation: str) -> HttpResponse:
    """The same rows as CSV (RFC 4180), UTF-8."""
    found = get_rotation(request.user, team, rotation)
    form = _make_form(request, found, timezone.now())
    if not form.is_valid():
        text = "\n".join(str(error) for errors in form.errors.values() for error in errors)
        return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    text = write_csv(count_hours(found, read_days(first, last, found.team.time_zone)), first, last)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name = f"hours-{found.team.slug}-{found.slug}-{first}-{last}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _make_form(request: Request, rotation: Rotation, now: dt.datetime) -> HoursForm:
    if "from" in request.GET or "to" in request.GET:
        return HoursForm(request.GET)
    first, last = _month_around(now.astimezone(zone_named(rotation.team.time_zone)).date())
    return HoursForm({"from": first.isoformat(), "to": last.isoformat()})


def _month_around(day: dt.date) -> tuple[dt.date, dt.date]:
    return day.replace(day=1), _next_month(day) - DAY


def _next_month(day: dt.date) -> dt.date:
    return (day.replace(day=1) + DAY * 31).replace(day=1)
