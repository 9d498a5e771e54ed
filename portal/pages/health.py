"""For load balancers and Prometheus."""

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST

from portal.health import find_problems
from portal.metrics import render_metrics


def live(request: HttpRequest) -> HttpResponse:
    """200 while the process can answer at all."""
    return JsonResponse({"status": "live"})


def ready(request: HttpRequest) -> HttpResponse:
    """200 when database, broker and migrations are fine, else 503 saying which is not."""
    problems = find_problems()
    return JsonResponse(
        {"status": "not ready" if problems else "ready", "problems": problems}, status=503 if problems else 200
    )


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format, for the bearer of METRICS_TOKEN or an administrator."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    has_token = bool(settings.METRICS_TOKEN) and secrets.compare_digest(given, settings.METRICS_TOKEN.encode())
    if not has_token and not request.user.is_staff:
        response = HttpResponse("A bearer token is needed.\n", status=401, content_type="text/plain")
        response["WWW-Authenticate"] = "Bearer"
        return response
    return HttpResponse(render_metrics(), content_type=CONTENT_TYPE_LATEST)
