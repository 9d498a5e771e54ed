"""The page of a handoff, and what an open one asks every two seconds."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.http import Request
from handoffs.models import Handoff
from handoffs.pages.page import describe_handoff
from handoffs.pages.pulse import find_pulse
from incidents.pages.live import answer_if_changed

NOT_THERE = "There is no such handoff."


@require_GET
def show_handoff(request: Request, pk: int) -> HttpResponse:
    return draw_handoff(request, pk)


@require_GET
def follow_handoff(request: Request, pk: int) -> HttpResponse:
    """304 while nothing changed, else the parts of the page that follow what happens."""
    tag = _find_tag(request, pk)
    return answer_if_changed(request, tag, partial(_draw, request, pk, "handoffs/_live.html"))


def draw_handoff(request: Request, pk: int, status: int = 200, **more: Any) -> HttpResponse:
    """The whole page. `refusal` says what was refused, and `typed` holds what was sent, so that nothing is lost."""
    return _draw(request, pk, "handoffs/handoff.html", status, tag=_find_tag(request, pk), **more)


def _find_tag(request: Request, pk: int) -> str:
    """Read before the page is: what changes in between is asked for once more."""
    tag = find_pulse(request.user, pk, timezone.now()) if request.user.has_perm("handoffs.view_handoff") else None
    if tag is None:
        raise Http404(NOT_THERE)
    return tag


def _draw(request: Request, pk: int, template: str, status: int = 200, **more: Any) -> HttpResponse:
    handoff = get_object_or_404(Handoff.objects.for_list(), pk=pk)
    page = describe_handoff(handoff, request.user, timezone.now())
    context = {"handoff": handoff, "page": page, "contract": page.contract, "here": handoff.get_absolute_url()}
    return render(request, template, context | more, status=status)
