"""Starting a run, from a runbook, a section or an incident."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.errors import NotAllowed, Refused
from accounts.http import Request
from incidents.forms.runs import StartForm
from incidents.models import Incident, Run
from incidents.pages.run_start import (
    Pairs,
    Prepared,
    find_incidents,
    find_runbooks,
    find_version,
    gather_labels,
    list_places,
    prepare,
    read_values,
    suggest_purpose,
)
from incidents.services.runs import start_run
from runbooks.models import Runbook, RunbookVersion


def start(request: Request) -> HttpResponse:
    """Choose a runbook (`?runbook=`), a place of it (`?section=`), then start. `?incident=` is a number; every other
    name in the address is a label that fills the commands."""
    if not request.user.has_perm("incidents.add_run"):
        raise PermissionDenied("You may not start a run. Ask an administrator for the role that may.")
    wanted = request.POST if request.method == "POST" else request.GET
    incident = _find(Incident.objects.visible_to(request.user), wanted.get("incident", ""))
    runbook = _find(Runbook.objects.visible_to(request.user).select_related("service"), wanted.get("runbook", ""))
    if runbook is None:
        return _choose_runbook(request, incident)
    version = find_version(runbook, wanted.get("version", ""))
    key = wanted.get("section", "")
    labels = gather_labels(_read_pairs(wanted), incident, runbook, key)
    prepared = prepare(version, key, labels) if version and key else None
    if version is None or prepared is None:
        return _choose_place(request, runbook, version, incident, is_empty=bool(key))
    return _start(request, version, prepared, incident, labels)


def _start(
    request: Request, version: RunbookVersion, prepared: Prepared, incident: Incident | None, labels: Pairs
) -> HttpResponse:
    form = _make_form(request, version, prepared, incident)
    if request.method == "POST" and form.is_valid():
        run = _try(request, form, version, prepared, labels)
        if run is not None:
            return redirect(run)
    context = {"form": form, "prepared": prepared, "version": version, "runbook": version.runbook, "incident": incident}
    context["labels"] = labels
    return render(request, "incidents/run_start.html", context, status=422 if form.errors else 200)


def _make_form(request: Request, version: RunbookVersion, prepared: Prepared, incident: Incident | None) -> StartForm:
    purpose = suggest_purpose(incident, version, request.GET.get("purpose", ""))
    initial: dict[str, Any] = {"purpose": purpose, "incident": incident}
    initial |= {f"value-{name}": value for name, value in prepared.values.items()}
    incidents = find_incidents(request.user, incident)
    data = request.POST or None
    return StartForm(data, incidents=incidents, names=prepared.names, is_draft=version.is_open, initial=initial)


def _try(request: Request, form: StartForm, version: RunbookVersion, prepared: Prepared, labels: Pairs) -> Run | None:
    now = timezone.now()
    data = form.cleaned_data
    try:
        run = start_run(
            version,
            prepared.source.key,
            purpose=data["purpose"],
            incident=data["incident"],
            values=form.given_values(),
            labels=[] if read_values(request.POST) else labels,
            user=request.user,
            now=now,
        )
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from None
    except Refused as error:
        form.add_error(None, str(error))
        return None
    if run.started_at < now:
        messages.info(request, f"{run.started_by} started this run already, and it is going on. This is it.")
    return run


def _choose_runbook(request: Request, incident: Incident | None) -> HttpResponse:
    words = " ".join(request.GET.get("q", "").replace("\0", "").split())[:200]
    runbooks = find_runbooks(request.user, incident, words)
    attached = list(incident.attached_runbooks.select_related("runbook")) if incident else []
    visible = {
        pk for (pk,) in Runbook.objects.visible_to(request.user).filter(attached_to__in=attached).values_list("pk")
    }
    context = {
        "runbooks": runbooks,
        "attached": [row for row in attached if row.runbook_id in visible],
        "incident": incident,
        "words": words,
    }
    return render(request, "incidents/run_choose.html", context)


def _choose_place(
    request: Request, runbook: Runbook, version: RunbookVersion | None, incident: Incident | None, *, is_empty: bool
) -> HttpResponse:
    """The places that can be run; 422 with the reason for a place that was asked for and has no steps."""
    places = list_places(version) if version else []
    context: dict[str, Any] = {"runbook": runbook, "version": version, "incident": incident}
    context |= {"places": places, "is_empty": is_empty}
    context["labels"] = [pair for pair in _read_pairs(request.GET) if pair[0] not in ("section", "q")]
    return render(request, "incidents/run_places.html", context, status=422 if is_empty else 200)


def _read_pairs(data: QueryDict) -> Pairs:
    return [(name, str(value)) for name, value in data.items()]


def _find(rows: Any, number: str) -> Any:
    """The row of that number; None without one; 404 for one that is not there or must not be known of."""
    if not number:
        return None
    is_number = number.isascii() and number.isdigit() and len(number) < 18
    return get_object_or_404(rows, pk=int(number) if is_number else 0)
