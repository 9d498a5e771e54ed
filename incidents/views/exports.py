"""The timeline of an incident to take away."""

from __future__ import annotations

import json

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from accounts.http import Request
from incidents.models import Incident
from incidents.pages.exports import describe_timeline, write_markdown
from incidents.pages.incident import get_incident


@require_GET
def export_markdown(request: Request, number: int) -> HttpResponse:
    """The whole timeline as Markdown, the oldest entry first."""
    text = write_markdown(_find(request, number))
    response = HttpResponse(text, content_type="text/markdown; charset=utf-8")
    return _name(response, number, "md")


@require_GET
def export_json(request: Request, number: int) -> HttpResponse:
    """The whole timeline as JSON; `describe_timeline` says what stands in it."""
    text = json.dumps(describe_timeline(_find(request, number)), ensure_ascii=False, indent=1)
    return _name(HttpResponse(text, content_type="application/json"), number, "json")


def _find(request: Request, number: int) -> Incident:
    incident = get_incident(request.user, number)
    if incident is None:
        raise Http404("There is no such incident.")
    return incident


def _name(response: HttpResponse, number: int, extension: str) -> HttpResponse:
    response["Content-Disposition"] = f'inline; filename="INC-{number}-timeline.{extension}"'
    response["Cache-Control"] = "private, no-store"
    return response
