"""Known issues: headings `Issue: …` with their symptoms, diagnosis, causes, resolution and prevention."""

from __future__ import annotations

import re

from runbooks.reading.blocks import Block
from runbooks.reading.document import KnownIssue
from runbooks.reading.page import Page, Part
from runbooks.reading.wording import given, key, squeeze, trim

_HEADING = re.compile(r"(?:known issue|issue|problem)\s{0,3}#?\d{0,4}\s{0,3}[:–—]\s{0,3}(\S.*)", re.IGNORECASE)
_FIELDS = (
    ("symptoms", re.compile(r"symptoms?|signs?|what you see|how it shows|indicators?")),
    (
        "diagnosis",
        re.compile(r"diagnos\w{1,6}|diagnostic (?:steps?|commands?)|investigation(?: steps?)?|how to diagnose|checks?"),
    ),
    (
        "causes",
        re.compile(
            r"(?:(?:common|possible|likely|probable|known|root) )?causes?(?: \d{1,3})?"
            r"(?: (?:and )?(?:solutions?|fix(?:es)?))?"
        ),
    ),
    (
        "resolution",
        re.compile(
            r"resolutions?(?: steps?)?|solutions?(?: \d{1,3})?|fix(?:es)?|remediation|mitigation|workarounds?|how to fix"
        ),
    ),
    ("prevention", re.compile(r"preventions?|prevention measures?|preventive measures?|how to prevent it")),
)
_NUMBERED_CAUSE = re.compile(r"(causes?|solutions?)\s{1,3}\d{1,3}\s{0,3}[:–—-]\s{0,3}(\S.*)", re.I | re.DOTALL)
_LONGEST_LABEL = 60


def find_issues(page: Page) -> tuple[KnownIssue, ...]:
    """Issues in the order of the text; one whose title is still a placeholder is none yet."""
    found: list[KnownIssue] = []
    for part in page.parts:
        match = _HEADING.fullmatch(squeeze(part.section.title)[:500])
        title = given(trim(match[1])) if match else ""
        if title:
            found.append(_read_issue(page, part, title))
    return tuple(found)


def _read_issue(page: Page, part: Part, title: str) -> KnownIssue:
    parts: dict[str, list[str]] = {}
    current = ""
    for block in page.under(part):
        if block.kind in ("heading", "paragraph", "quote"):
            current = _read_prose(block, current, parts)
        elif block.kind in ("item", "code") and current:
            _read_entry(block, current, parts)
    fields = {name: tuple(values) for name, values in parts.items()}
    return KnownIssue(title=title, section=part.section.anchor, line=part.section.line, **fields)


def _read_prose(block: Block, current: str, parts: dict[str, list[str]]) -> str:
    """Take the values of a paragraph's labels; return the field that what follows belongs to."""
    if block.kind == "heading":
        return field_of(block.text)
    numbered = _NUMBERED_CAUSE.fullmatch(trim(block.text))
    if numbered:
        name = "causes" if numbered[1].lower().startswith("cause") else "resolution"
        _add(parts, name, numbered[2])
        return "resolution"
    for label in block.labels:
        current = field_of(label.label)
        if current and label.value:
            _add(parts, current, label.value)
    if block.labels:
        return current
    plain = _read_plain_lines(block, parts)
    if plain:
        return plain
    if name := field_of(block.text):
        return name
    if current and not block.text.rstrip().endswith(":"):
        _add(parts, current, block.text)
    return current


def _read_plain_lines(block: Block, parts: dict[str, list[str]]) -> str:
    """Lines such as `Cause: the disk is full` without any emphasis; returns the last field, "" for ordinary prose."""
    current = ""
    for line in block.lines:
        label, colon, value = line.partition(":")
        name = field_of(label) if colon and value.strip() else ""
        if name:
            _add(parts, name, value)
        elif current:
            _add(parts, current, line)
        current = name or current
    return current


def _read_entry(block: Block, current: str, parts: dict[str, list[str]]) -> None:
    if block.kind == "code":
        if block.text.strip():
            parts.setdefault(current, []).append(block.text.strip())
        return
    _add(parts, current, block.text)


def _add(parts: dict[str, list[str]], name: str, text: str) -> None:
    if value := given(text):
        parts.setdefault(name, []).append(value)


def field_of(label: str) -> str:
    """Which part of an issue a label or heading opens: "symptoms", "causes", ..., or "" for none."""
    if len(label) > _LONGEST_LABEL:
        return ""
    words = key(label.replace("&", "and"))
    return next((name for name, pattern in _FIELDS if pattern.fullmatch(words)), "")
