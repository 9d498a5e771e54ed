"""The tables and charts of the numbers page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from accounts.charts import draw_bars, draw_columns
from accounts.models import User
from accounts.weeks import fill_weeks
from incidents.models.incident import IncidentQuerySet
from incidents.pages.numbers import counting
from incidents.pages.numbers.arithmetic import DAYS, count_hours, find_level, find_share
from incidents.pages.numbers.counting import CountedAlerts, Wanted
from incidents.pages.numbers.tables import Table

MOST_BARS = 10
LENGTHS = tuple(f"{step}, {what}" for step in ("Acknowledged", "Mitigated", "Resolved") for what in ("median", "mean"))
STEP_NAMES = {"ack": "To acknowledge (MTTA)", "mitigate": "To mitigate", "resolve": "To resolve (MTTR)"}
NOTHING: dict[str, Any] = {"total": 0} | {f"{s}_{w}": None for s in counting.STEPS for w in ("mean", "median")}


@dataclass(frozen=True)
class HeatCell:
    count: int
    level: int
    hour: int


@dataclass
class Numbers:
    """All of the page. Each part is counted once, when it is asked for: a download counts only its own table."""

    wanted: Wanted
    user: User

    @cached_property
    def _incidents(self) -> IncidentQuerySet:
        return counting.find_incidents(self.wanted, self.user)

    @cached_property
    def all(self) -> dict[str, Any]:
        return counting.count_all(self._incidents)

    @cached_property
    def alerts(self) -> CountedAlerts:
        return counting.count_alerts(self.wanted, self.user)

    @cached_property
    def answered_share(self) -> float | None:
        """Percent of alerts that a runbook answers."""
        return find_share(self.alerts.answered, self.alerts.alerts)

    @cached_property
    def hours(self) -> list[list[int]]:
        return count_hours(counting.count_quarters(self._incidents))

    @cached_property
    def heat(self) -> list[tuple[str, list[HeatCell]]]:
        most = max(map(max, self.hours))
        return [
            (day, [HeatCell(count, find_level(count, most), hour) for hour, count in enumerate(row)])
            for day, row in zip(DAYS, self.hours, strict=True)
        ]

    @cached_property
    def tables(self) -> list[Table]:
        """All but the hours, which the page prints as a grid."""
        return [make(self) for key, make in TABLES.items() if key != "hours"]


def find_numbers(wanted: Wanted, user: User) -> Numbers:
    """What the page prints; nothing is counted yet."""
    return Numbers(wanted, user)


def find_table(wanted: Wanted, user: User, key: str) -> Table | None:
    """One table alone; None for a name that there is not."""
    make = TABLES.get(key)
    return make(Numbers(wanted, user)) if make else None


def _make_lengths(numbers: Numbers) -> Table:
    found = numbers.all
    rows = [
        (label, found[f"{step}_count"], found[f"{step}_median"], found[f"{step}_mean"])
        for step, label in STEP_NAMES.items()
    ]
    return Table(
        "lengths",
        "How long it took",
        "From opening an incident until somebody was on it, until users felt it no more, and until it was resolved. "
        "The median is the middle one; a few long ones pull the mean up. What has not come that far is not counted.",
        ("Time", "Incidents", "Median", "Mean"),
        rows,
    )


def _make_severities(numbers: Numbers) -> Table:
    rows = counting.count_by_severity(numbers._incidents)
    names = [_name_severity(row) for row in rows]
    bars = [(name, row["total"], min(row["severity__rank"], 4)) for name, row in zip(names, rows, strict=True)]
    return Table(
        "severity",
        "By severity",
        "By the severity an incident has now, or had at its end.",
        ("Severity", "Incidents", *LENGTHS),
        [(name, row["total"], *_cells(row)) for name, row in zip(names, rows, strict=True)],
        draw_bars("severity", "Incidents by severity", bars),
    )


def _make_services(numbers: Numbers) -> Table:
    rows = counting.count_by_service(numbers._incidents, numbers.user)
    bars = [(row["service__name"], row["total"], 0) for row in rows[:MOST_BARS]]
    return Table(
        "service",
        "By service",
        "An incident of two services counts for both.",
        ("Service", "Incidents", *LENGTHS),
        [(row["service__name"], row["total"], *_cells(row)) for row in rows],
        draw_bars("service", "Incidents by service", bars),
    )


def _make_weeks(numbers: Numbers) -> Table:
    wanted = numbers.wanted
    first = wanted.start.astimezone(wanted.zone).date()
    last = (wanted.end - dt.timedelta(microseconds=1)).astimezone(wanted.zone).date()
    weeks = fill_weeks(counting.count_by_week(numbers._incidents, wanted.zone), first, last, NOTHING)
    columns = [(f"{monday.day} {monday:%b}", row["total"]) for monday, row in weeks]
    return Table(
        "week",
        "By week",
        f"Weeks begin on Mondays, by the clock of {wanted.zone.key}.",
        ("Week of", "Incidents", *LENGTHS),
        [(monday, row["total"], *_cells(row)) for monday, row in weeks],
        draw_columns("week", "Incidents by week", columns),
    )


def _make_alerts(numbers: Numbers) -> Table:
    found = numbers.alerts.rows
    bars = [(row.name, row.repeats, 0) for row in found[:MOST_BARS] if row.repeats]
    return Table(
        "alerts",
        "Repeat alerts",
        "An alert is a repeat when one of the same name began within the seven days before. Alerts of one name less than "
        "ten minutes apart are one burst, and count once.",
        ("Alert", "Repeats", "Bursts", "Alerts", "With a runbook", "Share in %"),
        [
            (row.name, row.repeats, row.bursts, row.alerts, row.answered, find_share(row.answered, row.alerts))
            for row in found
        ],
        draw_bars("alerts", "Repeats by alert", bars),
        "No alert came in.",
    )


def _make_runs(numbers: Numbers) -> Table:
    rows = counting.count_runs(numbers.wanted, numbers.user)
    bars = [(row["runbook__title"], row["total"], 0) for row in rows[:MOST_BARS]]
    return Table(
        "runs",
        "Runs by runbook",
        "Runs that were started in that time, in an incident or alone.",
        ("Runbook", "Service", "Runs", "Finished", "In incidents", "Drills"),
        [
            (
                row["runbook__title"],
                row["runbook__service__name"],
                row["total"],
                row["done"],
                row["in_incidents"],
                row["drills"],
            )
            for row in rows
        ],
        draw_bars("runs", "Runs by runbook", bars),
        "No run was started.",
    )


def _make_hours(numbers: Numbers) -> Table:
    return Table(
        "hours",
        "Time of day",
        "When incidents were opened, by the clock of their team; UTC for those without a team.",
        ("Day", *(f"{hour:02d}" for hour in range(24))),
        [(day, *row) for day, row in zip(DAYS, numbers.hours, strict=True)],
    )


TABLES: dict[str, Callable[[Numbers], Table]] = {
    "lengths": _make_lengths,
    "severity": _make_severities,
    "service": _make_services,
    "week": _make_weeks,
    "hours": _make_hours,
    "alerts": _make_alerts,
    "runs": _make_runs,
}


def _cells(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[f"{step}_{what}"] for step in counting.STEPS for what in ("median", "mean"))


def _name_severity(row: dict[str, Any]) -> str:
    team = row["severity__team__name"]
    return f"{row['severity__name']} ({team})" if team else str(row["severity__name"])
