"""Open incidents for the front page and for a service: what is wrong now, who is on it, how far they are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from incidents.models import Incident, Role, RoleHolder, Run, RunStep
from oncall.models import Service

MOST = 8
PAST = 5
SOON = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """A line of the list. `due` is "overdue", "soon" or "", of the next update."""

    incident: Incident
    services: str
    commander: str
    run_done: int
    run_of: int
    due: str
    now: dt.datetime

    @property
    def has_run(self) -> bool:
        return self.run_of > 0

    @property
    def elapsed(self) -> dt.timedelta:
        return self.now - self.incident.started_at


def list_open(user: User, now: dt.datetime, service: Service | None = None) -> list[OpenIncident]:
    """Open incidents this person may know of, the worst first, with the run that goes on; two queries."""
    incidents = Incident.objects.visible_to(user).open()
    if service is not None:
        incidents = incidents.of_services([service])
    rows = _with_progress(incidents).select_related("severity").prefetch_related("services")
    return [_make_line(row, now) for row in rows.order_by("severity__rank", "-started_at")[:MOST]]


def list_past(user: User, service: Service) -> list[Incident]:
    """The latest incidents of a service that are over; one query."""
    over = Incident.objects.visible_to(user).over().of_services([service])
    return list(over.select_related("severity").order_by("-started_at")[:PAST])


def _with_progress(incidents: QuerySet[Incident]) -> QuerySet[Incident]:
    going = Run.objects.filter(incident=OuterRef("pk"), finished_at=None).order_by("-started_at", "-pk").values("pk")
    steps = RunStep.objects.filter(run=OuterRef("going_run")).order_by().values("run")
    commander = RoleHolder.objects.filter(incident=OuterRef("pk"), role=Role.COMMANDER, ended_at=None)
    return incidents.annotate(
        going_run=Subquery(going[:1]),
        commander_name=Subquery(commander.values("person__display_name")[:1]),
    ).annotate(
        run_of=Subquery(steps.annotate(number=Count("pk")).values("number")),
        run_done=Subquery(steps.annotate(number=Count("pk", filter=~Q(state=RunStep.State.TODO))).values("number")),
    )


def _make_line(row: Incident, now: dt.datetime) -> OpenIncident:
    known = vars(row)
    due = row.next_update_at
    return OpenIncident(
        incident=row,
        services=", ".join(service.name for service in row.services.all()),
        commander=known["commander_name"] or "",
        run_done=known["run_done"] or 0,
        run_of=known["run_of"] or 0,
        due="" if due is None or due > now + SOON else "soon" if due > now else "overdue",
        now=now,
    )
