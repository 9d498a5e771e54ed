"""Procedures: headings `Step 1: …`, headings numbered 1, 2, 3 under one parent, and numbered lists.

A step owns what stands between its line and the next step's: its commands, the output it should give, and the items
that verify it. Steps made of headings win over numbered lists inside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from runbooks.reading.blocks import Block
from runbooks.reading.document import Procedure, Step
from runbooks.reading.page import Page, Part
from runbooks.reading.wording import given, is_placeholder, key, squeeze, trim

# `Step 2: …`, and `Step 2a: …` for one that was put in later.
_STEP_HEADING = re.compile(
    r"step\s{1,3}(\d{1,3})([a-z]?)\s{0,3}(?:[:.)\-–—]\s{0,3}|$|(?=\s))(.*)", re.IGNORECASE | re.DOTALL
)
_EXPECTED = frozenset({"expected output", "expected result", "expected results", "expected response", "expected"})
_EXPECTED |= {"expected outcome", "you should see", "should return", "output"}
_NO_PROCEDURE = re.compile(
    r"(?:table of )?contents|toc|index|references|related .*|additional information|resources|glossary"
    r"|(?:.* )?data flows?|(?:.* )?architecture|further reading"
)
_RUNG = re.compile(r"(?:level|tier|l)\s{0,3}\d", re.IGNORECASE)
_LONGEST_LEAD_IN = 80


@dataclass(slots=True)
class _Open:
    """A step whose end is not known yet."""

    number: int
    title: str
    line: int
    section: str
    start: int  # index of its first block
    end: int = 0  # index after its last block


@dataclass(slots=True)
class _Draft:
    title: str
    section: str
    line: int
    steps: list[_Open] = field(default_factory=list)
    list_began_at: int = 0  # the number of the first item of the list it is in; 0 for headings


def find_procedures(page: Page) -> tuple[Procedure, ...]:
    """Procedures in the order of the text."""
    drafts = list(_heading_drafts(page))
    taken = _cover(page, drafts)
    drafts.extend(draft for draft in _list_drafts(page, taken) if len(draft.steps) > 1 and _says_something(draft))
    drafts.sort(key=lambda draft: draft.line)
    return tuple(_finish(page, draft) for draft in drafts)


def _says_something(draft: _Draft) -> bool:
    return any(not is_placeholder(step.title) for step in draft.steps)


def _heading_drafts(page: Page) -> Iterator[_Draft]:
    families: dict[int, list[Part]] = {}
    for part in page.parts:
        families.setdefault(part.parent, []).append(part)
    for parent, children in families.items():
        yield from _step_families(page, parent, children)
        yield from _numbered_families(page, parent, children)


def _step_families(page: Page, parent: int, children: list[Part]) -> Iterator[_Draft]:
    steps: list[_Open] = []
    last = (0, "")
    for part in children:
        match = _STEP_HEADING.match(squeeze(part.section.title))
        if not match:
            continue
        place = (int(match[1]), match[2].lower())
        if steps and place <= last:
            yield _draft_of(page, parent, steps)
            steps = []
        steps.append(_open_heading(part, place[0], match[3]))
        last = place
    if steps:
        yield _draft_of(page, parent, steps)


def _numbered_families(page: Page, parent: int, children: list[Part]) -> Iterator[_Draft]:
    """Headings `1. …`, `2. …` below a section. Directly below the title they are chapters, not steps."""
    if parent < 0 or page.parts[parent].section.level < 2:
        return
    run: list[_Open] = []
    for part in children:
        section = part.section
        starts_with_number = key(section.heading)[:1].isdigit()
        if starts_with_number and section.number == str(len(run) + 1):
            run.append(_open_heading(part, len(run) + 1, section.title))
    if len(run) > 1:
        yield _draft_of(page, parent, run)


def _open_heading(part: Part, number: int, title: str) -> _Open:
    title = trim(title) or squeeze(part.section.heading)
    return _Open(number, title, part.section.line, part.section.anchor, part.start, part.end)


def _draft_of(page: Page, parent: int, steps: list[_Open]) -> _Draft:
    if parent < 0:
        return _Draft(page.title, steps[0].section, steps[0].line, steps)
    section = page.parts[parent].section
    return _Draft(section.title or page.title, section.anchor, steps[0].line, steps)


def _cover(page: Page, drafts: list[_Draft]) -> bytearray:
    """Which blocks already belong to a step. Steps nest at most as deep as headings do."""
    taken = bytearray(len(page.blocks))
    for draft in drafts:
        for step in draft.steps:
            taken[step.start : step.end] = b"\x01" * (step.end - step.start)
    return taken


def _list_drafts(page: Page, taken: bytearray) -> Iterator[_Draft]:
    """Numbered lists; a list that code interrupts and that goes on with the next number is one procedure."""
    draft: _Draft | None = None
    list_id = 0
    for index, block in enumerate(page.blocks):
        if draft and (block.kind in ("heading", "rule", "table") and not block.in_item):
            yield draft
            draft = None
        if block.kind != "item" or block.depth > 0 or taken[index]:
            continue
        goes_on = draft is not None and block.ordered and _goes_on(draft, block, list_id)
        if draft and not goes_on:
            yield draft
            draft = None
        if block.ordered and not _is_no_procedure(page, index):
            draft = draft or _open_list(page, index)
            if block.list_id != list_id:
                draft.list_began_at = block.number
            _add_item(draft, index, block)
            list_id = block.list_id
    if draft:
        yield draft


def _goes_on(draft: _Draft, block: Block, list_id: int) -> bool:
    """Whether the item is the next step, by its list or by its number. After a step that was put in, the numbers behind it
    are short of what they count: any beyond the one the last list began with will do."""
    if block.list_id == list_id:
        return True
    return max(draft.list_began_at, 1) < block.number <= draft.steps[-1].number + 1


def _is_no_procedure(page: Page, index: int) -> bool:
    """Numbered, but nothing to do one after the other: a table of contents, links, an escalation ladder."""
    keys = page.keys_at(index)
    block = page.blocks[index]
    if _RUNG.match(block.text):
        return True
    is_contents = block.starts_with_link and block.url.startswith("#")
    return is_contents or bool(keys and _NO_PROCEDURE.fullmatch(keys[0][:100]))


def _open_list(page: Page, index: int) -> _Draft:
    block = page.blocks[index]
    section, lead_in = page.title_at(index), trim(block.lead_in)
    if len(lead_in) > _LONGEST_LEAD_IN or lead_in.endswith("."):
        lead_in = ""  # a sentence, no name
    title = f"{section}: {lead_in}" if section and lead_in and key(section) != key(lead_in) else lead_in or section
    return _Draft(title or page.title, block.section, block.line)


def _add_item(draft: _Draft, index: int, block: Block) -> None:
    if draft.steps:
        draft.steps[-1].end = index
    number = draft.steps[-1].number + 1 if draft.steps else max(block.number, 1)
    draft.steps.append(_Open(number, _item_title(block), block.line, block.section, index))


def _item_title(block: Block) -> str:
    text = block.lines[0] if block.lines and len(block.text) > 200 else block.text
    return squeeze(text).rstrip(":")


def _finish(page: Page, draft: _Draft) -> Procedure:
    last = draft.steps[-1]
    if not last.end:
        last.end = _item_end(page.blocks, last.start)
    steps = tuple(_make_step(page, step) for step in draft.steps)
    return Procedure(title=squeeze(draft.title), section=draft.section, line=draft.line, steps=steps)


def _item_end(blocks: Sequence[Block], start: int) -> int:
    """Index after the last block that is nested in the item, and after the code directly below it."""
    index = start + 1
    while index < len(blocks) and (blocks[index].in_item or (blocks[index].kind == "item" and blocks[index].depth > 0)):
        index += 1
    first_after = blocks[index] if index < len(blocks) else None
    is_code = first_after is not None and first_after.kind == "code"
    return index + 1 if is_code else index


def _make_step(page: Page, step: _Open) -> Step:
    blocks = page.blocks[step.start : step.end]
    last_line = blocks[-1].end_line if blocks else step.line
    return Step(
        number=step.number,
        title=step.title,
        line=step.line,
        section=step.section,
        commands=page.commands_between(step.line, last_line),
        expected=_find_expected(blocks),
        checklist=tuple(squeeze(block.text) for block in blocks if block.task),
    )


def _find_expected(blocks: Sequence[Block]) -> str:
    for block in blocks:
        label = next((label for label in block.labels if key(label.label) in _EXPECTED), None)
        if label is not None and label.value:
            return given(label.value)
        if block.lead_in and key(block.lead_in) in _EXPECTED:
            return block.text.strip() if block.kind == "code" else given(block.text)
        label_text, colon, value = (block.lines[0] if block.lines else "").partition(":")
        if colon and value.strip() and key(label_text[:_LONGEST_LEAD_IN]) in _EXPECTED:
            return given(value)
    return ""
