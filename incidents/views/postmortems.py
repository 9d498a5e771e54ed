"""Post-mortems: the list, the report, beginning one, its way to publishing, Markdown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.http import Request
from accounts.models import Team
from incidents.errors import NotAllowed, Refused
from incidents.forms.postmortems import ActionForm, LessonForm
from incidents.models import Incident, PostMortem, Severity
from incidents.pages.postmortem_markdown import write_markdown
from incidents.pages.postmortems import (
    MOST_OWED,
    describe_postmortem,
    find_near,
    get_visible,
    list_owed,
    list_postmortems,
)
from incidents.services import postmortems as services


@require_safe
def show_postmortems(request: Request) -> HttpResponse:
    """All post-mortems, and on top who owes one. `?status=`, `?team=`, `?severity=`, `?q=` narrow the list."""
    now = timezone.now()
    wishes = request.GET.dict()
    owed = list_owed(request.user, now)
    context = {
        "page": list_postmortems(request.user, wishes),
        "owed": owed[:MOST_OWED],
        "has_more_owed": len(owed) > MOST_OWED,
        "wishes": wishes,
        "is_filtered": any(wishes.get(name) for name in ("status", "team", "severity", "q")),
        "statuses": PostMortem.Status.choices,
        "teams": Team.objects.all(),
        "severities": Severity.objects.select_related("team"),
        "now": now,
    }
    return render(request, "incidents/postmortems.html", context)


@require_safe
def show_postmortem(request: Request, number: int) -> HttpResponse:
    """The report, with what is still missing and the forms for action items and lessons below it."""
    return render_report(request, get_postmortem(request, number))


@require_safe
def download_markdown(request: Request, number: int) -> HttpResponse:
    """The report as Markdown."""
    postmortem = get_postmortem(request, number)
    text = write_markdown(describe_postmortem(postmortem, request.user))
    response = HttpResponse(text, content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="post-mortem-{postmortem.incident.reference}.md"'
    return response


@require_POST
def start(request: Request, number: int) -> HttpResponse:
    """Begin the post-mortem of an incident, and write on."""
    incident = get_object_or_404(Incident.objects.visible_to(request.user), pk=number)
    try:
        services.start_postmortem(incident, user=request.user, now=timezone.now())
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(incident)
    return redirect("incidents:edit_postmortem", incident.pk)


@require_POST
def change_status(request: Request, number: int) -> HttpResponse:
    """`do` is submit, send_back, publish or reopen; the second and the last with a `reason`."""
    postmortem = get_postmortem(request, number)
    user, now, reason = request.user, timezone.now(), request.POST.get("reason", "")
    steps: dict[str, tuple[Callable[[], Any], str]] = {
        "submit": (
            lambda: services.submit_postmortem(postmortem, user=user, now=now),
            "It is in review. Its team is told.",
        ),
        "send_back": (
            lambda: services.send_back_postmortem(postmortem, reason, user=user, now=now),
            "It is a draft again.",
        ),
        "publish": (lambda: services.publish_postmortem(postmortem, user=user, now=now), "It is published."),
        "reopen": (
            lambda: services.reopen_postmortem(postmortem, reason, user=user, now=now),
            "It is a draft again; the reason stands in the incident’s timeline.",
        ),
    }
    if request.POST.get("do") not in steps:
        return HttpResponseBadRequest("Nothing to do was named.", content_type="text/plain")
    change, text = steps[request.POST["do"]]
    return answer(request, change, text, postmortem.get_absolute_url())


def get_postmortem(request: Request, number: int) -> PostMortem:
    """404 for one that this person may not know of."""
    return get_object_or_404(get_visible(request.user), incident=number)


def answer(request: Request, change: Callable[[], Any], text: str, place: str) -> HttpResponse:
    """Make a change that has no form of its own, say what came of it, and go back."""
    try:
        change()
        messages.success(request, text)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(place)


def render_report(
    request: Request,
    postmortem: PostMortem,
    *,
    action_form: ActionForm | None = None,
    lesson_form: LessonForm | None = None,
) -> HttpResponse:
    """The reading page; 422 with a form that was refused."""
    user = request.user
    near = find_near(postmortem.incident) if user.has_perm("incidents.add_actionitem") else []
    context = {
        "report": describe_postmortem(postmortem, user),
        "action_form": action_form or ActionForm(near=near),
        "lesson_form": lesson_form or (LessonForm(user=user) if user.has_perm("incidents.add_lesson") else None),
        "today": timezone.localdate(),
        "now": timezone.now(),
    }
    status = 422 if action_form or lesson_form else 200
    return render(request, "incidents/postmortem.html", context, status=status)
