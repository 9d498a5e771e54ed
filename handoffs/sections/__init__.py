"""What a handoff tells by itself. A new part of the portal becomes a section by its function, and a line in `SECTIONS`."""

from __future__ import annotations

from dataclasses import replace

from handoffs.sections.alerts import find_alerts
from handoffs.sections.base import Entry, Filled, Scope, Section, fill, make_scope
from handoffs.sections.changes import find_changes, find_maintenance
from handoffs.sections.deferred import find_deferred
from handoffs.sections.facts import FactLine, describe_facts
from handoffs.sections.incidents import find_open_incidents, find_resolved_incidents
from handoffs.sections.levels import find_levels
from handoffs.sections.pages import find_pages
from handoffs.sections.routine import find_routine
from handoffs.sections.runbooks import find_changed_runbooks, find_due_reviews
from handoffs.sections.runs import find_open_runs
from handoffs.sections.schedule import find_exceptions
from handoffs.sections.watch import find_temporary, find_watched

__all__ = ["SECTIONS", "Entry", "FactLine", "Filled", "Scope", "Section", "assemble", "describe_facts", "make_scope"]

# In the order in which they are read: what burns, what must not be forgotten, what was, what comes.
SECTIONS: tuple[Section, ...] = (
    Section("open-incidents", "Open incidents", find_open_incidents, "from incidents"),
    Section("runs", "Runs still open", find_open_runs, "from runbook runs"),
    Section("alerts", "Alerts", find_alerts, "from monitoring"),
    Section("watch", "Watch items", find_watched, "written by people"),
    Section("temporary", "Temporary: mitigations, silences, overrides", find_temporary, "written by people"),
    Section("resolved-incidents", "Resolved in the shift", find_resolved_incidents, "from incidents"),
    Section("changes", "System changes", find_changes, "from deployments and people"),
    Section("maintenance", "Maintenance", find_maintenance, "from the plan"),
    Section("runbooks", "Runbooks that changed or were said to be wrong", find_changed_runbooks, "from runbooks"),
    Section("reviews", "Reviews due", find_due_reviews, "from runbooks"),
    Section("routine", "Routine tasks", find_routine, "from runbooks"),
    Section("deferred", "Deferred work", find_deferred, "from post-mortems and people"),
    Section("schedule", "Exceptions in the coming schedule", find_exceptions, "from on-call", needs_acceptance=False),
    Section("levels", "Who is called, level by level", find_levels, "from escalation paths", needs_acceptance=False),
    Section("pages", "Pages, this shift and the last", find_pages, "from escalations", needs_acceptance=False),
)


def assemble(scope: Scope) -> tuple[Filled, ...]:
    """All sections as they are now; the number of queries does not depend on how much there is to report.

    A key stands once: what changes between two of the queries, as an incident that is resolved, is told of where it was seen
    first.
    """
    seen: set[str] = set()
    return tuple(_keep_new(fill(section, scope), seen) for section in SECTIONS)


def _keep_new(section: Filled, seen: set[str]) -> Filled:
    entries = tuple(entry for entry in section.entries if entry.key not in seen)
    seen.update(entry.key for entry in entries)
    return replace(section, entries=entries)
