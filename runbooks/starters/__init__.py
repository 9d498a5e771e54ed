"""The templates that come with the portal: written for it, put into the database once, and the team's own from then on.

Each names what is known of a service in `{{ … }}` (see `runbooks.filling`) and asks for the rest in brackets. What stands in
`<!-- … -->` is for the writer; readers never see it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Starter:
    """A template as it is shipped; its text stands in `<slug>.md`."""

    slug: str
    name: str
    kind: str  # a value of runbooks.models.Kind
    description: str

    def read_text(self) -> str:
        return (FOLDER / f"{self.slug}.md").read_text(encoding="utf-8")


STARTERS = (
    Starter(
        "service-runbook",
        "Service runbook",
        "service",
        "The page for whoever is on call: first five minutes, alerts with their answers, restart, rollback, escalation.",
    ),
    Starter(
        "feature-runbook",
        "Feature runbook",
        "feature",
        "One feature behind a flag: how to switch it off, how it is rolled out in phases, what shows that it hurts.",
    ),
    Starter(
        "system-runbook",
        "System runbook",
        "service",
        "The full reference of a system: components, access, routine, incident response, recovery, vendors.",
    ),
    Starter(
        "operational-runbook",
        "Operational runbook",
        "service",
        "The day-to-day handbook: start of a shift, health, common jobs, maintenance windows, the worst day.",
    ),
    Starter(
        "procedure",
        "Procedure",
        "procedure",
        "One job, step by step: when to do it and when not, what each step shows, how to check, how to undo.",
    ),
    Starter(
        "incident-response",
        "Incident response",
        "incident",
        "How people work together while something is broken: severity, roles, steps, decisions, messages.",
    ),
    Starter(
        "post-mortem",
        "Post-mortem",
        "incident",
        "Looking back without blame: impact, timeline, causes, what went well, actions with owner and date.",
    ),
    Starter(
        "alert",
        "Alert",
        "monitoring",
        "The answer to one alert: what it means, whom it hurts, what to look at, what stops it.",
    ),
    Starter("blank", "Blank", "service", "A title and the facts about the service. The rest is yours."),
)
