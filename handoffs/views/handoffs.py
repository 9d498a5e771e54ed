"""The list of handoffs."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.http import Request
from handoffs.models import Handoff


@require_GET
def show_handoffs(request: Request) -> HttpResponse:
    return render(request, "handoffs/list.html", {"handoffs": Handoff.objects.for_list()[:50]})
