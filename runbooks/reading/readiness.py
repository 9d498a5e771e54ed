"""What is still to be put right in a runbook, in sentences that say what to do, and a score made from them.

Which placeholders count as *unfilled*: a bracket or brace placeholder (`[Service Name]`, `{{ team }}`) in prose, and one
that is all there is on a line of a command (`[restart command]`). What a reader fills in while working does not:
`<pod-name>`, `$NAMESPACE` and `${POD}` anywhere, brackets inside a command (`psql -h [db-host]`), prose that speaks of such
a one-word value again (`[db-host]`), and everything in message and post-incident templates. A document that is a template
as a whole has none.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from runbooks.reading.dates import parse_date, review_days
from runbooks.reading.document import Command, Document, Finding, Placeholder, Section
from runbooks.reading.parts import missing_parts
from runbooks.reading.wording import is_placeholder, squeeze

SOON_DAYS = 14  # a review that comes up within so many days is announced

# code: points for each finding, and the most that all findings of that code cost together
WEIGHTS: dict[str, tuple[int, int]] = {
    "broken-anchor": (8, 24),
    "broken-link": (8, 24),
    "escalation-reaches-nobody": (20, 20),
    "escalation-level-missing": (5, 15),
    "missing-part": (6, 48),
    "unfilled-placeholder": (2, 30),
    "contact-missing": (4, 16),
    "contact-unreachable": (4, 16),
    "no-owner": (6, 6),
    "no-review-date": (6, 6),
    "review-overdue": (12, 12),
    "review-due-soon": (0, 0),
    "command-without-language": (1, 5),
}
_FILLED_LATER = frozenset(
    {"unfilled-placeholder", "contact-missing", "contact-unreachable", "no-owner", "no-review-date"}
) | {
    *("escalation-reaches-nobody", "escalation-level-missing"),
}
_OTHERS = {"error": (15, 45), "warning": (3, 15), "info": (0, 0)}
READY, GAPS = 85, 60


def find_problems(document: Document) -> tuple[Finding, ...]:
    """Everything the text alone tells, in the order of its lines; secrets and dead links are looked for elsewhere."""
    found = [
        *_find_missing_parts(document),
        *_find_unfilled(document),
        *_find_broken_links(document),
        *_find_unnamed_languages(document),
        *_find_ladder_gaps(document),
        *_find_contact_gaps(document),
        *_find_missing_facts(document),
    ]
    if document.kind == "template":
        found = [finding for finding in found if finding.code not in _FILLED_LATER]
    return tuple(sorted(found, key=lambda finding: finding.line))


def find_overdue(document: Document, today: date) -> tuple[Finding, ...]:
    """A review that is overdue, or due within SOON_DAYS. `today` is a date in the reader's time zone."""
    due = review_due(document)
    if due is None:
        return ()
    day, line = due
    if day < today:
        days = (today - day).days
        plural = "day" if days == 1 else "days"
        message = f"The review was due on {day.isoformat()}, {days} {plural} ago: read it again and set the next date."
        return (Finding("warning", "review-overdue", line, message),)
    if (day - today).days <= SOON_DAYS:
        message = f"The review is due on {day.isoformat()}: plan it, then set the next date."
        return (Finding("info", "review-due-soon", line, message),)
    return ()


def review_due(document: Document) -> tuple[date, int] | None:
    """When the next review is due, and the line that says so: the stated date, else the last one plus the frequency."""
    stated = _dated_fact(document, "next_review")
    if stated:
        return stated
    days = review_days(document.value("review_frequency"))
    last = (
        _dated_fact(document, "last_review") or _dated_fact(document, "last_updated") or _dated_fact(document, "date")
    )
    if days is None or last is None:
        return None
    day, line = last
    try:
        return day + timedelta(days=days), line
    except OverflowError:
        return None


@dataclass(frozen=True, slots=True)
class Cost:
    """What all findings of one code take off the score together: `each` times `count`, but never more than `most`."""

    code: str
    severity: str
    count: int
    each: int
    most: int
    points: int


def explain_score(findings: Sequence[Finding]) -> tuple[Cost, ...]:
    """How the score comes about, the dearest code first; codes that cost nothing are there too.

    Each finding costs the points WEIGHTS gives its code (else what its severity costs), and all of one code together
    cost at most that code's limit, so that fifty empty placeholders do not hide that everything else is there.
    """
    costs: dict[str, Cost] = {}
    for finding in findings:
        each, most = WEIGHTS.get(finding.code) or _OTHERS.get(finding.severity, (0, 0))
        last = costs.get(finding.code) or Cost(finding.code, finding.severity, 0, each, most, 0)
        costs[finding.code] = replace(last, count=last.count + 1, points=min(last.points + each, most))
    return tuple(sorted(costs.values(), key=lambda cost: (-cost.points, cost.code)))


def score(findings: Sequence[Finding]) -> int:
    """Readiness from 0 to 100: 100 less the points of the findings, as `explain_score` gives them."""
    return max(0, 100 - sum(cost.points for cost in explain_score(findings)))


def level(points: int) -> str:
    """ "ready" from 85 points, "gaps" from 60, else "not ready"."""
    if points >= READY:
        return "ready"
    return "gaps" if points >= GAPS else "not ready"


def _dated_fact(document: Document, name: str) -> tuple[date, int] | None:
    for fact in document.facts:
        if fact.name == name and not fact.missing and (day := parse_date(fact.value)):
            return day, fact.line
    return None


def _find_missing_parts(document: Document) -> Iterator[Finding]:
    for part in missing_parts(document):
        yield Finding("warning", "missing-part", 1, f"No section on {part.label}: {part.advice}.")


@dataclass(frozen=True, slots=True)
class _Spot:
    """A line of code, and which run-time values it holds."""

    text: str
    names: frozenset[str]


def _find_unfilled(document: Document) -> Iterator[Finding]:
    spots = _code_lines(document)
    forms = _template_lines(document)
    for placeholder in document.placeholders:
        lines = _unfilled_lines(placeholder, spots, forms)
        if lines:
            yield _unfilled_finding(placeholder, lines, _section_at(document.sections, lines[0]))


def _unfilled_finding(placeholder: Placeholder, lines: list[int], section: str) -> Finding:
    more = len(lines) - 1
    where = f" (here and on {more} more {'line' if more == 1 else 'lines'})" if more else ""
    message = f"“{squeeze(placeholder.text)[:80]}” is still a placeholder{where}: put the real text in its place."
    return Finding("warning", "unfilled-placeholder", lines[0], message, section)


def _unfilled_lines(placeholder: Placeholder, spots: dict[int, _Spot], forms: set[int]) -> list[int]:
    if not placeholder.text.startswith(("[", "{{")):
        return []
    lines = [line for line in placeholder.lines if line not in forms]
    in_commands = {line for line in lines if line in spots and placeholder.name in spots[line].names}
    unfilled = {line for line in in_commands if is_placeholder(spots[line].text.strip().removeprefix("$ "))}
    is_value = len(unfilled) < len(in_commands) and " " not in placeholder.text.strip()
    if not is_value:
        unfilled.update(line for line in lines if line not in in_commands)
    return sorted(unfilled)


def _code_lines(document: Document) -> dict[int, _Spot]:
    """The lines that commands stand on. A fence's own line comes before its code."""
    spots: dict[int, _Spot] = {}
    for command in document.commands:
        names = frozenset(command.placeholders)
        if command.is_drawing or not names:
            continue
        lines = [command.code] if command.inline else ["", *command.code.split("\n")]
        for offset, text in enumerate(lines):
            spots[command.line + offset] = _Spot(text, names)
    return spots


def _template_lines(document: Document) -> set[int]:
    lines: set[int] = set()
    for template in document.templates:
        lines.update(range(template.line, template.line + template.text.count("\n") + 3))
    return lines


def _section_at(sections: Sequence[Section], line: int) -> str:
    """Anchor of the section the line stands in."""
    index = bisect_right(sections, line, key=lambda section: section.line)
    return sections[index - 1].anchor if index else ""


def _find_broken_links(document: Document) -> Iterator[Finding]:
    for link in document.links:
        if not link.is_broken:
            continue
        section, target = _section_at(document.sections, link.line), link.target[:80]
        if link.kind == "anchor":
            message = f"The link “{target}” leads to no heading of this document: correct the link or the heading."
            yield Finding("error", "broken-anchor", link.line, message, section)
        else:
            message = f"The link “{target}” leads to no document that is here: correct it, or import that document too."
            yield Finding("error", "broken-link", link.line, message, section)


def _find_unnamed_languages(document: Document) -> Iterator[Finding]:
    forms = {template.line for template in document.templates}
    for command in document.commands:
        if command.inline or command.is_drawing or command.language or command.line in forms:
            continue
        if _is_runnable(command):
            message = "This code block does not say what it is: write a language behind its ``` (bash, sql, text, …)."
            yield Finding("info", "command-without-language", command.line, message, command.section)


def _is_runnable(command: Command) -> bool:
    return any(line.kind == "command" for line in command.lines)


def _find_ladder_gaps(document: Document) -> Iterator[Finding]:
    for path in document.escalations:
        open_levels = [rung for rung in path.levels if rung.missing]
        if len(open_levels) == len(path.levels):
            message = "The escalation ladder reaches nobody: name who is called at each level."
            yield Finding("error", "escalation-reaches-nobody", path.line, message, path.section)
            continue
        for rung in open_levels:
            message = f"Nobody is named for escalation level {rung.label}: name who is called."
            yield Finding("warning", "escalation-level-missing", rung.line, message, path.section)


def _find_contact_gaps(document: Document) -> Iterator[Finding]:
    for contact in document.contacts:
        who = (contact.role or contact.name)[:80]
        if contact.missing:
            message = f"Nobody is named as “{who}”: add a name and a way to reach them, or take the line out."
            yield Finding("warning", "contact-missing", contact.line, message, contact.section)
        elif not contact.is_reachable:
            message = f"“{who}” cannot be reached: add a phone number, an e-mail address or a channel."
            yield Finding("warning", "contact-unreachable", contact.line, message, contact.section)


def _find_missing_facts(document: Document) -> Iterator[Finding]:
    if not document.value("owner") and not document.value("team"):
        line = next((fact.line for fact in document.facts if fact.name in ("owner", "team")), 1)
        yield Finding(
            "warning", "no-owner", line, "Nobody owns this document: add a line “**Owner:** …” under its title."
        )
    if not document.value("next_review") and not document.value("review_frequency"):
        line = next((fact.line for fact in document.facts if fact.name in ("next_review", "review_frequency")), 1)
        advice = "add “**Next Review:** ” with a date, or “**Review Frequency:** Quarterly”"
        yield Finding("warning", "no-review-date", line, f"Nothing says when this is to be reviewed: {advice}.")
