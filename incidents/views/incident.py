"""The page of an incident, its pulse, and what is written into its timeline."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.http import Request
from accounts.models import User
from incidents.errors import BadTime, NotAllowed, Refused
from incidents.forms.notes import CorrectionForm, NoteForm
from incidents.models import Incident, TimelineEntry
from incidents.pages.incident import IncidentPage, find_pulse, get_incident
from incidents.pages.live import answer_if_changed
from incidents.pages.panels import describe_panels
from incidents.pages.timeline import Filter
from incidents.services.notes import add_note, correct_entry, pin_entry, unpin_entry
from runbooks.rendering import render_note

NOT_THERE = "There is no such incident."


@require_GET
def show_incident(request: Request, number: int) -> HttpResponse:
    """The page: `?kind=&person=&pinned=1` filter the timeline, `?from=<entry>` shows it from that entry on."""
    return _show(request, number, NoteForm())


@require_GET
def follow_incident(request: Request, number: int) -> HttpResponse:
    """What an open page asks every two seconds: 304 while nothing changed, else the parts that follow what happens."""
    tag = find_pulse(request.user, number, Filter.read(request.GET), timezone.now())
    if tag is None:
        raise Http404(NOT_THERE)
    return answer_if_changed(request, tag, partial(_draw, request, number, "incidents/_incident_live.html"))


@require_POST
def write_note(request: Request, number: int) -> HttpResponse:
    """Write a note; refused, it comes back on the page with its words."""
    incident = find_incident(request.user, number)
    _ask_to_write(request.user)
    form = NoteForm(request.POST)
    if form.is_valid():
        words = form.cleaned_data
        try:
            entry = add_note(incident, words["markdown"], user=request.user, now=timezone.now(), at=words["at"])
        except BadTime as refusal:
            form.add_error("at", str(refusal))
        except Refused as refusal:
            form.add_error("markdown", str(refusal))
        else:
            return redirect(f"{incident.get_absolute_url()}#entry-{entry.pk}")
    return _show(request, number, form, status=422)


@require_POST
def preview_note(request: Request) -> HttpResponse:
    """A short text as it will be shown; 422 with a sentence for one that can't be stored."""
    _ask_to_write(request.user)
    try:
        return render(request, "incidents/_note_preview.html", {"html": render_note(request.POST.get("content", ""))})
    except Refused as refusal:
        return render(request, "incidents/_note_preview.html", {"refusal": refusal}, status=422)


def correct(request: Request, number: int, pk: int) -> HttpResponse:
    """Say what is wrong with an entry."""
    incident = find_incident(request.user, number)
    entry = _find_entry(incident, pk)
    _ask_to_write(request.user)
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = correct_entry(entry, form.cleaned_data["markdown"], user=request.user, now=timezone.now())
        except Refused as refusal:
            form.add_error("markdown", str(refusal))
        else:
            return redirect(f"{incident.get_absolute_url()}#entry-{made.pk}")
    context = {"incident": incident, "entry": entry, "form": form}
    return render(request, "incidents/correct.html", context, status=422 if form.errors else 200)


@require_POST
def pin(request: Request, number: int, pk: int) -> HttpResponse:
    """Pin an entry, or with `do=unpin` take the pin away."""
    incident = find_incident(request.user, number)
    entry = _find_entry(incident, pk)
    try:
        if request.POST.get("do") == "unpin":
            unpin_entry(entry, user=request.user)
        else:
            pin_entry(entry, user=request.user, now=timezone.now())
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    return redirect(f"{incident.get_absolute_url()}#entry-{entry.pk}")


def find_incident(user: User, number: int) -> Incident:
    """The incident of that number, or 404 when there is none that this person may know of."""
    if number >= 2**63:
        raise Http404(NOT_THERE)
    return get_object_or_404(Incident.objects.visible_to(user), pk=number)


def _find_entry(incident: Incident, pk: int) -> TimelineEntry:
    if pk >= 2**63:
        raise Http404("There is no such entry.")
    return get_object_or_404(TimelineEntry.objects.select_related("person"), incident=incident, pk=pk)


def _ask_to_write(user: User) -> None:
    if not user.has_perm("incidents.add_timelineentry"):
        raise PermissionDenied("You may not write in the timeline. Ask an administrator for the role that may.")


def _show(request: Request, number: int, form: NoteForm, status: int = 200) -> HttpResponse:
    tag = find_pulse(request.user, number, Filter.read(request.GET), timezone.now())
    return _draw(request, number, "incidents/incident.html", status, form=form, tag=tag)


def _draw(request: Request, number: int, template: str, status: int = 200, **more: Any) -> HttpResponse:
    """The page or the parts of it that are polled: both are made of the same context."""
    now = timezone.now()
    incident = get_incident(request.user, number, now)
    if incident is None:
        raise Http404(NOT_THERE)
    page = IncidentPage(incident, request.user, Filter.read(request.GET), now)
    context = {"incident": incident, "page": page, "here": incident.get_absolute_url(), "now": now}
    return render(request, template, context | describe_panels(incident, request.user, now) | more, status=status)
