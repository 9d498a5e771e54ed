"""Pages of alerts. Everything a sender wrote is printed as text."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import Request
from incidents.models import Alert
from incidents.pages import alert_list
from incidents.pages.alerts import address_of
from incidents.pages.watch import describe_alert_watch


@require_safe
@permission_required("incidents.view_alert", raise_exception=True)
def list_alerts(request: Request) -> HttpResponse:
    """All alerts, or (`?without=runbook`) the names that no runbook answers."""
    if request.GET.get("without") == "runbook":
        return render(
            request, "incidents/alerts_unanswered.html", alert_list.describe_unanswered(request.GET, request.user)
        )
    return render(request, "incidents/alerts.html", alert_list.describe_list(request.GET, request.user))


@require_safe
@permission_required("incidents.view_alert", raise_exception=True)
def show_alert(request: Request, pk: int) -> HttpResponse:
    alerts = Alert.objects.visible_to(request.user).select_related("group", "service__team", "during_maintenance")
    alert = get_object_or_404(alerts, pk=pk)
    context = alert_list.describe_alert(alert, request.user)
    runbook = context["runbook"]
    context |= {
        "address": address_of(runbook.service.slug, runbook.slug, alert.anchor, alert.labels) if runbook else "",
        "source": alert.generator_url if is_web_address(alert.generator_url) else "",
        "labels": sorted(alert.labels.items()),
        "annotations": [(name, text, is_web_address(text)) for name, text in sorted(alert.annotations.items())],
        "watch": describe_alert_watch(alert, request.user, timezone.now()),
        "stub": alert_list.make_stub(alert.name, alert.service.slug if alert.service else None),
    }
    return render(request, "incidents/alert.html", context)


def is_web_address(text: str) -> bool:
    """Whether a text of a sender may become a link: http or https with a host, in one piece."""
    if len(text) > 2000 or not text.isprintable() or any(char.isspace() for char in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
