"""What the reading page says about a runbook beside its text."""

import datetime as dt
from typing import Any

from runbooks.lists import readiness_tone, say_due
from runbooks.models import Runbook, RunbookVersion


def collect_facts(runbook: Runbook, version: RunbookVersion, today: dt.date) -> list[dict[str, str]]:
    """The strip under the title: at most six label and value pairs, some with a small line below."""
    service = runbook.service
    team = runbook.team or service.team
    owner = {"label": "Owner", "value": str(runbook.owner or team or "Nobody yet")}
    if runbook.owner and team:
        owner["small"] = team.name
    facts = [
        {"label": "Service", "value": service.name, "url": service.get_absolute_url(), "small": f"Tier {service.tier}"},
        owner,
    ]
    if service.slo:
        facts.append({"label": "SLO", "value": service.slo})
    when = version.activated_at or version.status_changed_at
    facts.append(
        {
            "label": f"Version {version.number}",
            "value": _say_day(when.date()),
            "small": str(version.author or "Imported"),
        }
    )
    facts.append(_review_fact(runbook, today))
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
    """The score, its word, and the findings behind it."""
    return {
        "readiness": version.readiness,
        "readiness_tone": readiness_tone(version.readiness),
        "findings": version.findings,
        "findings_count": len(version.findings),
    }


def _say_day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"
