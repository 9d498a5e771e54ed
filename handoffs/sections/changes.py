"""What was changed in production, and the maintenance that is planned."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from handoffs.sections.base import Entry, Scope
from handoffs.sections.belonging import SECRET, find_foreign_secrets, find_known_services, is_secret
from handoffs.sections.writing import close_list, cut, say_at, take
from incidents.models import MaintenanceWindow, SystemChange
from oncall.models import Dependency


def find_changes(scope: Scope) -> list[Entry]:
    """Changes since the last handoff of the team's services and of what these need, the newest first; one query."""
    needed = Dependency.objects.filter(service__in=scope.service_ids).values("needs")
    known = find_known_services(scope).values("pk")
    rows = take(
        SystemChange.objects.filter(Q(service__in=scope.service_ids) | Q(service__in=needed, service__pk__in=known))
        .filter(at__gt=scope.since)
        .select_related("service")
        .order_by("-at", "-pk")
    )
    return close_list("changes", [_describe_change(row, scope) for row in rows], rows, reverse("incidents:changes"))


def _describe_change(change: SystemChange, scope: Scope) -> Entry:
    service = change.service
    is_needed = service is not None and service.team_id != scope.team.pk
    facts = (
        f"{service.name}, which is needed" if is_needed and service else str(service or ""),
        f"by {change.by}" if change.by else "",
        change.ticket,
    )
    return Entry(
        key=f"change:{change.pk}",
        title=cut(change.what, 300),
        url=f"{reverse('incidents:changes')}?service={service.slug if service else ''}",
        tag=change.get_kind_display(),
        facts=tuple(filter(None, facts)),
        times=(("at", say_at(change.at)),),
        secret=is_secret(service),
    )


def find_maintenance(scope: Scope) -> list[Entry]:
    """Windows of the team or its services that are on, or come before the incoming shift ends, by start; one query."""
    through = MaintenanceWindow.services.through.objects
    foreign = through.filter(service__in=find_foreign_secrets(scope).values("pk")).values("maintenancewindow")
    touched = through.filter(service__in=scope.service_ids).values("maintenancewindow")
    secret = through.filter(maintenancewindow=OuterRef("pk"), service__classification=SECRET)
    start = min(scope.now, scope.changes_at)
    rows = take(
        MaintenanceWindow.objects.standing()
        .filter(Q(team=scope.team) | Q(pk__in=touched), during__overlap=(start, max(start, scope.next_ends_at)))
        .exclude(pk__in=foreign)
        .annotate(touches_secret=Exists(secret))
        .order_by("during", "pk")
    )
    entries = [_describe_window(row, scope) for row in rows]
    return close_list("maintenance", entries, rows, reverse("incidents:maintenance"))


def _describe_window(window: MaintenanceWindow, scope: Scope) -> Entry:
    is_on = window.during.lower <= scope.now < window.during.upper
    return Entry(
        key=f"maintenance:{window.pk}",
        title=window.title,
        url=window.get_absolute_url(),
        tag="On now" if is_on else "Planned",
        tone="amber" if is_on else "info",
        facts=tuple(filter(None, (cut(window.impact),))),
        times=(("from", say_at(window.during.lower)), ("until", say_at(window.during.upper))),
        secret=vars(window)["touches_secret"],
    )
