"""Whether the stored content is what was signed, and the bytes themselves for whoever wants to compute it elsewhere."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.http import Request
from handoffs.errors import Unreadable
from handoffs.models import Handoff, Snapshot
from handoffs.services.contract import check_snapshots
from handoffs.services.secrecy import may_see_secret
from handoffs.services.snapshots import read_content
from handoffs.views.steps import find_handoff


@require_GET
@never_cache
def verify(request: Request, pk: int) -> HttpResponse:
    """All snapshots, each computed anew."""
    handoff = find_handoff(request, pk)
    checks = check_snapshots(handoff)
    context = {
        "handoff": handoff,
        "checks": checks,
        "is_intact": all(check.is_intact for check in checks),
        "may_download": may_see_secret(handoff, request.user),
    }
    return render(request, "handoffs/verify.html", context)


@require_GET
@never_cache
def download(request: Request, pk: int, number: int) -> HttpResponse:
    """The bytes of a snapshot, as they are stored: `sha256sum` of the file gives the digest."""
    handoff = find_handoff(request, pk)
    if number >= 2**15:
        raise Http404("There is no such snapshot.")
    snapshot = get_object_or_404(handoff.snapshots, number=number)
    if _holds_secret(snapshot) and not may_see_secret(handoff, request.user):
        raise PermissionDenied(_say_secret(handoff))
    response = HttpResponse(snapshot.content.encode(), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="handoff-{handoff.pk}-snapshot-{snapshot.number}.json"'
    return response


def _holds_secret(snapshot: Snapshot) -> bool:
    """One that can't be read is treated as if it did."""
    try:
        return any(entry.secret for section in read_content(snapshot).sections for entry in section.entries)
    except Unreadable:
        return True


def _say_secret(handoff: Handoff) -> str:
    return f"It holds Confidential entries, which only people of {handoff.team} read."
