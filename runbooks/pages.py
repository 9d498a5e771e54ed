"""What the reading page says about a runbook beside its text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from oncall.models import ServiceLink
from runbooks.lists import readiness_tone, say_due
from runbooks.models import Runbook, RunbookVersion
from runbooks.reading import SCHEMA

CHANGES = 5


@dataclass
class ReadingPage:
    """The context of a reading page, looked up only where the template asks for it: most times the cache answers first."""

    runbook_id: int
    today: dt.date
    time_zone: str
    can_edit: bool

    def key(self, runbook: Runbook) -> str:
        """Changes with anything that the page shows, with the reader's clock, and with a release."""
        stamps = (runbook.updated_at, runbook.service.updated_at, runbook.shown_version_id)
        return ":".join(map(str, (_release(), self.runbook_id, *stamps, self.today, self.time_zone, self.can_edit)))

    def lazily(self) -> dict[str, Any]:
        """The context: names to objects that are looked up at first use."""

        def later(name: str) -> Any:
            return SimpleLazyObject(lambda: getattr(self, name))

        names = ("version", "service", "facts", "links", "open_version", "changes", "findings")
        numbers: dict[str, Callable[[], Any]] = {
            "readiness": lambda: self.version.readiness,
            "readiness_tone": lambda: readiness_tone(self.version.readiness),
            "findings_count": lambda: len(self.version.findings),
        }
        return {name: later(name) for name in names} | numbers | {"can_edit": self.can_edit}

    @cached_property
    def runbook(self) -> Runbook:
        runbooks = Runbook.objects.select_related("service__team", "team", "owner", "shown_version__author")
        return runbooks.defer("shown_version__markdown", "shown_version__document").get(pk=self.runbook_id)

    @property
    def version(self) -> RunbookVersion:
        assert self.runbook.shown_version is not None  # the view answered 404 before
        return self.runbook.shown_version

    @property
    def service(self) -> Any:
        return self.runbook.service

    @property
    def facts(self) -> list[dict[str, str]]:
        return collect_facts(self.runbook, self.version, self.today)

    @property
    def links(self) -> list[ServiceLink]:
        return list(self.service.links.all())

    @property
    def findings(self) -> list[dict[str, Any]]:
        return list(self.version.findings)

    @property
    def open_version(self) -> RunbookVersion | None:
        open_version = self.runbook.versions.open().light().exclude(pk=self.version.pk).first()
        if open_version is not None:
            open_version.runbook = self.runbook
        return open_version

    @property
    def changes(self) -> list[RunbookVersion]:
        changes = list(self.runbook.versions.filter(activated_at__isnull=False).for_history()[:CHANGES])
        for version in changes:
            version.runbook = self.runbook
        return changes


def collect_facts(runbook: Runbook, version: RunbookVersion, today: dt.date) -> list[dict[str, str]]:
    """The strip under the title: at most six label and value pairs, some with a small line below."""
    service = runbook.service
    team = runbook.team or service.team
    owner = {"label": "Owner", "value": str(runbook.owner or team or "Nobody yet")}
    if runbook.owner and team:
        owner["small"] = team.name
    when = timezone.localtime(version.activated_at or version.status_changed_at)
    facts = [
        {
            "label": "Service",
            "value": service.name,
            "url": service.get_absolute_url(),
            "small": service.get_tier_display(),
        },
        owner,
        {
            "label": f"Version {version.number}",
            "value": _say_day(when.date()),
            "small": str(version.author or "Imported"),
        },
        _review_fact(runbook, today),
    ]
    if service.slo:
        facts.insert(2, {"label": "SLO", "value": service.slo})
    return facts


def _review_fact(runbook: Runbook, today: dt.date) -> dict[str, str]:
    if runbook.next_review_on is None:
        return {"label": "Next review", "value": "Not planned"}
    return {
        "label": "Next review",
        "value": _say_day(runbook.next_review_on),
        "due": runbook.due(today),
        "small": say_due(runbook.next_review_on, today),
    }


def describe_readiness(version: RunbookVersion) -> dict[str, Any]:
    """The score, its tone, and the findings behind it."""
    return {
        "readiness": version.readiness,
        "readiness_tone": readiness_tone(version.readiness),
        "findings": version.findings,
        "findings_count": len(version.findings),
    }


@cache
def _release() -> str:
    """Something that differs from release to release: the static files' names in the page, and the reader's schema."""
    return f"{SCHEMA}-{getattr(staticfiles_storage, 'manifest_hash', '')}"


def _say_day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"
