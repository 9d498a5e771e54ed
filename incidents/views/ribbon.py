"""The ribbon that every page asks for once, and again every half minute while it is looked at."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import Request
from incidents.pages.live import answer_if_changed, make_tag
from incidents.pages.ribbon import find_ribbon


@require_safe
def show_ribbon(request: Request) -> HttpResponse:
    """An open incident that concerns the reader, as a fragment; empty where there is none. `?but=` is left out."""
    but = request.GET.get("but", "")
    ribbon = find_ribbon(request.user, int(but) if but.isdecimal() and len(but) < 10 else None)
    tag = make_tag(request.user.pk, request.user.time_zone, ribbon.tag if ribbon else "none")
    if ribbon is None:
        return answer_if_changed(request, tag, HttpResponse)
    return answer_if_changed(request, tag, lambda: render(request, "incidents/_ribbon.html", {"ribbon": ribbon}))
