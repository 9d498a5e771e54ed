"""The status page, and the question whether anything on it changed."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import Request
from incidents.pages.live import answer_if_changed
from incidents.pages.status import find_status_tag, read_status


@require_safe
def show_status(request: Request) -> HttpResponse:
    """What is wrong now, for everybody who can log in."""
    page = read_status(request.user, timezone.now())
    return render(request, "incidents/status.html", {"page": page, "now": page.now})


@require_safe
def show_live(request: Request) -> HttpResponse:
    """The part of the page that changes; 304 while nothing did."""
    now = timezone.now()

    def draw() -> HttpResponse:
        return render(request, "incidents/_status.html", {"page": read_status(request.user, now), "now": now})

    return answer_if_changed(request, find_status_tag(request.user, now), draw)
