"""Pages of watch items."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.http import Request
from incidents.models import WatchItem


@require_GET
def show_watch_items(request: Request) -> HttpResponse:
    items = (
        WatchItem.objects.visible_to(request.user).burning(timezone.now()).select_related("team", "service", "owner")
    )
    return render(request, "incidents/watch_list.html", {"items": items})


@require_GET
def show_watch_item(request: Request, pk: int) -> HttpResponse:
    item = get_object_or_404(WatchItem.objects.visible_to(request.user), pk=pk)
    return render(request, "incidents/watch_item.html", {"item": item})
