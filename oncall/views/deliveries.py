"""What the portal told: one's own notifications, and everybody's deliveries for administrators."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.http import Request
from oncall.errors import NotYours, Refused
from oncall.models import Delivery
from oncall.pages import deliveries as pages
from oncall.services import resending


@require_safe
def list_own(request: Request) -> HttpResponse:
    """What I was told, by which address, when, and whether it went out."""
    page = pages.list_own(request.user, request.GET.get("page"))
    return render(request, "oncall/my_notifications.html", {"page": page, "now": timezone.now()})


@require_safe
@permission_required("oncall.view_notification", raise_exception=True)
def list_all(request: Request) -> HttpResponse:
    """Every delivery, for administrators; what was given up stands on top, with the reason."""
    return render(request, "oncall/notifications.html", pages.describe_all(request.GET, timezone.now()))


@require_POST
def resend_one(request: Request, pk: int) -> HttpResponse:
    """Try a delivery again that was given up."""
    delivery = get_object_or_404(Delivery.objects.select_related("notification"), pk=pk)
    try:
        resending.resend(delivery, user=request.user, now=timezone.now())
    except NotYours:
        raise Http404("There is no such delivery.") from None
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"“{delivery.notification}” is sent again to {delivery.shown_target}.")
    return redirect("oncall:my_notifications" if "mine" in request.POST else "oncall:notifications")


@require_POST
def resend_all(request: Request) -> HttpResponse:
    """Try all of them again."""
    try:
        count = resending.resend_all(user=request.user, now=timezone.now())
    except Refused as refusal:
        raise PermissionDenied(str(refusal)) from None
    messages.success(request, f"{count} message{'' if count == 1 else 's'} will be sent again.")
    return redirect("oncall:notifications")
