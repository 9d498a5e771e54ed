"""The list of incidents: those that are open, the worst first; then those that are over, page by page."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import User
from incidents.models import Incident, Role, RoleHolder, Severity
from incidents.models.incident import IncidentQuerySet
from incidents.pages.lengths import say_length
from oncall.models import Service
from oncall.rota import to_utc

PAGE_SIZE = 30
MOST_OPEN = 100
_NUMBER = re.compile(r"(?:INC-?\s?)?(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """An incident in the list. `lasted` is since when it goes on, or how long it took."""

    incident: Incident
    services: str
    commander: str
    lasted: str
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class IncidentList:
    """What the page prints."""

    open: list[Line]
    open_count: int
    past: Page[Any]
    is_filtered: bool


def list_incidents(user: User, wishes: Mapping[str, Any], page: str, now: dt.datetime) -> IncidentList:
    """Incidents this person may know of, as `wishes` (the filter's clean values) narrow them; a fixed number of queries."""
    found = _narrow(Incident.objects.visible_to(user), wishes)
    shown = _prepare(found, user)
    worst_first = shown.open().order_by("severity__rank", "-started_at", "-pk")[: MOST_OPEN + 1]
    going = [_make_line(row, now) for row in worst_first]
    past: Page[Any] = Paginator(shown.over().order_by("-started_at", "-pk"), PAGE_SIZE).get_page(page)
    past.object_list = [_make_line(row, now) for row in past.object_list]
    count = len(going) if len(going) <= MOST_OPEN else found.open().count()
    return IncidentList(going[:MOST_OPEN], count, past, any(bool(value) for value in wishes.values()))


def find_by_number(user: User, text: str) -> Incident | None:
    """The incident that `INC-12`, `inc 12` or `12` means, if this person may know of it."""
    number = read_number(text)
    return None if number is None else Incident.objects.visible_to(user).filter(pk=number).first()


def read_number(text: str) -> int | None:
    """The number in `INC-12`, `inc 12` or `12`; None for anything else."""
    match = _NUMBER.fullmatch(text.strip())
    return int(match[1]) if match else None


def list_ranks() -> list[tuple[int, str]]:
    """Ranks to filter by, under the names of the shared scale; one query."""
    names: dict[int, list[str]] = {}
    for rank, name, team in Severity.objects.order_by("rank", "team", "name").values_list("rank", "name", "team"):
        if team is None or name not in names.get(rank, []):
            names.setdefault(rank, []).append(name)
    return [(rank, ", ".join(dict.fromkeys(words))[:80]) for rank, words in names.items()]


def _prepare(incidents: IncidentQuerySet, user: User) -> IncidentQuerySet:
    commander = RoleHolder.objects.current().filter(incident=OuterRef("pk"), role=Role.COMMANDER)
    visible: QuerySet[Service] = Service.objects.visible_to(user).order_by("tier", "name")
    return (
        incidents.select_related("severity", "team")
        .prefetch_related(Prefetch("services", visible))
        .annotate(commander_name=Subquery(commander.values("person__display_name")[:1]))
    )


def _narrow(incidents: IncidentQuerySet, wishes: Mapping[str, Any]) -> IncidentQuerySet:
    for word in (wishes.get("q") or "").split()[:10]:
        incidents = incidents.filter(
            Q(title__icontains=word) | Q(summary__icontains=word) | Q(resolution__icontains=word)
        )
    if wishes.get("rank"):
        incidents = incidents.filter(severity__rank=wishes["rank"])
    if wishes.get("status"):
        incidents = incidents.filter(status=wishes["status"])
    if wishes.get("service"):
        incidents = incidents.of_services([wishes["service"]])
    if wishes.get("team"):
        incidents = incidents.filter(team=wishes["team"])
    zone = timezone.get_current_timezone()
    if wishes.get("since"):
        incidents = incidents.filter(started_at__gte=_midnight(wishes["since"], zone))
    if wishes.get("until"):
        incidents = incidents.filter(started_at__lt=_midnight(wishes["until"] + dt.timedelta(days=1), zone))
    return incidents


def _midnight(day: dt.date, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """When that day begins by the reader's clock."""
    return to_utc(dt.datetime.combine(day, dt.time()), zone)


def _make_line(row: Incident, now: dt.datetime) -> Line:
    end = row.resolved_at or now
    return Line(
        incident=row,
        services=", ".join(service.name for service in row.services.all()),
        commander=vars(row)["commander_name"] or "",
        lasted=say_length(end - row.started_at),
        is_overdue=row.next_update_at is not None and row.next_update_at <= now,
    )
