"""Links that lead out of runbooks: the report, one host, and having them asked again."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.http import Request
from runbooks.errors import NotAllowed
from runbooks.link_pages import HostPage, LinkReport
from runbooks.services.links import ask_again


@require_safe
def show_links(request: Request) -> HttpResponse:
    """By host or by runbook; dead ones unless the address says otherwise."""
    return render(request, "reviews/links.html", LinkReport(request.user, request.GET).context())


@require_safe
def download_links(request: Request) -> HttpResponse:
    """The same as CSV, a line for each place."""
    response = HttpResponse(LinkReport(request.user, request.GET).to_csv(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="links.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def show_host(request: Request, pk: int) -> HttpResponse:
    """The addresses of one host, and the places that lead there."""
    return render(request, "reviews/links_host.html", _find(request, pk).context())


@require_POST
def check_host(request: Request, pk: int) -> HttpResponse:
    """Ask its addresses again, or the one that is named; as soon as the pace of the host allows."""
    page, one = _find(request, pk), request.POST.get("link", "")
    links = page.links
    if one:
        links = links.filter(pk=int(one)) if one.isascii() and one.isdigit() and len(one) < 19 else links.none()
    try:
        many = ask_again(links, user=request.user, now=timezone.now())
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    word = "address is" if many == 1 else "addresses are"
    messages.success(
        request, f"{many} {word} asked again within minutes." if many else "Asked a moment ago: nothing to do."
    )
    return redirect("reviews:links_host", pk)


def _find(request: Request, pk: int) -> HostPage:
    page = HostPage.find(request.user, pk, request.GET.get("page", "1"), timezone.now())
    if page is None:
        raise Http404("No runbook leads to such a host.")
    return page
