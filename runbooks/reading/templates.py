"""Texts kept in a runbook to be filled in and sent: status messages, and forms for looking back at an incident."""

from __future__ import annotations

import re

from runbooks.reading.blocks import Block
from runbooks.reading.document import MessageTemplate
from runbooks.reading.page import Page
from runbooks.reading.wording import key, trim

_POST_INCIDENT = re.compile(
    r"post ?incident|post ?mortem|retrospective template|after action (?:review|report)"
    r"|incident (?:response|review|report) template"
)
_COMMUNICATION = re.compile(
    r"(?:communication|message|notification|announcement|email|e mail|status update|status page) templates?"
    r"|(?:initial|resolution|resolved|update|final|progress|follow up|incident|customer|internal|external) "
    r"(?:notification|message|announcement|communication|status update)s?$"
    r"|^(?:status update|notification)s?$"
)
_TEXT_LANGUAGES = frozenset({"", "text", "txt", "plain", "plaintext", "markdown", "md"})
_PARTS = (
    ("summary", re.compile(r"(?:executive |incident )?summary|overview|what happened")),
    ("timeline", re.compile(r"timeline(?: of events)?|chronology")),
    ("root cause", re.compile(r"root causes?(?: analysis)?|contributing factors?|causes?")),
    ("impact", re.compile(r"(?:customer |user |business )?impact")),
    ("resolution", re.compile(r"resolution|how (?:it|this) was (?:fixed|resolved)")),
    ("went well", re.compile(r"what went well|went well")),
    (
        "improve",
        re.compile(
            r"what (?:could|can) be improved|what (?:went wrong|didn t go (?:so )?well|went badly)"
            r"|to improve|improvements?"
        ),
    ),
    ("prevention", re.compile(r"prevention|preventive (?:actions?|measures?)")),
    ("action items", re.compile(r"action items?|actions?|follow ups?|next steps")),
    ("lessons learned", re.compile(r"lessons? learned|learnings?")),
)
_LONGEST_TITLE = 80


def find_templates(page: Page) -> tuple[MessageTemplate, ...]:
    """Code blocks without a program's language under a heading or lead-in that says what kind of text they are."""
    placeholders = {command.line: command.placeholders for command in page.commands if not command.inline}
    found: list[MessageTemplate] = []
    for index, block in enumerate(page.blocks):
        if block.kind != "code" or block.language not in _TEXT_LANGUAGES or not block.text.strip():
            continue
        kind = _kind_at(page, index, block)
        if kind:
            names = placeholders.get(block.line, ())
            found.append(_make_template(page, index, block, kind, names))
    return tuple(found)


def _kind_at(page: Page, index: int, block: Block) -> str:
    titles = [key(block.lead_in), *page.keys_at(index)[:2]]
    if any(_POST_INCIDENT.search(title) for title in titles[:2]):
        return "post-incident"
    if any(_COMMUNICATION.search(title) for title in titles):
        return "communication"
    return ""


def _make_template(page: Page, index: int, block: Block, kind: str, names: tuple[str, ...]) -> MessageTemplate:
    return MessageTemplate(
        kind=kind,
        name=trim(block.lead_in) or page.title_at(index),
        text=block.text.rstrip("\n"),
        section=block.section,
        line=block.line,
        placeholders=names,
        parts=find_parts(block.text) if kind == "post-incident" else (),
    )


def find_parts(text: str) -> tuple[str, ...]:
    """The parts a post-incident form asks for, in its own order: lines that are a heading or end in a colon."""
    found: dict[str, None] = {}
    for line in map(str.strip, text.split("\n")):
        is_title = line.startswith(("#", "**")) or line.endswith(":") or line.isupper()
        if not is_title or len(line) > _LONGEST_TITLE:
            continue
        words = key(line)
        name = next((name for name, pattern in _PARTS if pattern.fullmatch(words)), "")
        if name:
            found[name] = None
    return tuple(found)
