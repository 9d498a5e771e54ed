"""A post-mortem as Markdown: texts as they were written, facts escaped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone

from incidents.pages.postmortems import TITLES, Report
from runbooks.filling import in_prose

_NOT_SAID = "not said"


def write_markdown(report: Report) -> str:
    """The whole report. Times are in the zone that is active, and said with it."""
    return "\n\n".join(_blocks(report)) + "\n"


def _blocks(report: Report) -> Iterator[str]:
    incident, postmortem = report.incident, report.postmortem
    yield f"# Post-mortem: {in_prose(incident.title)}"
    yield "\n".join(f"- **{label}:** {in_prose(text)}" for label, text in _facts(report))
    for name, title in TITLES.items():
        yield f"## {title}"
        yield getattr(postmortem, name) or "*Not written yet.*"
        if name == "impact":
            yield "\n".join(f"- **{label}:** {in_prose(text) if text else _NOT_SAID}" for label, text in report.facts)
    yield "## Action items"
    yield _table(report) if report.actions else "None."
    if report.lessons:
        yield "## Lessons in runbooks"
        yield "\n".join(
            f"- {in_prose(lesson.text)}: {in_prose(str(lesson.runbook))}"
            + (f", version {lesson.version.number}" if lesson.version else "")
            for lesson in report.lessons
        )


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    incident, postmortem = report.incident, report.postmortem
    yield "Incident", incident.reference
    yield "Severity", str(incident.severity)
    if report.services:
        yield "Services", ", ".join(service.name for service in report.services)
    yield "Began", _say(incident.started_at)
    if incident.resolved_at:
        yield "Resolved", _say(incident.resolved_at)
    for length in report.lengths:
        yield length.label, length.text
    yield "Status", postmortem.get_status_display()
    yield "Owner", str(postmortem.owner)


def _table(report: Report) -> str:
    lines = ["| Action | Owner | Due | Status | Ticket |", "|---|---|---|---|---|"]
    for item in report.actions:
        cells = (
            item.text,
            str(item.owner or "nobody"),
            item.due_on.isoformat() if item.due_on else "",
            item.get_status_display(),
            item.ticket,
        )
        lines.append(f"| {' | '.join(in_prose(cell) if cell else '' for cell in cells)} |")
    return "\n".join(lines)


def _say(moment: dt.datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M %Z}"
