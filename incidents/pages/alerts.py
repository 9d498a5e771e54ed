"""The alerts of an incident, with the sections of runbooks that answer them: a panel that costs one query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Max, Min, OuterRef, Q
from django.db.models.functions import JSONObject
from django.urls import reverse

from accounts.models import User
from incidents.models import Alert, AttachedRunbook, Incident
from runbooks.alert_links import add_labels
from runbooks.models import Runbook

MOST_NAMES = 30
MOST_SECTIONS = 20
MOST_LABELS = 30  # that go along in an address; alerts have about ten
LONGEST_LABEL = 300


@dataclass(frozen=True)
class AlertLine:
    """All alerts of one name in an incident."""

    name: str
    pk: int  # of the newest one
    count: int
    firing: int
    severity: str
    since: dt.datetime
    has_runbook: bool

    @property
    def url(self) -> str:
        return reverse("incidents:alert", args=[self.pk])


@dataclass(frozen=True)
class SectionLine:
    """A section of a runbook beside an incident."""

    heading: str
    runbook: str
    address: str
    run_address: str
    alert_name: str
    label_count: int


@dataclass(frozen=True)
class IncidentAlerts:
    """What the panel shows this person."""

    lines: tuple[AlertLine, ...]
    sections: tuple[SectionLine, ...]

    @property
    def firing(self) -> int:
        return sum(line.firing for line in self.lines)

    @property
    def count(self) -> int:
        return sum(line.count for line in self.lines)


def describe_incident_alerts(incident: Incident, user: User) -> IncidentAlerts:
    """Alerts by name and attached sections, as far as this person may know of them; one query."""
    found = (
        Incident.objects.filter(pk=incident.pk)
        .annotate(alert_lines=ArraySubquery(_alert_lines(user)), section_lines=ArraySubquery(_section_lines(user)))
        .values("alert_lines", "section_lines")
        .get()
    )
    return IncidentAlerts(
        tuple(_read_line(line) for line in found["alert_lines"]),
        tuple(_read_section(line, incident) for line in found["section_lines"]),
    )


def address_of(service: str, slug: str, anchor: str, labels: Mapping[str, str]) -> str:
    """The place on the reading page, with the labels that fill its placeholders."""
    page = reverse("runbooks:detail", args=[service, slug])
    return add_labels(page + (f"#{quote(anchor)}" if anchor else ""), encode_labels(labels))


def encode_labels(labels: Mapping[str, str]) -> str:
    """Labels as a query, as far as an address can hold them."""
    short = [(name, value) for name, value in labels.items() if len(name) + len(value) <= LONGEST_LABEL]
    return urlencode(short[:MOST_LABELS])


def _alert_lines(user: User) -> Any:
    alerts = Alert.objects.filter(incident=OuterRef("pk")).visible_to(user).order_by()
    counted = alerts.values("name").annotate(
        firing=Count("pk", filter=Q(resolved_at=None)), last_start=Max("starts_at")
    )
    line = JSONObject(
        name="name",
        pk=Max("pk"),
        count=Count("pk"),
        firing=Count("pk", filter=Q(resolved_at=None)),
        severity=Max("severity_label"),
        since=Min("starts_at"),
        answered=Count("runbook"),
    )
    return counted.annotate(line=line).order_by("-firing", "-last_start").values("line")[:MOST_NAMES]


def _section_lines(user: User) -> Any:
    sections = AttachedRunbook.objects.filter(
        incident=OuterRef("pk"), runbook__in=Runbook.objects.visible_to(user).in_use()
    )
    line = JSONObject(
        heading="heading",
        title="runbook__title",
        service="runbook__service__slug",
        slug="runbook__slug",
        runbook="runbook_id",
        anchor="anchor",
        labels="labels",
        alert="alert_name",
    )
    return sections.annotate(line=line).order_by("attached_at", "pk").values("line")[:MOST_SECTIONS]


def _read_line(line: Mapping[str, Any]) -> AlertLine:
    return AlertLine(
        name=line["name"],
        pk=line["pk"],
        count=line["count"],
        firing=line["firing"],
        severity=line["severity"],
        since=dt.datetime.fromisoformat(line["since"]),
        has_runbook=bool(line["answered"]),
    )


def _read_section(line: Mapping[str, Any], incident: Incident) -> SectionLine:
    start = {"runbook": line["runbook"], "section": line["anchor"], "incident": incident.pk}
    return SectionLine(
        heading=line["heading"] or line["title"],
        runbook=line["title"],
        address=address_of(line["service"], line["slug"], line["anchor"], line["labels"]),
        run_address=f"{reverse('incidents:start_run')}?{urlencode(start)}",
        alert_name=line["alert"],
        label_count=len(line["labels"]),
    )
