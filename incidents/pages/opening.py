"""What an incident is opened from: an alert, a section of a runbook, a service; and what the form begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Team, User
from incidents.models import Alert, Severity
from incidents.services.alert_rules import find_rule, load_rules
from incidents.services.opening_once import OpenedFrom
from incidents.services.severities import find_severity, match_scale
from oncall.models import Service
from runbooks.models import Runbook


@dataclass(frozen=True)
class Beginning:
    """What the form begins with. What the reader may not know of is as if it were not asked for."""

    opened_from: OpenedFrom = field(default_factory=OpenedFrom)
    title: str = ""
    service: Service | None = None
    severity: Severity | None = None

    @property
    def team(self) -> Team | None:
        return self.service.team if self.service is not None else None

    @property
    def initial(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "services": [self.service.pk] if self.service else [],
            "severity": self.severity.pk if self.severity else None,
        }


def read_beginning(user: User, query: Mapping[str, str]) -> Beginning:
    """Read `?alert=`, `?runbook=` with `&section=`, `?service=` (its slug) and `?title=`."""
    alert = _find(Alert.objects.visible_to(user).select_related("service__team"), query.get("alert", ""))
    if alert is not None:
        return _begin_with_alert(alert, user)
    runbook = _find(Runbook.objects.visible_to(user).shown(), query.get("runbook", ""))
    title = query.get("title", "").replace("\0", "")[:200]
    if runbook is not None:
        return Beginning(_from_section(runbook, query.get("section", "")), title, _visible(runbook.service, user))
    slug = query.get("service", "").replace("\0", "")[:80]
    service = Service.objects.visible_to(user).filter(slug=slug).select_related("team").first() if slug else None
    return Beginning(title=title, service=service)


def _begin_with_alert(alert: Alert, user: User) -> Beginning:
    service = _visible(alert.service, user)
    rule = find_rule(load_rules(), alert)
    team = service.team if service else None
    severity = rule.severity if rule and rule.severity else find_severity(team, alert.severity_label)
    summary = str(alert.annotations.get("summary", ""))
    title = f"{alert.name}: {summary}" if summary else alert.name
    runbook = None
    if alert.runbook_id:
        runbook = Runbook.objects.visible_to(user).shown().filter(pk=alert.runbook_id).first()
    opened_from = OpenedFrom(alert=alert)
    if runbook is not None:
        found = _from_section(runbook, alert.anchor)
        opened_from = OpenedFrom(alert, runbook, found.anchor, found.heading, alert.labels)
    return Beginning(opened_from, title[:200], service, match_scale(severity, team) if severity else None)


def _from_section(runbook: Runbook, anchor: str) -> OpenedFrom:
    """The section with that anchor; the whole runbook where it has no such section."""
    version = runbook.shown_version
    sections = version.document.get("sections", []) if version is not None else []
    heading = next((one["title"] for one in sections if anchor and one["anchor"] == anchor), "")
    return OpenedFrom(runbook=runbook, anchor=anchor if heading else "", heading=heading)


def _visible(service: Service | None, user: User) -> Service | None:
    if service is None:
        return None
    return Service.objects.visible_to(user).filter(pk=service.pk).select_related("team").first()


def _find(rows: Any, text: str) -> Any:
    return rows.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 10 else None
