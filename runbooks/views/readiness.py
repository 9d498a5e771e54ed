"""How ready a runbook is, and what is still to be put right."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.http import Request
from runbooks.gate_pages import GatesPanel
from runbooks.models import Runbook, RunbookVersion
from runbooks.readiness_report import ReadinessReport
from runbooks.views.common import get_runbook, get_version


def show_readiness(request: Request, service: str, slug: str) -> HttpResponse:
    """The findings of the version that is shown, or of `?version=1.2`."""
    runbook = get_runbook(request.user, service, slug)
    version = _choose_version(runbook, request.GET.get("version", ""))
    now = timezone.now()
    context = ReadinessReport(runbook, version, request.user, timezone.localdate(now)).context()
    if version.is_open:
        context |= GatesPanel(version, request.user, now).context()
    return render(request, "runbooks/readiness.html", context)


def _choose_version(runbook: Runbook, number: str) -> RunbookVersion:
    major, dot, minor = number.partition(".")
    if number and dot and all(part.isascii() and part.isdigit() and len(part) < 7 for part in (major, minor)):
        return get_version(runbook, (int(major), int(minor)))
    if number or runbook.shown_version is None:
        raise Http404("There is no such version.")
    version = runbook.shown_version
    version.runbook = runbook
    return version
