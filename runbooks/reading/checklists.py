"""Task lists, each under the name its lead-in or heading gives it, and how often it is to be done."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runbooks.reading.blocks import Block
from runbooks.reading.document import Checklist, ChecklistItem
from runbooks.reading.page import Page
from runbooks.reading.wording import key, squeeze, trim

_CADENCES = {
    "daily": "daily",
    "every day": "daily",
    "each day": "daily",
    "every morning": "daily",
    "weekly": "weekly",
    "every week": "weekly",
    "each week": "weekly",
    "monthly": "monthly",
    "every month": "monthly",
    "each month": "monthly",
    "quarterly": "quarterly",
    "every quarter": "quarterly",
    "each quarter": "quarterly",
    "annual": "annually",
    "annually": "annually",
    "yearly": "annually",
    "every year": "annually",
    "each year": "annually",
}
_PHRASES = "|".join(sorted(_CADENCES, key=len, reverse=True))
_STARTS = re.compile(rf"(?:{_PHRASES})(?= |$)")
_WORK = "tasks?|checks?|checklists?|routines?|maintenance|operations?|duties|reviews?|jobs"
_ENDS = re.compile(rf"(?:{_WORK}) ({_PHRASES})$")


def find_cadence(title: str) -> str:
    """ "daily", "weekly", "monthly", "quarterly" or "annually" for titles such as `Daily Tasks`, `Checks (weekly)`."""
    words = key(title)
    if match := _STARTS.match(words):
        return _CADENCES[match[0]]
    match = _ENDS.search(words)
    return _CADENCES[match[1]] if match else ""


def find_checklists(page: Page) -> tuple[Checklist, ...]:
    """Runs of task items that nothing but their own nested blocks interrupts."""
    return tuple(_make_checklist(page, run) for run in _find_runs(page.blocks))


def _find_runs(blocks: tuple[Block, ...]) -> Iterator[list[int]]:
    run: list[int] = []
    root = 0
    for index, block in enumerate(blocks):
        top_list = block.list_id if block.kind == "item" and block.depth == 0 else 0
        ends = (top_list and top_list != root) or (not block.in_item and block.kind != "item")
        if run and (ends or _opens_group(block)):
            yield run
            run = []
        root = top_list or root
        if block.kind == "item" and block.task:
            run.append(index)
    if run:
        yield run


def _opens_group(block: Block) -> bool:
    """An ordinary item between task items: the tasks nested below it are a checklist of their own."""
    return block.kind == "item" and not block.task and block.depth == 0


def _make_checklist(page: Page, run: list[int]) -> Checklist:
    first = page.blocks[run[0]]
    base = min(page.blocks[index].depth for index in run)
    items = tuple(_make_item(page.blocks[index], base) for index in run)
    lead_in = trim(first.lead_in) or _parent_text(page, run[0])
    return Checklist(
        name=lead_in or page.title_at(run[0]),
        section=first.section,
        line=first.line,
        items=items,
        cadence=_cadence_at(page, run[0], lead_in),
    )


def _make_item(block: Block, base: int) -> ChecklistItem:
    return ChecklistItem(text=squeeze(block.text), checked=block.checked, line=block.line, depth=block.depth - base)


def _parent_text(page: Page, index: int) -> str:
    """The ordinary item that a nested task list stands under."""
    block = page.blocks[index]
    before = page.blocks[index - 1] if index else None
    is_parent = before is not None and before.kind == "item" and before.line == block.in_item and not before.task
    return trim(before.text) if before is not None and is_parent else ""


def _cadence_at(page: Page, index: int, lead_in: str) -> str:
    for title in (lead_in, *page.keys_at(index)):
        if cadence := find_cadence(title):
            return cadence
    return ""
