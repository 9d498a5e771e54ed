"""What is wrong with a runbook because somebody left. Looked up live: it comes and goes without a new version."""

from __future__ import annotations

from runbooks.people_found.matching import Directory, match
from runbooks.people_found.named import Named, Structure, people_in
from runbooks.reading.document import Finding

CODE = "person-left"


def find_departed(document: Structure, directory: Directory, team: int | None = None) -> tuple[Finding, ...]:
    """A warning for each line that names somebody who left, in the order of the text."""
    found = []
    for named in people_in(document):
        entry = match(named, directory, team).entry
        if entry is not None and entry.has_left:
            found.append(
                Finding("warning", CODE, named.line, f"{entry.name} has left: {_advise(named)}.", named.section)
            )
    return tuple(found)


def _advise(named: Named) -> str:
    if named.what == "level":
        return f"name somebody else for escalation level {named.role}"
    if named.what == "owner":
        return "name another owner"
    return (
        f"name somebody else as “{named.role}”"
        if named.role and named.name
        else "name somebody else, or take the line out"
    )
