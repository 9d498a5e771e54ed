"""Escalation ladders: who is called next, how soon, and when.

Three forms: a table `Level | Contact | Response Time`; blocks `**Level 1: …**` (or headings) with `Handles`,
`Response Time` and `Escalates to … if …`; a drawing of `Level 1: …` lines with arrows between them, in a code block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from runbooks.reading.blocks import Block
from runbooks.reading.document import EscalationLevel, EscalationPath
from runbooks.reading.grid import Row, find_columns, first_header, names, read_rows
from runbooks.reading.page import Page
from runbooks.reading.tables import severity_level
from runbooks.reading.wording import given, is_placeholder, key, squeeze, trim

_COLUMNS = (
    names("level", "level|tier|escalation level|step|order|support level|escalation"),
    names("contact", "contact|who|escalate to|team|owner|point of contact|role|contact role", "contact|role"),
    names("name", "name|person|contact name", "name"),
    names(
        "reach",
        "phone|phone number|pager|mobile|email|e mail|slack|how to reach|contact details|contact information",
        "phone|email",
    ),
    names(
        "response",
        "response time sla|response time|response sla|sla|time|respond within|timeframe|after",
        "response|time",
    ),
    names("handles", "handles|responsibility|responsibilities|scope|description|issues", "handles"),
    names(
        "escalates",
        "escalates if|escalate if|escalation criteria|escalate when|condition|when|trigger|criteria",
        "escalate|criteria",
    ),
)
_TABLES = _COLUMNS[0].exact
_RUNG = re.compile(
    r"(?:level|tier|l|t)\s{0,3}(\d{1,2})\b(?:\s{0,3}support)?\s{0,3}(?:[:–—|]|-(?!>)|\.|\s(?=[\w\[]))\s{0,3}(\S.*)",
    re.IGNORECASE,
)
_BARE_LEVEL = re.compile(r"(?:level|tier|l|t)\s{0,3}(\d{1,2})", re.IGNORECASE)
_ARROW = re.compile(r"[|v↓▼⬇→>]|->|=>", re.IGNORECASE)
_CONDITION = re.compile(
    r"\(?\s{0,3}\b(?:if|when|after|unless)\b\s{0,3}([^()]{0,300}(?:\([^()]{0,100}\)[^()]{0,100}){0,3})\)?",
    re.IGNORECASE,
)
_TIME_IN_BRACKETS = re.compile(
    r"\(([^()]{0,40}\d\s{0,3}(?:s|sec|seconds|m|min|mins|minutes|h|hr|hrs|hours?|days?)\b[^()]{0,40})\)", re.IGNORECASE
)
_FIELDS = {
    "handles": "handles",
    "responsible for": "handles",
    "scope": "handles",
    "response time": "response_time",
    "response": "response_time",
    "responds within": "response_time",
    "sla": "response_time",
    "escalates to": "escalates_if",
    "escalate to": "escalates_if",
    "escalates if": "escalates_if",
    "escalate if": "escalates_if",
    "escalate when": "escalates_if",
    "escalation": "escalates_if",
    "contact": "contact",
    "who": "contact",
}
_PLAIN_FIELD = re.compile(r"([A-Za-z][A-Za-z ]{1,30}):\s{0,3}(.*)", re.DOTALL)
_TRIGGERS = re.compile(
    r"escalation (?:triggers?|criteria|conditions?)|when to escalate|escalate (?:immediately )?(?:if|when)"
)
_LONGEST_LINE = 500


def find_escalations(page: Page) -> tuple[EscalationPath, ...]:
    """Ladders in the order of the text, each with the triggers listed in its section or right after it."""
    found = [*_table_paths(page), *_block_paths(page), *_line_paths(page), *_drawn_paths(page)]
    found.sort(key=lambda path: path.line)
    return _add_triggers(page, found)


def make_label(number: str) -> str:
    """`L1` for the 1 in `Level 1`, `Tier 1` or `L1`."""
    return f"L{int(number)}"


def _table_paths(page: Page) -> Iterator[EscalationPath]:
    for index, block in page.tables:
        if first_header(block) not in _TABLES:
            continue
        columns = find_columns(block, _COLUMNS)
        if not columns.keys() & {"contact", "name"} or not (
            columns.keys() & {"response", "escalates"} or _is_escalation(page, index)
        ):
            continue
        rows = [row for row in read_rows(block, columns) if not _is_severity(row)]
        levels = tuple(_level_of_row(row, number) for number, row in enumerate(rows, start=1))
        if levels:
            yield EscalationPath("table", block.section, block.line, block.end_line, levels)


def _is_severity(row: Row) -> bool:
    level = row.text("level")
    return bool(severity_level(level)) and not _BARE_LEVEL.match(level)


def _level_of_row(row: Row, number: int) -> EscalationLevel:
    written = row.text("level")
    match = _BARE_LEVEL.match(written)
    label = make_label(match[1] if match else written if written.isdecimal() and len(written) < 4 else str(number))
    contact = ", ".join(filter(None, (row.given(name) for name in ("contact", "name", "reach"))))
    return EscalationLevel(
        label=label,
        contact=contact,
        line=row.line,
        response_time=row.given("response"),
        handles=row.given("handles"),
        escalates_if=_condition_in(row.given("escalates")),
        missing=not contact,
    )


def _is_escalation(page: Page, index: int) -> bool:
    return any("escalation" in title or "escalate" in title for title in page.keys_at(index)[:2])


def _block_paths(page: Page) -> Iterator[EscalationPath]:
    """Paragraphs, headings or list items that each name one level, with the lines that belong to it behind them."""
    rungs: list[EscalationLevel] = []
    first = end = 0
    section = ""
    home = 0
    for index, block in enumerate(page.blocks):
        rung = _read_rung(page, index)
        if rung is None:
            if rungs and _belongs_to_rung(page, index, home):
                rungs[-1] = _add_fields(rungs[-1], block)
                end = _last_line(block)
                continue
            if rungs and block.kind in ("rule", "html"):
                continue
        starts_again = rung is not None and rungs and int(rung.label[1:]) <= int(rungs[-1].label[1:])
        if rungs and (rung is None or starts_again):
            yield from _close_path(section, first, end, rungs)
            rungs = []
        if rung is not None:
            if not rungs:
                first, section, home = block.line, _home_section(page, index), index
            rungs.append(_add_fields(rung, block))
            end = _last_line(block)
    yield from _close_path(section, first, end, rungs)


def _last_line(block: Block) -> int:
    """The last line with text: a list item's range reaches over the blank lines behind it."""
    return block.line + max(len(block.lines), 1) - 1 if block.kind == "item" else block.end_line


def _close_path(section: str, first: int, end: int, rungs: list[EscalationLevel]) -> Iterator[EscalationPath]:
    if len(rungs) > 1:
        yield EscalationPath("blocks", section, first, end, tuple(rungs))


def _home_section(page: Page, index: int) -> str:
    """For a ladder made of headings the section above them, else the one it stands in."""
    block = page.blocks[index]
    part = page.part_of[index]
    if block.kind != "heading" or part < 0 or page.parts[part].parent < 0:
        return block.section
    return page.parts[page.parts[part].parent].section.anchor


def _read_rung(page: Page, index: int) -> EscalationLevel | None:
    block = page.blocks[index]
    if block.kind not in ("paragraph", "heading", "item") or not _is_escalation(page, index):
        return None
    text = (block.lines[0] if block.lines else block.text)[:_LONGEST_LINE]
    match = _RUNG.fullmatch(squeeze(text))
    if not match or (block.kind == "item" and block.depth > 0):
        return None
    if block.kind == "paragraph" and sum(bool(_RUNG.match(line[:_LONGEST_LINE])) for line in block.lines[:2]) > 1:
        return None  # several levels in one paragraph, see `_line_paths`
    time = _TIME_IN_BRACKETS.search(match[2])
    contact = trim(match[2].replace(time[0], "")) if time else trim(match[2])
    return EscalationLevel(
        label=make_label(match[1]),
        contact=given(contact),
        line=block.line,
        response_time=squeeze(time[1]) if time else "",
        missing=is_placeholder(contact),
    )


def _belongs_to_rung(page: Page, index: int, home: int) -> bool:
    block = page.blocks[index]
    if block.kind == "item":
        return bool(_fields_of(block)) or block.depth > 0 or block.section != page.blocks[home].section
    if block.kind == "heading":
        return False
    return block.kind == "paragraph" and (bool(block.in_item) or bool(_fields_of(block)))


def _fields_of(block: Block) -> dict[str, str]:
    fields: dict[str, str] = {}
    for label in block.labels:
        if name := _FIELDS.get(key(label.label)):
            fields.setdefault(name, label.value)
    for line in block.lines[:50]:
        match = _PLAIN_FIELD.fullmatch(line[:_LONGEST_LINE].strip())
        name = _FIELDS.get(key(match[1])) if match else None
        if match and name:
            fields.setdefault(name, match[2])
    return fields


def _add_fields(rung: EscalationLevel, block: Block) -> EscalationLevel:
    fields = {name: given(value) for name, value in _fields_of(block).items()}
    if "escalates_if" in fields:
        fields["escalates_if"] = _condition_in(fields["escalates_if"])
    contact = fields.pop("contact", "")
    filled = {name: value for name, value in fields.items() if value and not getattr(rung, name)}
    if contact and contact != rung.contact:
        filled["contact"] = f"{rung.contact}, {contact}" if rung.contact else contact
    if not filled:
        return rung
    return EscalationLevel(
        label=rung.label,
        contact=filled.get("contact", rung.contact),
        line=rung.line,
        response_time=filled.get("response_time", rung.response_time),
        handles=filled.get("handles", rung.handles),
        escalates_if=filled.get("escalates_if", rung.escalates_if),
        missing=rung.missing and not contact,
    )


def _condition_in(text: str) -> str:
    """What stands behind `if` (or `when`, `after`); the whole text when it has none but is no mere `Level 2`."""
    match = _CONDITION.search(text[:_LONGEST_LINE])
    if match:
        return given(trim(match[1]))
    rest = _BARE_LEVEL.sub("", text, count=1)
    return given(text) if given(rest) else ""


def _line_paths(page: Page) -> Iterator[EscalationPath]:
    """A paragraph whose lines each name a level: `L1: …`, `L2: …`."""
    for index, block in enumerate(page.blocks):
        if block.kind != "paragraph" or len(block.lines) < 2 or not _is_escalation(page, index):
            continue
        matches = ((offset, _RUNG.fullmatch(squeeze(line[:_LONGEST_LINE]))) for offset, line in enumerate(block.lines))
        levels = tuple(_drawn_level(match, block.line + offset) for offset, match in matches if match)
        if len(levels) > 1:
            yield EscalationPath("blocks", block.section, block.line, block.end_line, levels)


def _drawn_paths(page: Page) -> Iterator[EscalationPath]:
    for index, block in enumerate(page.blocks):
        if block.kind != "code" or len(block.text) > 20_000:
            continue
        levels = _read_drawing(block)
        if len(levels) > 1 and (_is_escalation(page, index) or _ARROW.search(block.text)):
            yield EscalationPath("drawing", block.section, block.line, block.end_line, tuple(levels))
        elif (
            _is_escalation(page, index)
            and block.language in ("", "text", "txt", "mermaid")
            and _looks_drawn(block.text)
        ):
            page.note(
                block.line, "A drawing of an escalation in which no two levels can be told, such as `Level 1: …`."
            )


def _looks_drawn(text: str) -> bool:
    return any(mark in text for mark in ("->", "→", "↓", "▼", "=>")) or any(
        line.strip() in ("|", "v", "V") for line in text.split("\n")
    )


def _read_drawing(block: Block) -> list[EscalationLevel]:
    levels: list[EscalationLevel] = []
    for offset, line in enumerate(block.text.split("\n"), start=1):
        words = line[:_LONGEST_LINE].strip(" \t+|-*│└├─")
        if words.startswith("[") and words.endswith("]"):
            words = words[1:-1].strip()
        match = _RUNG.fullmatch(words)
        if match:
            levels.append(_drawn_level(match, block.line + offset))
        elif levels and not levels[-1].escalates_if and (condition := _CONDITION.search(words)):
            levels[-1] = replace(levels[-1], escalates_if=given(trim(condition[1])))
    return levels


def _drawn_level(match: re.Match[str], line: int) -> EscalationLevel:
    time = _TIME_IN_BRACKETS.search(match[2])
    contact = given(trim(match[2].replace(time[0], "") if time else match[2]))
    return EscalationLevel(
        label=make_label(match[1]),
        contact=contact,
        line=line,
        response_time=squeeze(time[1]) if time else "",
        missing=not contact,
    )


def _add_triggers(page: Page, found: list[EscalationPath]) -> tuple[EscalationPath, ...]:
    triggers: dict[int, list[str]] = {}
    position = -1
    for index, block in enumerate(page.blocks):
        while position + 1 < len(found) and found[position + 1].line <= block.line:
            position += 1
        if block.kind == "item" and found and _is_trigger(page, index) and given(block.text):
            triggers.setdefault(max(position, 0), []).append(squeeze(block.text))
    return tuple(replace(path, triggers=tuple(triggers.get(index, ()))) for index, path in enumerate(found))


def _is_trigger(page: Page, index: int) -> bool:
    block = page.blocks[index]
    if block.lead_in and _TRIGGERS.search(key(block.lead_in)):
        return True
    keys = page.keys_at(index)
    return bool(keys and _TRIGGERS.search(keys[0]))
