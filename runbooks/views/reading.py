"""Finding and reading."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.http import Request
from runbooks.lists import RunbookList
from runbooks.models import Runbook
from runbooks.pages import ReadingPage
from runbooks.views.common import get_runbook


def list_runbooks(request: Request) -> HttpResponse:
    """The list, filtered and sorted by what stands in the address; what it does not know there it ignores."""
    runbooks = RunbookList(request.user, request.GET, timezone.localdate())
    template = "runbooks/_rows.html" if request.htmx else "runbooks/list.html"
    return render(request, template, runbooks.context())


def show_runbook(request: Request, service: str, slug: str) -> HttpResponse:
    """The reading page: the active version, or the newest text while none is active yet.

    The page itself comes from the cache while nothing on it changed; only then is the rest of the context looked up.
    """
    visible = Runbook.objects.visible_to(request.user).for_reading()
    runbook = visible.filter(service__slug=service, slug=slug).first()
    if runbook is None or runbook.shown_version_id is None:
        raise Http404("There is no such runbook.")
    page = ReadingPage(
        runbook.pk,
        today=timezone.localdate(),
        time_zone=request.user.time_zone,
        can_edit=request.user.has_perm("runbooks.change_runbook"),
    )
    context = {"runbook": runbook, "page_key": page.key(runbook), **page.lazily()}
    return render(request, "runbooks/detail.html", context)


def show_raw(request: Request, service: str, slug: str) -> HttpResponse:
    """The Markdown of the text shown, as it was stored."""
    runbook = get_runbook(request.user, service, slug)
    if runbook.shown_version is None:
        raise Http404("Nothing has been written yet.")
    return HttpResponse(runbook.shown_version.markdown.encode(), content_type="text/plain; charset=utf-8")

