"""Numbers about incidents, as a page and each table as a file."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import Request
from incidents.forms.numbers import NumbersFilter
from incidents.pages.numbers import find_numbers, find_table


@require_safe
def show_numbers(request: Request) -> HttpResponse:
    """`?first=&last=&team=&service=&severity=` narrow what is counted; the last 90 days without them."""
    form = NumbersFilter(request.GET, user=request.user, now=timezone.now())
    if not form.is_valid():
        return render(request, "incidents/numbers.html", {"form": form}, status=422)
    numbers = find_numbers(form.read(), request.user)
    return render(request, "incidents/numbers.html", {"form": form, "numbers": numbers, "wanted": numbers.wanted})


@require_safe
def download_table(request: Request) -> HttpResponse:
    """One table as CSV: `?table=` and the page's own filter."""
    form = NumbersFilter(request.GET, user=request.user, now=timezone.now())
    if not form.is_valid():
        text = "\n".join(str(error) for errors in form.errors.values() for error in errors)
        return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")
    table = find_table(form.read(), request.user, request.GET.get("table", ""))
    if table is None:
        raise Http404("There is no such table.")
    response = HttpResponse(table.to_csv(), content_type="text/csv; charset=utf-8")
    first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    response["Content-Disposition"] = f'attachment; filename="incidents-{table.key}-{first}-{last}.csv"'
    return response
