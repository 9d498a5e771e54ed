"""From blocks to everything the portal knows about a runbook: runs every recogniser once over one index of the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runbooks.reading.alerts import document_alert_name, find_alerts
from runbooks.reading.checklists import find_checklists
from runbooks.reading.dates import parse_date
from runbooks.reading.document import (
    Alert,
    Change,
    Channel,
    Checklist,
    Command,
    Contact,
    Decision,
    ErrorCode,
    EscalationPath,
    Fact,
    KnownIssue,
    MessageTemplate,
    Metric,
    NotUnderstood,
    Procedure,
    RecoveryObjective,
    Severity,
    Vendor,
)
from runbooks.reading.escalation import find_escalations
from runbooks.reading.facts import find_facts
from runbooks.reading.issues import find_issues
from runbooks.reading.kinds import find_kind, find_subject
from runbooks.reading.objectives import find_objectives
from runbooks.reading.page import Page, Parsed
from runbooks.reading.people import find_channels, find_contacts, find_vendors
from runbooks.reading.procedures import find_procedures
from runbooks.reading.sectionlinks import SectionFinder
from runbooks.reading.tables import find_changes, find_decisions, find_error_codes, find_metrics, find_severities
from runbooks.reading.templates import find_templates

_DATED = ("next_review", "last_review", "last_updated")


@dataclass(frozen=True, slots=True)
class Structure:
    """What the recognisers found; the fields are named as in `Document`."""

    kind: str = ""
    facts: tuple[Fact, ...] = ()
    checklists: tuple[Checklist, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    alerts: tuple[Alert, ...] = ()
    issues: tuple[KnownIssue, ...] = ()
    error_codes: tuple[ErrorCode, ...] = ()
    metrics: tuple[Metric, ...] = ()
    contacts: tuple[Contact, ...] = ()
    vendors: tuple[Vendor, ...] = ()
    channels: tuple[Channel, ...] = ()
    escalations: tuple[EscalationPath, ...] = ()
    severities: tuple[Severity, ...] = ()
    objectives: tuple[RecoveryObjective, ...] = ()
    decisions: tuple[Decision, ...] = ()
    templates: tuple[MessageTemplate, ...] = ()
    changes: tuple[Change, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()


def find_structure(parsed: Parsed, commands: Sequence[Command], path: str = "") -> Structure:
    """Read the structure out of parsed text. Never raises; time is linear in the number of blocks.

    `path` is the document's path in its repository: folders tell its kind, the file name its alert or service.
    """
    page = Page(parsed, commands, path)
    facts = find_facts(page)
    kind = find_kind(page, facts, is_alert=bool(document_alert_name(page)))
    facts = _add_subject(page, facts, kind)
    _check_dates(page, facts)
    return Structure(
        kind=kind,
        facts=facts,
        checklists=find_checklists(page),
        procedures=find_procedures(page),
        alerts=find_alerts(page, SectionFinder(page)),
        issues=find_issues(page),
        error_codes=find_error_codes(page),
        metrics=find_metrics(page),
        contacts=find_contacts(page),
        vendors=find_vendors(page),
        channels=find_channels(page),
        escalations=find_escalations(page),
        severities=find_severities(page),
        objectives=find_objectives(page),
        decisions=find_decisions(page),
        templates=find_templates(page),
        changes=find_changes(page),
        not_understood=tuple(sorted(page.notes, key=lambda note: note.line)),
    )


def _add_subject(page: Page, facts: tuple[Fact, ...], kind: str) -> tuple[Fact, ...]:
    """Where no fact names the service, the title or the file name does."""
    if kind != "service" or any(fact.name in ("service", "system") and not fact.missing for fact in facts):
        return facts
    subject = find_subject(page)
    return (*facts, subject) if subject else facts


def _check_dates(page: Page, facts: tuple[Fact, ...]) -> None:
    for fact in facts:
        if fact.name in _DATED and not fact.missing and parse_date(fact.value) is None:
            page.note(
                fact.line, f"“{fact.label}: {fact.value[:60]}” is no date that can be read; write it as 2026-03-15."
            )
