"""Where the steps of a text stand in its lines: where each begins and ends, and how it is written. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from markdown_it.token import Token

from runbooks.reading.parse import parse

_ITEM = re.compile(r"(\ufeff?[\s>]*(?:[-*+]|\d{1,9}[.)])[ \t]+)(\[[ xX]\][ \t]+)?")
_HEADING = re.compile(r"(\ufeff?[\s>]*#{1,6}[ \t]+)(.*)")
_NUMBER = re.compile(r"[\s>]*(\d{1,9})[.)]")
_LEAVES = {"fence": "code", "code_block": "code", "table_open": "table", "paragraph_open": "paragraph"}


@dataclass(frozen=True, slots=True)
class Place:
    """A block that a step can be. Lines count from 0 here; `end` and `words_end` are those after the last."""

    kind: str  # "item", "heading", "code", "table" or "paragraph"
    start: int
    words_end: int  # of its own first words: an item's first paragraph, the heading's line
    end: int  # with all that is in it, without blank lines at the end; a heading's section
    marker: str = ""  # "  - ", "2. ", "### "
    box: str = ""  # "[ ] "
    text: str = ""  # a heading's words
    section: int = -1  # the line of the heading above, -1 for none
    is_loose: bool = False  # blank lines stand between the items of its list
    has_same_numbers: bool = False  # "1." for every item
    end_is_code: bool = False  # the code below an item, which belongs to it, is its end


def find_places(markdown: str, lines: Sequence[str]) -> dict[int, Place]:
    """The blocks of a text by the line they begin on, counted from 1; of several on a line, the innermost item."""
    tokens = [token for token in parse(markdown).tokens if token.map]
    found: dict[int, Place] = {}
    section = -1
    for index, token in enumerate(tokens):
        place = _read(tokens, index, token, lines)
        if place is None or (place.start + 1 in found and place.kind not in ("item", "heading")):
            continue
        found[place.start + 1] = replace(place, section=section)
        section = place.start if place.kind == "heading" else section
    _bound_sections(tokens, found, len(lines))
    _look_at_lists(tokens, found, lines)
    return found


def _read(tokens: list[Token], index: int, token: Token, lines: Sequence[str]) -> Place | None:
    start, end = token.map or (0, 0)
    end = _trim(lines, start, end)
    if token.type == "list_item_open":
        match = _ITEM.match(lines[start])
        inner = next((one for one in tokens[index + 1 : index + 3] if one.type == "inline" and one.map), None)
        words_end = inner.map[1] if inner and inner.map and inner.map[0] == start else start + 1
        return match and Place("item", start, min(words_end, end), end, match[1], match[2] or "")
    if token.type == "heading_open":
        match = _HEADING.match(lines[start])
        level = int(token.tag[1])
        text = match[2] if match else lines[start].strip()
        return Place("heading", start, end, end, match[1] if match else "#" * level + " ", text=text)
    kind = _LEAVES.get(token.type)
    return Place(kind, start, end, end) if kind else None


def _bound_sections(tokens: list[Token], found: dict[int, Place], total: int) -> None:
    """A heading reaches to the next one of its level or higher, and stands below the last one that is higher."""
    heads = [(token.map[0], int(token.tag[1])) for token in tokens if token.type == "heading_open" and token.map]
    inside: list[tuple[int, int]] = []
    for line, level in [*heads, (total, 0)]:
        while inside and inside[-1][1] >= level:
            opened = inside.pop()[0] + 1
            found[opened] = replace(found[opened], end=line)
        if line < total:
            found[line + 1] = replace(found[line + 1], section=inside[-1][0] if inside else -1)
            inside.append((line, level))


def _look_at_lists(tokens: list[Token], found: dict[int, Place], lines: Sequence[str]) -> None:
    """What only the whole list tells: blank lines between items, the same number for all, code that follows an item."""
    for index, token in enumerate(tokens):
        if token.type not in ("bullet_list_open", "ordered_list_open"):
            continue
        items = _items_of(tokens, index)
        is_loose = any(not lines[at - 1].strip() for at in items[1:])
        numbers = [match[1] for at in items if (match := _NUMBER.match(lines[at]))]
        same = len(numbers) > 1 and len(set(numbers)) == 1
        for at in items:
            place = found.get(at + 1)
            if place is not None and place.kind == "item":
                found[at + 1] = replace(place, is_loose=is_loose, has_same_numbers=same)
        _take_code(items, found, lines)


def _items_of(tokens: list[Token], index: int) -> list[int]:
    """The lines on which the items of a list begin. Tokens come in the order of the text, so it ends with the list."""
    opened = tokens[index]
    items = []
    for token in itertools.islice(tokens, index + 1, None):
        if token.level <= opened.level:
            break
        if token.type == "list_item_open" and token.level == opened.level + 1 and token.map:
            items.append(token.map[0])
    return items


def _take_code(items: list[int], found: dict[int, Place], lines: Sequence[str]) -> None:
    """Code right below a list belongs to its last item, as the reader of procedures has it."""
    last = found.get(items[-1] + 1) if items else None
    if last is None or last.kind != "item":
        return
    at = last.end
    while at < len(lines) and not lines[at].strip():
        at += 1
    code = found.get(at + 1)
    if code is not None and code.kind == "code":
        found[last.start + 1] = replace(last, end=code.end, end_is_code=True)


def _trim(lines: Sequence[str], start: int, end: int) -> int:
    end = min(end, len(lines))
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    return end
