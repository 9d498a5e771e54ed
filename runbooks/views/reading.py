"""Finding and reading."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.http import Request
from runbooks.lists import RunbookList
from runbooks.models import Runbook
from runbooks.models.runbook import RunbookQuerySet
from runbooks.pages import collect_facts, describe_readiness
from runbooks.views.common import get_runbook


def list_runbooks(request: Request) -> HttpResponse:
    """The list, filtered and sorted by what stands in the address; what it does not know there it ignores."""
    runbooks = RunbookList(request.user, request.GET, timezone.localdate())
    template = "runbooks/_rows.html" if request.htmx else "runbooks/list.html"
    return render(request, template, runbooks.context())


def show_runbook(request: Request, service: str, slug: str) -> HttpResponse:
    """The reading page: the active version, or the newest text while none is active yet."""
    runbook = _get_for_reading(request, service, slug)
    version = runbook.shown_version
    if version is None:
        raise Http404("Nothing has been written yet.")
    context = {
        "runbook": runbook,
        "version": version,
        "service": runbook.service,
        "facts": collect_facts(runbook, version, timezone.localdate()),
        "links": runbook.service.links.all(),
        "open_version": runbook.versions.open().light().exclude(pk=version.pk).first(),
        **describe_readiness(version),
        "can_edit": request.user.has_perm("runbooks.change_runbook"),
        "can_retire": request.user.has_perm("runbooks.retire_runbook"),
    }
    return render(request, "runbooks/detail.html", context)


def show_raw(request: Request, service: str, slug: str) -> HttpResponse:
    """The Markdown of the text shown, as it was stored."""
    runbook = get_runbook(request.user, service, slug)
    if runbook.shown_version is None:
        raise Http404("Nothing has been written yet.")
    return HttpResponse(runbook.shown_version.markdown.encode(), content_type="text/plain; charset=utf-8")


def _get_for_reading(request: Request, service: str, slug: str) -> Runbook:
    """The runbook with everything that the page prints, in one query."""
    visible: RunbookQuerySet = Runbook.objects.visible_to(request.user)
    runbook = (
        visible.filter(service__slug=service, slug=slug)
        .select_related("service__team", "team", "owner", "shown_version__author")
        .defer("shown_version__markdown", "shown_version__document")
        .first()
    )
    if runbook is None:
        raise Http404("There is no such runbook.")
    return runbook
