"""What a runbook of each kind must hold, and how the reader sees that it does.

A part is there when a heading (with something below it) or a lead-in line names it, when the structure it consists of was
found, or when a command that does it is given. "kind" is one of `kinds.KINDS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from runbooks.reading.document import Document
from runbooks.reading.reach import split_reach
from runbooks.reading.wording import key

_LONGEST_LEAD_IN = 60


def _nothing(document: Document) -> bool:
    return False


def _can_reach_a_level(document: Document) -> bool:
    """Whether the escalation ladder itself says how to reach somebody."""
    return any(split_reach(rung.contact).is_found for path in document.escalations for rung in path.levels)


@dataclass(frozen=True, slots=True)
class NeededPart:
    code: str  # stable; also what the coverage page calls it
    label: str
    advice: str  # what to do, after "No section on …: "
    headings: re.Pattern[str]  # searched in a heading's `wording.key`
    commands: re.Pattern[str] | None = None  # searched in code blocks
    found: Callable[[Document], bool] = _nothing  # the structure that also satisfies it


def _part(
    code: str, advice: str, headings: str, commands: str = "", found: Callable[[Document], bool] = _nothing
) -> NeededPart:
    pattern = re.compile(commands) if commands else None
    return NeededPart(code, code.replace("-", " "), advice, re.compile(headings), pattern, found)


HEALTH = _part(
    "health-checks",
    "say how to see whether it is healthy",
    r"\bhealth\b|\bhealth ?checks?\b|\bliveness\b|\breadiness\b|\bsmoke tests?\b",
    r"/health|/healthz|/readyz|/livez|health[- ]?check",
)
MONITORING = _part(
    "monitoring",
    "name the dashboards, metrics and alerts to look at",
    r"\bmonitoring\b|\bobservability\b|\bdashboards?\b|\bmetrics\b|\balert(?:s|ing)?\b",
    found=lambda document: bool(document.metrics or document.alerts),
)
DEPLOYMENT = _part("deployment", "say how a new version goes out", r"\bdeploy\w*|\breleas(?:e|ing)s?\b|\brollout\b")
ROLLBACK = _part(
    "rollback",
    "say how to go back to the last good version",
    r"\broll ?backs?\b|\brolling back\b|\brevert\w*",
    r"rollout undo|helm rollback|\brollback\b|git revert",
)
SCALING = _part(
    "scaling",
    "say how to give it more or less capacity",
    r"\bscal(?:e|ing)\b|\bcapacity\b|\bautoscal\w+",
    r"kubectl scale|--replicas|docker(?:-| )compose .*--scale",
)
OPERATIONS = _part(
    "common-operations",
    "describe the routine jobs, such as restarting it",
    r"\boperations?\b|\brestart\w*|\bmaintenance\b|\broutine\b|\bcommon tasks?\b|\buseful commands\b",
    found=lambda document: any(checklist.cadence for checklist in document.checklists),
)
TROUBLESHOOTING = _part(
    "troubleshooting",
    "list the known problems with what to check and what helps",
    r"\btroubleshoot\w*|\bcommon (?:issues|problems|errors)\b|\bknown (?:issues|problems)\b|\bdiagnos\w+|\bdebugging\b",
    found=lambda document: bool(document.issues),
)
CONTACTS = _part(
    "contacts",
    "name who can help and how to reach them",
    r"\bcontacts?\b|\bkey personnel\b|\bwho to (?:call|contact)\b",
    found=lambda document: bool(document.contacts) or _can_reach_a_level(document),
)
ESCALATION = _part(
    "escalation",
    "say who is called next, after how long, and when",
    r"\bescalat\w+",
    found=lambda document: bool(document.escalations) or any("escalat" in key(c.role) for c in document.contacts),
)
STEPS = _part(
    "steps",
    "write down what to do, one step after the other",
    r"\bsteps?\b|\bprocedures?\b|\binvestigate\b|\bremediate\b|\bduties\b",
    found=lambda document: bool(
        document.procedures or document.checklists or any(not c.inline for c in document.commands)
    ),
)
VERIFICATION = _part(
    "verification",
    "say how to see that it worked",
    r"\bverif\w+|\bvalidat\w+|\bexpected\b|\bafterwards\b|\bconfirm\w*|\bcheck\w*|\brecover\w*",
    found=lambda document: any(step.expected or step.checklist for p in document.procedures for step in p.steps),
)
MEANING = _part(
    "meaning",
    "say what the alert means and what users notice",
    r"\bmeaning\b|\bimpact\b|\boverview\b|\bsummary\b|\babout\b",
)
DIAGNOSIS = _part(
    "diagnosis", "say what to look at first", r"\bdiagnos\w+|\binvestigat\w+|\btroubleshoot\w*|\btriage\b|\brunbook\b"
)
MITIGATION = _part(
    "mitigation",
    "say what stops the harm",
    r"\bmitigat\w+|\bresolution\b|\bremed\w+|\bfix\b|\bactions?\b|\brunbook\b|\bsolutions?\b",
)
RESPONSE = _part(
    "response",
    "say what is done in which order, or what was done when",
    r"\btimeline\b|\bresponse\b|\brespond\w*|\bassess\b|\bsteps?\b|\bprocess\b",
    found=lambda document: bool(document.procedures or document.checklists),
)
IMPACT = _part(
    "impact",
    "say how bad it is, or how to tell",
    r"\bimpact\b|\bseverit\w+",
    found=lambda document: bool(document.severities or document.value("severity")),
)
FOLLOW_UP = _part(
    "follow-up",
    "say what is learned and done afterwards",
    r"\baction items?\b|\bprevention\b|\blessons\b|\bfollow ups?\b|\bpost ?mortem\b|\bpost incident\b|\bafter action\b",
    found=lambda document: bool(document.templates),
)

PARTS: dict[str, tuple[NeededPart, ...]] = {
    "service": (
        *(HEALTH, MONITORING, DEPLOYMENT, ROLLBACK, SCALING, OPERATIONS),
        *(TROUBLESHOOTING, CONTACTS, ESCALATION),
    ),
    "feature": (MONITORING, DEPLOYMENT, ROLLBACK, TROUBLESHOOTING, CONTACTS, ESCALATION),
    "procedure": (STEPS, VERIFICATION),
    "incident": (RESPONSE, IMPACT, FOLLOW_UP),
    "monitoring": (MONITORING,),
    "alert": (MEANING, DIAGNOSIS, MITIGATION),  # a monitoring page that is about one alert
    "template": (),
}


def needed_parts(document: Document) -> tuple[NeededPart, ...]:
    """The parts a document of this kind must hold; none where the kind is not known."""
    is_alert = any(alert.source == "document" for alert in document.alerts)
    return PARTS.get("alert" if document.kind == "monitoring" and is_alert else document.kind, ())


def missing_parts(document: Document) -> tuple[NeededPart, ...]:
    """The needed parts that the document does not hold."""
    needed = needed_parts(document)
    if not needed:
        return ()
    headings = "\n".join(_filled_headings(document))
    code = "\n".join(command.code for command in document.commands)
    return tuple(part for part in needed if not _is_there(part, document, headings, code))


def _is_there(part: NeededPart, document: Document, headings: str, code: str) -> bool:
    if part.headings.search(headings) or part.found(document):
        return True
    return part.commands is not None and part.commands.search(code) is not None


def _filled_headings(document: Document) -> list[str]:
    """Headings that have text of their own or sections below them, and lead-in lines such as `Rollback:`.

    The document's title is none of them.
    """
    sections = document.sections
    found: list[str] = []
    for index, section in enumerate(sections):
        has_more = index + 1 < len(sections) and sections[index + 1].level > section.level
        if (section.text.strip() or has_more) and not (index == 0 and section.level == 1):
            found.append(key(section.title))
        found.extend(_lead_ins(section.text, has_more=has_more))
    found.extend(key(checklist.name) for checklist in document.checklists if len(checklist.name) <= _LONGEST_LEAD_IN)
    return found


def _lead_ins(text: str, *, has_more: bool) -> Iterator[str]:
    """Short lines that end in a colon and have something below them."""
    lines = [line for line in text.split("\n") if line.strip()]
    for index, line in enumerate(lines):
        is_last = index + 1 == len(lines) and not has_more
        if line.endswith(":") and len(line) <= _LONGEST_LEAD_IN and not is_last:
            yield key(line)
