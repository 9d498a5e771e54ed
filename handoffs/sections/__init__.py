"""What a handoff tells by itself. A new part of the portal becomes a section by its function, and a line in `SECTIONS`."""

from __future__ import annotations

from handoffs.sections.base import Entry, Filled, Scope, Section, fill, make_scope
from handoffs.sections.incidents import find_open_incidents

__all__ = ["SECTIONS", "Entry", "Filled", "Scope", "Section", "assemble", "make_scope"]

SECTIONS: tuple[Section, ...] = (Section("open-incidents", "Open incidents", find_open_incidents, "from incidents"),)


def assemble(scope: Scope) -> tuple[Filled, ...]:
    """All sections as they are now; the number of queries does not depend on how much there is to report."""
    return tuple(fill(section, scope) for section in SECTIONS)
