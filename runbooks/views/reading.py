"""Finding and reading."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.http import Request
from runbooks.lists import RunbookList
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
    A query holds the labels of an alert, as its link carried them: they fill the placeholders.
    """
    page = ReadingPage.find(request.user, service, slug, timezone.now())
    if page is None:
        raise Http404("There is no such runbook.")
    if request.META.get("QUERY_STRING"):
        pairs = [(name, value) for name, values in request.GET.lists() for value in values]
        return render(request, "runbooks/filled.html", page.context_filled(pairs))
    return render(request, "runbooks/detail.html", page.context())


def show_raw(request: Request, service: str, slug: str) -> HttpResponse:
    """The Markdown of the text shown, as it was stored."""
    runbook = get_runbook(request.user, service, slug)
    if runbook.shown_version is None:
        raise Http404("Nothing has been written yet.")
    return HttpResponse(runbook.shown_version.markdown.encode(), content_type="text/plain; charset=utf-8")
