"""What kind of document this is, told from front matter, folder, title, file name and facts, and what it is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from runbooks.reading.document import Fact
from runbooks.reading.page import Page
from runbooks.reading.wording import given, key, squeeze

FILE_NAME = "file name"  # label of a service that only the file's name tells
KINDS = ("service", "feature", "procedure", "incident", "monitoring", "template")

_FOLDERS = {
    "runbooks": "service",
    "runbook": "service",
    "services": "service",
    "service": "service",
    "systems": "service",
    "features": "feature",
    "incidents": "incident",
    "incident": "incident",
    "postmortems": "incident",
    "post mortems": "incident",
    "monitoring": "monitoring",
    "alerts": "monitoring",
    "alerting": "monitoring",
    "procedures": "procedure",
    "procedure": "procedure",
    "playbooks": "procedure",
    "playbook": "procedure",
    "sops": "procedure",
    "howto": "procedure",
    "roles": "procedure",
    "templates": "template",
    "template": "template",
}
_FRONT_MATTER = {
    "runbook": "service",
    "alert": "monitoring",
    "playbook": "procedure",
    "postmortem": "incident",
    "sop": "procedure",
}
_INDEX_FILES = frozenset({"readme", "index", "_index", "home"})
_TITLES = (
    ("template", re.compile(r"\btemplate$")),
    ("incident", re.compile(r"^(?:incident (?:report|review)|post ?mortem|post incident review)\b|\bpost ?mortem$")),
    ("procedure", re.compile(r"\bplaybook\b|\bprocedures?\b|^how to\b|^role\b|\bstandard operating\b")),
    ("service", re.compile(r"\brun ?book\b|\boperations? manual\b")),
    ("monitoring", re.compile(r"^(?:monitoring|metrics|alerts|alerting|dashboards)\b")),
)
_FILES = (
    ("template", re.compile(r"\btemplate$")),
    ("incident", re.compile(r"^(?:incident response|incident report|post ?mortem)\b")),
    ("procedure", re.compile(r"\bplaybook\b|\bprocedure\b")),
    ("service", re.compile(r"\brunbook$")),
    ("monitoring", re.compile(r"^(?:monitoring|metrics|alerts|dashboards)$")),
)
_TITLE_SUBJECT = re.compile(r"(?:.{0,40}\b)?run ?book\s{0,3}[:–—-]\s{0,3}(\S.*)", re.IGNORECASE)
_SUBJECT_TITLE = re.compile(r"(\S.*?)\s{1,3}(?:system |service |operational |operations )?run ?book", re.IGNORECASE)
_INCIDENT_RESPONSE = re.compile(
    r"incident response\s{0,3}(?:[:–—]|$|plan\b|procedures?\b|process\b|runbook\b)", re.IGNORECASE
)
# Pages on how runbooks are written are none themselves.
_ABOUT_RUNBOOKS = re.compile(r"(?:add|adding|writing|write|creating|create|new|how|what|why|using|about|contributing) ")
_RUNBOOK_AFFIX = re.compile(r"^run-?book[-_ ]|[-_ ]run-?book$", re.IGNORECASE)
_SAYS_NOTHING = frozenset({"", "runbook", "service", "system", "operational", "operations", "feature", "the", "our"})
_LONGEST = 200


def find_kind(page: Page, facts: Sequence[Fact], *, is_alert: bool) -> str:
    """One of KINDS, or "" when nothing tells. `is_alert` says that the document answers one alert."""
    named = _from_front_matter(page)
    if named:
        return named
    title, stem = key(page.title[:_LONGEST]), key(_stem(page.path))
    if _ABOUT_RUNBOOKS.match(title):
        title = ""
    if _ABOUT_RUNBOOKS.match(stem):
        stem = ""
    first = _match(_TITLES[:1], title) or _match(_FILES[:1], stem)
    if first:
        return first
    if is_alert:
        return "monitoring"
    is_index = _stem(page.path).lower() in _INDEX_FILES or stem.endswith("readme")
    kind = "" if is_index else _from_folder(page.path)
    kind = kind or ("incident" if _INCIDENT_RESPONSE.match(page.title[:_LONGEST].lstrip()) else "")
    kind = kind or _match(_TITLES, title) or ("" if is_index else _match(_FILES, stem))
    return _refine(kind, {fact.name for fact in facts})


def find_subject(page: Page) -> Fact | None:
    """What the title, or else the file name, says the document is about: the service when no fact names one."""
    title = squeeze(page.title)[:_LONGEST]
    match = _TITLE_SUBJECT.fullmatch(title) or _SUBJECT_TITLE.fullmatch(title)
    line = page.parts[0].section.line if page.parts else 1
    if match and given(match[1]) and not _ABOUT_RUNBOOKS.match(f"{key(match[1])} "):
        return Fact(name="service", label="title", value=given(match[1]), line=line)
    name = _name_from_path(page.path)
    return Fact(name="service", label=FILE_NAME, value=name, line=1) if name else None


def _name_from_path(path: str) -> str:
    """`ledger` for `ledger-runbook.md`; a README is about its folder."""
    stem = _stem(path)
    if stem.lower() in _INDEX_FILES:
        folder = path.split("/")[-2] if "/" in path else ""
        return "" if key(folder) in _FOLDERS else folder
    bare = _RUNBOOK_AFFIX.sub("", stem)
    return stem if key(bare) in _SAYS_NOTHING else bare


def _refine(kind: str, names: set[str]) -> str:
    """A runbook that names its feature is the feature's; facts decide where nothing else does."""
    if kind in ("", "service") and "feature" in names:
        return "feature"
    if not kind and names & {"service", "system"}:
        return "service"
    return kind


def _from_front_matter(page: Page) -> str:
    for label in ("kind", "type"):
        value = page.front_matter.get(label)
        if isinstance(value, str):
            name = key(value)
            if name in KINDS or name in _FRONT_MATTER:
                return _FRONT_MATTER.get(name, name)
    return ""


def _from_folder(path: str) -> str:
    folders = path.split("/")[:-1]
    return next((_FOLDERS[key(name)] for name in reversed(folders) if key(name) in _FOLDERS), "")


def _stem(path: str) -> str:
    return path.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def _match(patterns: Sequence[tuple[str, re.Pattern[str]]], text: str) -> str:
    return next((kind for kind, pattern in patterns if pattern.search(text)), "")
