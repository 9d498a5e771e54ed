"""The catalogue: what is run, who owns it, and what to do when it breaks."""

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.http import Request, send_on
from incidents.pages.changes import describe_service_changes
from incidents.pages.front import list_open, list_past
from incidents.pages.maintenance import describe_maintenance
from incidents.pages.watch import describe_service_watch
from oncall.models import Service
from oncall.pages.service_oncall import describe_service_oncall
from runbooks.lists import for_service_page
from runbooks.models import Runbook
from runbooks.routine_pages.panels import describe_service_tasks


def list_services(request: Request) -> HttpResponse:
    """All services this person may know of, the most important first."""
    visible = Runbook.objects.visible_to(request.user).in_use().shown()
    services = Service.objects.for_list(request.user).annotate(
        runbook_count=Count("runbooks", filter=Q(runbooks__in=visible))
    )
    return render(request, "oncall/service_list.html", {"services": services})


def show_service(request: Request, slug: str) -> HttpResponse:
    """One service: facts, who is on call, incidents, changes, links, dependencies, runbooks. A former slug leads to today's."""
    visible = Service.objects.visible_to(request.user)
    service = visible.select_related("team", "escalation_path").filter(slug=slug).first()
    if service is None:
        renamed = visible.filter(former_slugs__slug=slug).first()
        if renamed is None:
            raise Http404("There is no such service.")
        return send_on(request, renamed.get_absolute_url())
    now = timezone.now()
    context = {
        "service": service,
        "oncall": describe_service_oncall(service, now, request.user),
        "open_incidents": list_open(request.user, now, service),
        "past_incidents": list_past(request.user, service),
        "changes": describe_service_changes(service),
        "maintenance": describe_maintenance([service], request.user, now),
        "watch": describe_service_watch(service, request.user, now),
        "links": service.links.all(),
        "depends_on": visible.filter(pk__in=service.depends_on.values("pk")).select_related("team"),
        "dependents": visible.filter(pk__in=service.dependents.values("pk")).select_related("team"),
        "routine": describe_service_tasks(service, request.user, now),
        "runbooks": for_service_page(service, request.user, timezone.localdate()),
    }
    return render(request, "oncall/service_detail.html", context)
