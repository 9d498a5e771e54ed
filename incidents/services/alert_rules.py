"""What an alert does: the rules of the admin, the first that fits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from incidents.models import Alert, AlertRule, Severity
from oncall.models import Service

SEVERITY_LABEL = "severity"


@dataclass(frozen=True)
class Rule:
    """A rule as it is applied: words folded, patterns made, ids at hand."""

    row: AlertRule
    service_ids: frozenset[int]

    @cached_property
    def severities(self) -> frozenset[str]:
        return frozenset(word.strip().casefold() for word in self.row.severities.split(",") if word.strip())

    @cached_property
    def labels(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """Names, and what their values must look like as a whole; a star stands for any characters, or none."""
        lines = (line.partition("=") for line in self.row.labels.splitlines() if "=" in line)
        return tuple((name.strip(), _make_pattern(value.strip())) for name, _, value in lines)

    def fits(self, labels: Mapping[str, str], service: Service | None) -> bool:
        """Whether everything that the rule names is so."""
        if self.severities and labels.get(SEVERITY_LABEL, "").strip().casefold() not in self.severities:
            return False
        if self.service_ids and (service is None or service.pk not in self.service_ids):
            return False
        if self.row.team_id is not None and (service is None or service.team_id != self.row.team_id):
            return False
        return all(pattern.fullmatch(labels.get(name, "")) for name, pattern in self.labels)


def load_rules() -> list[Rule]:
    """The rules in use, in their order; two queries."""
    rows = AlertRule.objects.filter(is_active=True).select_related("severity").prefetch_related("services")
    return [Rule(row, frozenset(service.pk for service in row.services.all())) for row in rows]


def find_rule(rules: list[Rule], alert: Alert) -> AlertRule | None:
    """The first rule that fits; None for an alert that is recorded only."""
    return next((rule.row for rule in rules if rule.fits(alert.labels, alert.service)), None)


def ensure_rules() -> None:
    """The rules of a new portal. Harmless when run twice; where there is any rule nothing is added."""
    severity = Severity.objects.filter(team=None, rank__lte=2).order_by("-rank").first()
    if severity is None or AlertRule.objects.exists():
        return
    AlertRule.objects.bulk_create(
        [
            AlertRule(
                position=10,
                name="Critical alerts open an incident",
                severities="critical, page",
                action=AlertRule.Action.OPEN,
                severity=severity,
            ),
            AlertRule(
                position=20,
                name="Warnings join the incident that is open",
                severities="warning",
                action=AlertRule.Action.ATTACH,
            ),
            AlertRule(position=90, name="Everything else is recorded", action=AlertRule.Action.RECORD),
        ]
    )


def _make_pattern(value: str) -> re.Pattern[str]:
    """Stars become “anything”; runs of them one, so that no pattern takes long."""
    parts = re.sub(r"\*+", "*", value).split("*")
    return re.compile(".*".join(map(re.escape, parts)), re.DOTALL)
