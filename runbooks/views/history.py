"""Versions and what changed between them."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.http import Request
from runbooks.comparing import compare
from runbooks.converters import VersionNumber
from runbooks.flag_pages import find_open_flags, name_places, offer_answers
from runbooks.models import RunbookVersion, Status
from runbooks.steps import actions_open_to
from runbooks.views.common import get_runbook, get_version
from runbooks.views.gates import render_version


def list_versions(request: Request, service: str, slug: str) -> HttpResponse:
    """Every version, newest first, with what can be done with it."""
    runbook = get_runbook(request.user, service, slug)
    versions = list(RunbookVersion.objects.filter(runbook=runbook).for_history())
    for version in versions:
        version.runbook = runbook
    rows = [{"version": version, "actions": actions_open_to(request.user, version)} for version in versions]
    context = {"runbook": runbook, "rows": rows, "can_edit": request.user.has_perm("runbooks.change_runbook")}
    active = next((version for version in versions if version.status == Status.ACTIVE), None)
    if active is not None:
        context |= offer_answers(runbook, active, request.user)
    return render(request, "runbooks/versions.html", context)


def show_version(request: Request, service: str, slug: str, number: tuple[int, int]) -> HttpResponse:
    """One version exactly as it was read."""
    runbook = get_runbook(request.user, service, slug)
    version = get_version(runbook, number)
    return render_version(request, runbook, version)


def show_version_raw(request: Request, service: str, slug: str, number: tuple[int, int]) -> HttpResponse:
    """The Markdown of one version, as it was stored."""
    version = get_version(get_runbook(request.user, service, slug), number)
    return HttpResponse(version.markdown.encode(), content_type="text/plain; charset=utf-8")


def choose_diff(request: Request, service: str, slug: str) -> HttpResponse:
    """From the two chosen versions to the address of their comparison, the older one first."""
    runbook = get_runbook(request.user, service, slug)
    known = {version.number: (version.major, version.minor) for version in runbook.versions.light()}
    chosen = sorted(known[n] for n in (request.GET.get("a", ""), request.GET.get("b", "")) if n in known)
    if len(set(chosen)) < 2:
        return redirect("runbooks:versions", service, slug)
    a, b = (VersionNumber().to_url(number) for number in chosen)
    return redirect("runbooks:diff", service, slug, a, b)


def show_diff(request: Request, service: str, slug: str, a: tuple[int, int], b: tuple[int, int]) -> HttpResponse:
    """What changed from version `a` to version `b`."""
    runbook = get_runbook(request.user, service, slug)
    old, new = get_version(runbook, a), get_version(runbook, b)
    context = {
        "runbook": runbook,
        "old": old,
        "new": new,
        "diff": compare(old.markdown, new.markdown),
        "view": "unified" if request.GET.get("view") == "unified" else "split",
        "actions": actions_open_to(request.user, new),
        "version": new,
        "can_edit": request.user.has_perm("runbooks.change_runbook"),
        "flags": name_places(find_open_flags(runbook), new.document),
    }
    return render(request, "runbooks/diff.html", context)
