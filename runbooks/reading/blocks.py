"""The text as a flat list of blocks with line numbers: the common ground of every recogniser in this package.

`parse.py` makes these from markdown-it's tokens; the recognisers (`facts`, `alerts`, `people`, `escalation`, ...) read
them and never see a token. A block carries the anchor of the section it stands in, and the lead-in before it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    text: str  # plain text: no Markdown marks, code spans kept as their text
    line: int
    url: str = ""  # target of the first link in it
    starts_with_link: bool = False


@dataclass(frozen=True, slots=True)
class Bold:
    """A `**Label:** value` (also `**Label**: value`, and `*Label: value*`) at the start of a line."""

    label: str
    value: str
    line: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """kind is "heading", "paragraph", "item", "table", "code", "quote", "html" or "rule".

    A list is its items, in order; `depth` tells nesting and `list_id` which list an item belongs to.
    """

    kind: str
    line: int
    end_line: int
    section: str  # anchor of the section it stands in ("" before the first heading)
    text: str = ""  # plain text; for code the code itself; for an item its own text, without nested items
    level: int = 0  # heading level
    lead_in: str = ""  # text of the paragraph (one line, ending in ":" or bold) directly before it, without the colon
    language: str = ""  # code: first word of the info string, lower case
    info: str = ""  # code: the whole info string
    list_id: int = 0
    depth: int = 0  # list nesting (items), or nesting of a block inside a list item
    ordered: bool = False
    number: int = 0  # of an ordered item
    task: bool = False
    checked: bool = False
    in_item: int = 0  # line of the item this block stands in, 0 outside lists
    header: tuple[Cell, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    labels: tuple[Bold, ...] = ()  # the `**Label:** value` lines of a paragraph, item or quote
    lines: tuple[str, ...] = ()  # plain text of a paragraph, line by line
    is_prose: bool = (
        False  # a paragraph in ordinary words: no lead-in, no labels, not all of it bold, emphasised or a link
    )
    url: str = ""  # target of the first link in it
    starts_with_link: bool = False
