"""What every service's runbooks together must hold, and in which section of one document each of it stands.

The parts are those of `parts`, for a document of any kind: a procedure “Restore the ledger” may answer what the runbook of
the ledger leaves out. Deploying is asked for twice, for staging and for production, and recovery with its two objectives.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from runbooks.reading import parts
from runbooks.reading.document import Document, Section
from runbooks.reading.parts import NeededPart, Words
from runbooks.reading.wording import key

RTO, RPO = "rto", "rpo"  # beside the codes of COLUMNS: where a recovery objective is stated


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that is asked for. `advice` completes “Nothing on …: ”."""

    code: str  # stable: stored with each version, and part of addresses
    label: str
    advice: str


def _column(part: NeededPart) -> Column:
    return Column(part.code, part.label.capitalize(), part.advice)


COLUMNS = (
    Column("overview", "Overview", "say what it does, for whom, and what it needs"),
    _column(parts.HEALTH),
    _column(parts.MONITORING),
    Column("deployment-staging", "Deployment to staging", "say how a new version is tried on staging"),
    Column("deployment-production", "Deployment to production", "say how a new version goes out to users"),
    _column(parts.ROLLBACK),
    _column(parts.SCALING),
    _column(parts.OPERATIONS),
    _column(parts.TROUBLESHOOTING),
    _column(parts.CONTACTS),
    _column(parts.ESCALATION),
    Column("disaster-recovery", "Disaster recovery", "say how it is brought back, with its RTO and RPO"),
)
CODES = (*(column.code for column in COLUMNS), RTO, RPO)  # what is added comes last: the places are stored as bits
BITS = {code: 1 << place for place, code in enumerate(CODES)}

_SAME = (
    *(parts.HEALTH, parts.MONITORING, parts.ROLLBACK, parts.SCALING, parts.OPERATIONS),
    *(parts.TROUBLESHOOTING, parts.CONTACTS, parts.ESCALATION),
)
_OVERVIEW = re.compile(
    r"\boverview\b|\babout\b|\bintroduction\b|\bpurpose\b|\bdescription\b|\bsummary\b|\bwhat (?:it|this|is)\b"
)
_STAGING = re.compile(r"\bstaging\b|\bstg\b|\bpre ?prod(?:uction)?\b|\buat\b")
_PRODUCTION = re.compile(r"(?<!pre )\bprod(?:uction)?\b")
_AROUND = re.compile(r"\b(?:pre|post|before|after) ?(?:deploy|releas|rollout)")  # what is checked before and after
_DISASTER = re.compile(r"\bdisaster\b|\bbusiness continuity\b")
_RECOVERY = re.compile(
    r"\brecovery (?:plan|procedures?|objectives?|strategy|details|steps)\b|\bbackups?\b|\bfail ?over\b"
    r"|\brestor(?:e|ing)\b.{0,40}\b(?:backups?|snapshots?|data|database)\b"
)
_RESTORE = re.compile(r"\brestor(?:e|es|ing)\b|\brecover(?:y|ing)?\b")  # enough in the title of a procedure
_HAS_OVERVIEW = ("service", "feature", "")  # the overview of a procedure or an alert is none of its service
_ABOUT_ONE_THING = ("procedure", "monitoring")  # the title says what the whole page is about


def find_parts(document: Document) -> dict[str, str]:
    """Code → anchor of the section that holds it ("" is the page itself), only for what is there. Templates hold nothing."""
    if document.kind == "template":
        return {}
    words = parts.read_words(document)
    title = key(document.title) if document.kind in _ABOUT_ONE_THING else ""
    found = {
        "overview": _find_overview(document, words),
        **{part.code: _find_same(part, document, words, title) for part in _SAME},
        **_find_deployments(document, title),
        "disaster-recovery": _find_recovery(words, title),
        **_find_objectives(document),
    }
    top = document.sections[0].anchor if document.sections and document.sections[0].level == 1 else None
    there = ((code, found.get(code)) for code in CODES)
    return {code: "" if anchor == top else anchor for code, anchor in there if anchor is not None}


def find_bits(found: Iterable[str]) -> int:
    """Codes as one number, which is quickly put together with those of thousands of other texts."""
    return sum(BITS[code] for code in set(found))


def _find_overview(document: Document, words: Words) -> str | None:
    if document.kind not in _HAS_OVERVIEW:
        return None
    anchor = words.headings.find(_OVERVIEW)
    return "" if anchor is None and document.summary else anchor


def _find_same(part: NeededPart, document: Document, words: Words, title: str) -> str | None:
    return "" if part.headings.search(title) else parts.find_part(part, document, words)


def _find_deployments(document: Document, title: str) -> dict[str, str | None]:
    """A text on deploying that names no environment is about production."""
    is_all = bool(parts.DEPLOYMENT.headings.search(title)) and not parts.ROLLBACK.headings.search(title)
    whole = list(_deployment_sections(document, is_all=is_all))
    area = [section for section in whole if not _AROUND.search(key(" ".join((*section.path, section.title))))] or whole
    staging, production = _name_environment(area, _STAGING), _name_environment(area, _PRODUCTION)
    if staging is None and production is None and area:
        production = "" if is_all else area[0].anchor
    return {"deployment-staging": staging, "deployment-production": production}


def _deployment_sections(document: Document, *, is_all: bool) -> Iterator[Section]:
    """Sections on deploying and what stands below them, without those on going back."""
    for section in document.sections:
        trail = (*section.path, section.title) if section.level > 1 else ()
        names = [key(name) for name in trail]
        if any(parts.ROLLBACK.headings.search(name) for name in names):
            continue
        if section.text.strip() and (is_all or any(parts.DEPLOYMENT.headings.search(name) for name in names)):
            yield section


def _name_environment(area: list[Section], environment: re.Pattern[str]) -> str | None:
    """The section whose heading names the environment, else the first whose words or commands do."""
    named = next((section for section in area if environment.search(key(section.title))), None)
    said = named or next((section for section in area if environment.search(key(section.text))), None)
    return said.anchor if said else None


def _find_recovery(words: Words, title: str) -> str | None:
    if any(pattern.search(title) for pattern in (_DISASTER, _RECOVERY, _RESTORE)):
        return ""
    anchor = words.headings.find(_DISASTER)
    return words.headings.find(_RECOVERY) if anchor is None else anchor


def _find_objectives(document: Document) -> dict[str, str | None]:
    """Stated ones only: what is still in a template's brackets nobody has promised."""
    stated = [objective for objective in document.objectives if objective.value and not objective.missing]
    return {
        code: next((objective.section for objective in stated if objective.kind == code.upper()), None)
        for code in (RTO, RPO)
    }
