"""The page of a handoff."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.http import Request
from handoffs.models import Handoff
from handoffs.sections import assemble, make_scope


@require_GET
def show_handoff(request: Request, pk: int) -> HttpResponse:
    handoff = get_object_or_404(Handoff.objects.for_list(), pk=pk)
    sections = assemble(make_scope(handoff, timezone.now()))
    return render(request, "handoffs/handoff.html", {"handoff": handoff, "sections": sections})
