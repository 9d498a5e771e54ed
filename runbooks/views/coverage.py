"""Coverage of services: as a page, as a picture, as CSV."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import Request
from runbooks.coverage.pictures import draw_picture
from runbooks.coverage.table import Coverage


@require_safe
@permission_required("runbooks.view_runbook", raise_exception=True)
def show_services(request: Request) -> HttpResponse:
    """`?q=&team=&tier=&lack=&gap=&sort=` narrow and order what is shown."""
    coverage = Coverage(request.user, request.GET, timezone.now())
    return render(request, "coverage/services.html", {"coverage": coverage, "page": coverage.page})


@require_safe
@permission_required("runbooks.view_runbook", raise_exception=True)
def show_picture(request: Request) -> HttpResponse:
    """The same filters; for wikis."""
    now = timezone.now()
    coverage = Coverage(request.user, request.GET, now)
    picture = draw_picture(coverage.lines, settings.PORTAL_NAME, timezone.localtime(now))
    return HttpResponse(picture, content_type="image/svg+xml; charset=utf-8")


@require_safe
@permission_required("runbooks.view_runbook", raise_exception=True)
def download_services(request: Request) -> HttpResponse:
    """The same filters; every service that fits."""
    now = timezone.now()
    response = HttpResponse(Coverage(request.user, request.GET, now).to_csv(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="coverage-{timezone.localdate(now)}.csv"'
    return response
