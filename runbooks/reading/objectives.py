"""Recovery objectives: RTO (how long recovery may take) and RPO (how much data may be lost), wherever they are stated.

A duration that is still in a template's brackets, `(RPO): [1 hour]`, keeps its value but counts as missing: nobody
has confirmed it for this service.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from runbooks.reading.blocks import Block
from runbooks.reading.document import RecoveryObjective
from runbooks.reading.grid import read_rows
from runbooks.reading.page import Page
from runbooks.reading.wording import given, is_placeholder, key, squeeze

_KIND = re.compile(r"\b(RTO|RPO)\b|\brecovery (time|point) objective\b", re.IGNORECASE)
_UNIT = r"(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|weeks?)"
_DURATION = re.compile(rf"(?:[<>≤~]\s?)?\d[\d.,]{{0,6}}(?:\s?[-–]\s?\d{{1,4}})?\s?{_UNIT}\b", re.IGNORECASE)
_BRACKETED = re.compile(r"\[([^\[\]]{1,80})\]")
_JOIN = re.compile(
    r"[\s):]{0,5}(?:\((?:RTO|RPO)\))?[\s:=*]{0,5}"
    r"(?:(?:is|of|at|target|within|under|must be|should be|up to|-|–)[\s:=]{1,3}){0,3}",
    re.I,
)
_PAIR = re.compile(
    rf"\b(RTO|RPO)\s?/\s?(RTO|RPO)\b[\s:=*]{{0,5}}({_DURATION.pattern})\s{{0,3}}/\s{{0,3}}({_DURATION.pattern})",
    re.IGNORECASE,
)
_LONGEST = 2_000  # characters looked at in one line


def find_objectives(page: Page) -> tuple[RecoveryObjective, ...]:
    """Objectives in the order of the text, each statement once."""
    found: list[RecoveryObjective] = []
    for block in page.blocks:
        if block.kind == "table":
            found.extend(_in_table(block))
        elif block.kind in ("paragraph", "item", "quote"):
            found.extend(_in_lines(block))
    return tuple(found)


def _in_lines(block: Block) -> Iterator[RecoveryObjective]:
    labelled: set[int] = set()
    for label in block.labels:
        kind = _kind_of(label.label)
        if kind:
            labelled.add(label.line)
            yield _make(kind, label.value, block, label.line)
    for offset, line in enumerate(block.lines or (block.text,)):
        if block.line + offset not in labelled and len(line) <= _LONGEST:
            yield from _in_sentence(line, block, block.line + offset)


def _in_sentence(text: str, block: Block, line: int) -> Iterator[RecoveryObjective]:
    seen: set[str] = set()
    if pair := _PAIR.search(text):
        yield _make(pair[1].upper(), pair[3], block, line)
        yield _make(pair[2].upper(), pair[4], block, line)
        return
    for match in _KIND.finditer(text):
        start = _JOIN.match(text, match.end())
        at = start.end() if start else match.end()
        value = _DURATION.match(text, at) or _BRACKETED.match(text, at)
        kind = _kind_of(match[0])
        if value and kind not in seen:
            seen.add(kind)
            yield _make(kind, value[0], block, line)


def _in_table(block: Block) -> Iterator[RecoveryObjective]:
    columns = [(index, _kind_of(cell.text)) for index, cell in enumerate(block.header)]
    columns = [(index, kind) for index, kind in columns if kind]
    for row in read_rows(block, {}):
        for index, kind in columns:
            if index and index < len(row.cells):
                yield _make(kind, row.cells[index].text, block, row.line)
        kind = _kind_of(row.cells[0].text)
        if kind and not columns and len(row.cells) > 1:
            yield _make(kind, row.cells[1].text, block, row.line)


def _kind_of(label: str) -> str:
    """ "RTO" or "RPO" for a label that is about one of them, "" for none or for both."""
    words = key(label[:120])
    kinds = {(match[1] or ("RTO" if match[2] == "time" else "RPO")).upper() for match in _KIND.finditer(words)}
    return kinds.pop() if len(kinds) == 1 else ""


def _make(kind: str, value: str, block: Block, line: int) -> RecoveryObjective:
    bracketed = _BRACKETED.fullmatch(squeeze(value))
    if bracketed and _DURATION.fullmatch(bracketed[1].strip()):
        return RecoveryObjective(kind, squeeze(bracketed[1]), block.section, line, missing=True)
    return RecoveryObjective(kind, given(value), block.section, line, missing=is_placeholder(value))
