"""What the database counts for the numbers page: one query each, however many incidents there are."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import (
    Aggregate,
    Avg,
    Count,
    DateField,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Func,
    Q,
)
from django.db.models.functions import TruncWeek

from accounts.models import Team, User
from incidents.models import Alert, Incident, Run, Severity
from incidents.models.incident import IncidentQuerySet
from incidents.pages.numbers.arithmetic import Bin
from oncall.models import Service
from oncall.rota import zone_named
from runbooks.models import Runbook

STEPS = {"ack": "acknowledged_at", "mitigate": "mitigated_at", "resolve": "resolved_at"}
AGAIN = dt.timedelta(days=7)  # an alert that comes back within this time is a repeat
BURST = dt.timedelta(minutes=10)  # what begins within this time of the one before is the same burst
MOST_ALERTS = 20
MOST_SERVICES = 50
MOST_RUNBOOKS = 50


@dataclass(frozen=True)
class Wanted:
    """Which incidents are counted: those opened from `start` until before `end`, and where a filter is set, only its own."""

    start: dt.datetime
    end: dt.datetime
    zone: zoneinfo.ZoneInfo  # whose weeks
    team: Team | None = None
    service: Service | None = None
    severity: Severity | None = None


class Median(Aggregate):
    """The middle one of all that are not NULL."""

    function = "percentile_cont"
    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


class Quarter(Func):
    """The quarter of an hour in which a moment lies."""

    template = "date_bin('15 minutes', %(expressions)s, TIMESTAMPTZ '2000-01-03 00:00+00')"
    output_field = DateTimeField()


def find_incidents(wanted: Wanted, user: User) -> IncidentQuerySet:
    """The incidents that count, of those this person may know of."""
    rows = Incident.objects.visible_to(user).filter(opened_at__gte=wanted.start, opened_at__lt=wanted.end).order_by()
    if wanted.team is not None:
        rows = rows.filter(team=wanted.team)
    if wanted.service is not None:
        rows = rows.of_services([wanted.service])
    return rows.filter(severity=wanted.severity) if wanted.severity is not None else rows


def count_all(incidents: IncidentQuerySet) -> dict[str, Any]:
    """`total`, and for each of STEPS how many got there, mean and median from opening."""
    return incidents.aggregate(total=Count("pk"), **_lengths())


def count_by_severity(incidents: IncidentQuerySet) -> list[dict[str, Any]]:
    """The same for each severity, the worst first."""
    names = ("severity__name", "severity__rank", "severity__team__name")
    return list(
        incidents.values(*names, "severity_id")
        .annotate(total=Count("pk"), **_lengths())
        .order_by("severity__rank", "severity__team__name", "severity_id")
    )


def count_by_service(incidents: IncidentQuerySet, user: User) -> list[dict[str, Any]]:
    """The same for each service this person may know of; an incident of two services counts for both."""
    rows = Incident.services.through.objects.filter(
        incident__in=incidents.values("pk"), service__in=Service.objects.visible_to(user).order_by().values("pk")
    )
    counted: Any = rows.values("service__name", "service_id").annotate(total=Count("pk"), **_lengths("incident__"))
    return list(counted.order_by("-total", "service__name")[:MOST_SERVICES])


def count_by_week(incidents: IncidentQuerySet, zone: zoneinfo.ZoneInfo) -> dict[dt.date, dict[str, Any]]:
    """The same for each week that has any, by its Monday in that zone."""
    week = TruncWeek("opened_at", tzinfo=zone, output_field=DateField())
    rows: Any = incidents.annotate(week=week).values("week").annotate(total=Count("pk"), **_lengths())
    return {row["week"]: row for row in rows}


def count_quarters(incidents: IncidentQuerySet) -> list[Bin]:
    """How many were opened in each quarter of an hour, with the zone of their team (UTC without a team)."""
    rows = incidents.annotate(quarter=Quarter("opened_at")).values("quarter", "team__time_zone")
    counted: Any = rows.annotate(total=Count("pk"))
    return [Bin(row["quarter"], zone_named(row["team__time_zone"] or "UTC"), row["total"]) for row in counted]


_ALERTS = """
WITH firing AS (
    SELECT name, starts_at, runbook_id IS NOT NULL AS is_answered,
        starts_at - lag(starts_at) OVER (PARTITION BY name ORDER BY starts_at) AS gap
    FROM ({visible}) AS visible
)
SELECT name, count(*), count(*) FILTER (WHERE gap IS NULL OR gap > %s), count(*) FILTER (WHERE gap > %s AND gap <= %s),
    count(*) FILTER (WHERE is_answered),
    (sum(count(*)) OVER ())::bigint, (sum(count(*) FILTER (WHERE is_answered)) OVER ())::bigint,
    (sum(count(*) FILTER (WHERE gap > %s AND gap <= %s)) OVER ())::bigint
FROM firing WHERE starts_at >= %s
GROUP BY name ORDER BY 4 DESC, 3 DESC, 2 DESC, name LIMIT {most}
"""


@dataclass(frozen=True, slots=True)
class CountedAlert:
    """Alerts of one name: how many, in how many bursts, how many of these came back within a week, how many had a runbook."""

    name: str
    alerts: int
    bursts: int
    repeats: int
    answered: int


@dataclass(frozen=True, slots=True)
class CountedAlerts:
    """The names with most repeats, and sums over all names."""

    rows: list[CountedAlert]
    alerts: int = 0
    answered: int = 0
    repeats: int = 0


def count_alerts(wanted: Wanted, user: User) -> CountedAlerts:
    """Alerts that began in that time; those of the week before are looked at to know what came back."""
    alerts = Alert.objects.visible_to(user).filter(starts_at__gte=wanted.start - AGAIN, starts_at__lt=wanted.end)
    if wanted.team is not None:
        alerts = alerts.filter(service__team=wanted.team)
    if wanted.service is not None:
        alerts = alerts.filter(service=wanted.service)
    sql, params = alerts.order_by().values("name", "starts_at", "runbook_id").query.sql_with_params()
    values: list[Any] = [*params, BURST, BURST, AGAIN, BURST, AGAIN, wanted.start]
    with connection.cursor() as cursor:
        cursor.execute(_ALERTS.format(visible=sql, most=MOST_ALERTS), values)
        rows = cursor.fetchall()
    if not rows:
        return CountedAlerts([])
    return CountedAlerts([CountedAlert(*row[:5]) for row in rows], *rows[0][5:])


def count_runs(wanted: Wanted, user: User) -> list[dict[str, Any]]:
    """Runs that were started in that time, by runbook, of those this person may know of."""
    known = Runbook.objects.visible_to(user).order_by()
    runs = Run.objects.visible_to(user).filter(started_at__gte=wanted.start, started_at__lt=wanted.end)
    if wanted.team is not None:
        known = known.filter(service__team=wanted.team)
    if wanted.service is not None:
        known = known.filter(service=wanted.service)
    counted: Any = (
        runs.filter(runbook__in=known.values("pk"))
        .order_by()
        .values("runbook__title", "runbook__service__name", "runbook_id")
    )
    return list(
        counted.annotate(
            total=Count("pk"),
            done=Count("pk", filter=Q(outcome=Run.Outcome.DONE)),
            in_incidents=Count("pk", filter=Q(incident__isnull=False)),
            drills=Count("pk", filter=Q(purpose=Run.Purpose.DRILL)),
        ).order_by("-total", "runbook__title")[:MOST_RUNBOOKS]
    )


def _lengths(prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, column in STEPS.items():
        length = ExpressionWrapper(F(f"{prefix}{column}") - F(f"{prefix}opened_at"), output_field=DurationField())
        found |= {
            f"{name}_count": Count(f"{prefix}{column}"),
            f"{name}_mean": Avg(length),
            f"{name}_median": Median(length, output_field=DurationField()),
        }
    return found
