"""Charts of reviews, as a page and each table as a file."""

from __future__ import annotations

import zoneinfo

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import Request
from oncall.rota import zone_named
from runbooks.review_pages.charts import ChartsFilter, ReviewCharts


@require_safe
@permission_required("runbooks.view_review", raise_exception=True)
def show_charts(request: Request) -> HttpResponse:
    """`?team=&weeks=` say what is counted."""
    form = ChartsFilter(request.GET)
    charts = _make_charts(request, form).load() if form.is_valid() else None
    context = {"form": form, "charts": charts}
    return render(request, "reviews/charts.html", context, status=200 if charts else 422)


@require_safe
@permission_required("runbooks.view_review", raise_exception=True)
def download_chart(request: Request) -> HttpResponse:
    """One table as CSV: `?table=` and the page's own filter."""
    form = ChartsFilter(request.GET)
    if not form.is_valid():
        text = "\n".join(str(error) for errors in form.errors.values() for error in errors)
        return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")
    charts = _make_charts(request, form)
    table = charts.find_table(request.GET.get("table", ""))
    if table is None:
        raise Http404("There is no such table.")
    response = HttpResponse(table.to_csv(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="reviews-{table.key}-{charts.today}.csv"'
    return response


def _make_charts(request: Request, form: ChartsFilter) -> ReviewCharts:
    """Weeks are those of the chosen team's clock, else of the reader's."""
    team = form.cleaned_data["team"]
    zone: zoneinfo.ZoneInfo = zone_named(team.time_zone if team else request.user.time_zone)
    today = timezone.now().astimezone(zone).date()
    return ReviewCharts(request.user, today, zone, form.cleaned_data["weeks"], team)
