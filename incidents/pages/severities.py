"""The scales of severities: the shared one, and those of teams that have their own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Team, User
from incidents.models import Severity
from incidents.pages.lengths import say_length
from runbooks.models import Runbook

SHARED = "_shared"  # stands for the shared scale where an address names a team


@dataclass(frozen=True, slots=True)
class ScaleLine:
    """A severity with its times in words."""

    severity: Severity

    @property
    def answer(self) -> str:
        return _say(self.severity.response_minutes) or "next business day"

    @property
    def updates(self) -> str:
        said = _say(self.severity.update_minutes)
        return f"every {said}" if said else "none expected"


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale with its severities, the worst first."""

    team: Team | None
    severities: list[Severity]

    @property
    def lines(self) -> list[ScaleLine]:
        return [ScaleLine(severity) for severity in self.severities]

    @property
    def slug(self) -> str:
        return self.team.slug if self.team else SHARED

    @property
    def title(self) -> str:
        return str(self.team) if self.team else "Shared scale"


def _say(minutes: int | None) -> str:
    return say_length(dt.timedelta(minutes=minutes)) if minutes else ""


def list_scales() -> list[Scale]:
    """The shared scale first, then the teams' own by name; one query."""
    rows: dict[int | None, list[Severity]] = {None: []}
    for severity in Severity.objects.select_related("team").order_by("team__name", "rank"):
        rows.setdefault(severity.team_id, []).append(severity)
    return [Scale(severities[0].team if key else None, severities) for key, severities in rows.items()]


def list_teams_without() -> QuerySet[Team]:
    """Teams that use the shared scale."""
    return Team.objects.filter(severities__isnull=True).order_by("name")


def find_tables(user: User) -> QuerySet[Runbook]:
    """Runbooks with a table of severities that this person may read."""
    visible = Runbook.objects.visible_to(user).in_use().shown().filter(shown_version__document__has_key="severities")
    return visible.exclude(shown_version__document__severities=[]).order_by("title")
