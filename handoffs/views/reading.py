"""A handoff to take away, and the brief of whoever takes over."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.http import Request
from handoffs.pages.brief import describe_brief, find_my_brief
from handoffs.pages.exports import describe_export
from handoffs.pages.markdown import write_markdown
from handoffs.views.steps import find_handoff


@require_GET
def export_json(request: Request, pk: int) -> HttpResponse:
    """The whole handoff as JSON; `describe_export` says what stands in it."""
    export = describe_export(find_handoff(request, pk), request.user, timezone.now())
    text = json.dumps(export, ensure_ascii=False, indent=1)
    return _name(HttpResponse(text, content_type="application/json"), pk, "json")


@require_GET
def export_markdown(request: Request, pk: int) -> HttpResponse:
    """The whole handoff as Markdown."""
    now = timezone.now()
    text = write_markdown(describe_export(find_handoff(request, pk), request.user, now), now)
    return _name(HttpResponse(text, content_type="text/markdown; charset=utf-8"), pk, "md")


def _name(response: HttpResponse, pk: int, extension: str) -> HttpResponse:
    response["Content-Disposition"] = f'inline; filename="handoff-{pk}.{extension}"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
def show_brief(request: Request, pk: int) -> HttpResponse:
    """What the incoming person wants to know in a minute; anybody who reads handoffs may look at it."""
    handoff = find_handoff(request, pk)
    brief = describe_brief(handoff, request.user, timezone.now())
    response = render(request, "handoffs/brief.html", {"brief": brief, "handoff": handoff})
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
def show_my_brief(request: Request) -> HttpResponse:
    """To the brief of the shift that is next for whoever asks, or of the one they are in."""
    handoff = find_my_brief(request.user)
    if handoff is not None:
        return redirect("handoffs:brief", handoff.pk)
    messages.info(request, "There is no brief for you yet. It begins with the handoff of your next shift.")
    return redirect("handoffs:mine")
