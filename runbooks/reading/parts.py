"""What a runbook of each kind must hold, and how the reader sees that it does.

A part is there when a heading (with something below it) or a lead-in line names it, when the structure it consists of was
found, or when a command that does it is given. Where it is there is told by the anchor of its section. "kind" is one of
`kinds.KINDS`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Protocol

from runbooks.reading.document import Document
from runbooks.reading.reach import split_reach
from runbooks.reading.wording import key

_LONGEST_LEAD_IN = 60


class _Placed(Protocol):
    @property
    def section(self) -> str: ...


def _first(things: Iterable[_Placed]) -> str | None:
    """The anchor of the first one's section; None of nothing."""
    return next((thing.section for thing in things), None)


def _nowhere(document: Document) -> str | None:
    return None


def _ladders_that_reach(document: Document) -> Iterator[_Placed]:
    """Escalation ladders that say themselves how to reach somebody."""
    for path in document.escalations:
        if any(split_reach(rung.contact).is_found for rung in path.levels):
            yield path


@dataclass(frozen=True, slots=True)
class NeededPart:
    code: str  # stable; also what the coverage page calls it
    label: str
    advice: str  # what to do, after "No section on …: "
    headings: re.Pattern[str]  # searched in a heading's `wording.key`
    commands: re.Pattern[str] | None = None  # searched in code blocks
    found: Callable[[Document], str | None] = _nowhere  # anchor of the structure that also satisfies it


def _part(
    code: str, advice: str, headings: str, commands: str = "", found: Callable[[Document], str | None] = _nowhere
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
    found=lambda document: _first((*document.metrics, *document.alerts)),
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
    found=lambda document: _first(checklist for checklist in document.checklists if checklist.cadence),
)
TROUBLESHOOTING = _part(
    "troubleshooting",
    "list the known problems with what to check and what helps",
    r"\btroubleshoot\w*|\bcommon (?:issues|problems|errors)\b|\bknown (?:issues|problems)\b|\bdiagnos\w+|\bdebugging\b",
    found=lambda document: _first(document.issues),
)
CONTACTS = _part(
    "contacts",
    "name who can help and how to reach them",
    r"\bcontacts?\b|\bkey personnel\b|\bwho to (?:call|contact)\b",
    found=lambda document: _first((*document.contacts, *_ladders_that_reach(document))),
)
ESCALATION = _part(
    "escalation",
    "say who is called next, after how long, and when",
    r"\bescalat\w+",
    found=lambda document: _first(
        (*document.escalations, *(contact for contact in document.contacts if "escalat" in key(contact.role)))
    ),
)
STEPS = _part(
    "steps",
    "write down what to do, one step after the other",
    r"\bsteps?\b|\bprocedures?\b|\binvestigate\b|\bremediate\b|\bduties\b",
    found=lambda document: _first(
        (*document.procedures, *document.checklists, *(c for c in document.commands if not c.inline))
    ),
)
VERIFICATION = _part(
    "verification",
    "say how to see that it worked",
    r"\bverif\w+|\bvalidat\w+|\bexpected\b|\bafterwards\b|\bconfirm\w*|\bcheck\w*|\brecover\w*",
    found=lambda document: _first(
        step for p in document.procedures for step in p.steps if step.expected or step.checklist
    ),
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
    found=lambda document: _first((*document.procedures, *document.checklists)),
)
IMPACT = _part(
    "impact",
    "say how bad it is, or how to tell",
    r"\bimpact\b|\bseverit\w+",
    found=lambda document: _first(document.severities) or ("" if document.value("severity") else None),
)
FOLLOW_UP = _part(
    "follow-up",
    "say what is learned and done afterwards",
    r"\baction items?\b|\bprevention\b|\blessons\b|\bfollow ups?\b|\bpost ?mortem\b|\bpost incident\b|\bafter action\b",
    found=lambda document: _first(document.templates),
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
    words = read_words(document)
    return tuple(part for part in needed if find_part(part, document, words) is None)


@dataclass(frozen=True, slots=True)
class Places:
    """Short texts, each with the anchor of the section it stands in, searched together. No pattern spans two of them."""

    text: str
    starts: tuple[int, ...]
    anchors: tuple[str, ...]

    @classmethod
    def of(cls, found: Iterable[tuple[str, str]]) -> Places:
        """Out of (text, anchor), in order of preference."""
        texts, anchors = zip(*pairs, strict=True) if (pairs := list(found)) else ((), ())
        starts = accumulate((len(text) + 1 for text in texts[:-1]), initial=0)
        return cls("\n".join(texts), tuple(starts), anchors)

    def find(self, pattern: re.Pattern[str]) -> str | None:
        """The anchor of the first place that fits; None where none does."""
        match = pattern.search(self.text) if self.anchors else None
        return self.anchors[bisect_right(self.starts, match.start()) - 1] if match else None


@dataclass(frozen=True, slots=True)
class Words:
    """What a part is told by: the keys of headings and of lines that lead in, and the commands."""

    headings: Places
    code: Places


def read_words(document: Document) -> Words:
    """Made once for a document, however many parts are looked for."""
    code = ((command.code, command.section) for command in document.commands)
    return Words(Places.of(_filled_headings(document)), Places.of(code))


def find_part(part: NeededPart, document: Document, words: Words) -> str | None:
    """The anchor of the section that holds the part, "" for the page itself; None where it is missing."""
    for anchor in (words.headings.find(part.headings), part.found(document)):
        if anchor is not None:
            return anchor
    return words.code.find(part.commands) if part.commands else None


def _filled_headings(document: Document) -> Iterator[tuple[str, str]]:
    """Headings that have text of their own or sections below them, then lead-in lines such as `Rollback:`, with anchors.

    The document's title is none of them.
    """
    sections = document.sections
    leads: list[tuple[str, str]] = []
    for index, section in enumerate(sections):
        has_more = index + 1 < len(sections) and sections[index + 1].level > section.level
        if (section.text.strip() or has_more) and not (index == 0 and section.level == 1):
            yield key(section.title), section.anchor
        leads.extend((line, section.anchor) for line in _lead_ins(section.text, has_more=has_more))
    yield from leads
    for checklist in document.checklists:
        if len(checklist.name) <= _LONGEST_LEAD_IN:
            yield key(checklist.name), checklist.section


def _lead_ins(text: str, *, has_more: bool) -> Iterator[str]:
    """Short lines that end in a colon and have something below them."""
    lines = [line for line in text.split("\n") if line.strip()]
    for index, line in enumerate(lines):
        is_last = index + 1 == len(lines) and not has_more
        if line.endswith(":") and len(line) <= _LONGEST_LEAD_IN and not is_last:
            yield key(line)
