"""The blocks of one document indexed by section, so that no recogniser has to look through all of them for each.

A `Part` is a section with its range of blocks. Headings nest, so a part's whole subtree is one range too, and looking
at every part's subtree costs at most the nesting depth (six) times the number of blocks.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from runbooks.reading.blocks import Block
from runbooks.reading.document import Command, NotUnderstood, Section
from runbooks.reading.wording import key


class Parsed(Protocol):
    """What `parse.parse` gives, as far as the recognisers need it."""

    @property
    def blocks(self) -> tuple[Block, ...]: ...
    @property
    def sections(self) -> tuple[Section, ...]: ...
    @property
    def title(self) -> str: ...
    @property
    def front_matter(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Part:
    section: Section
    index: int  # in Page.parts
    start: int  # index of its heading in Page.blocks
    own_end: int  # index after its own text
    end: int  # index after its last subsection
    parent: int  # index in Page.parts, -1 for none
    keys: tuple[str, ...]  # `wording.key` of its title and then of its parents' titles, innermost first


class Page:
    """Blocks, parts and commands of one document, and the notes on what could not be read."""

    def __init__(self, parsed: Parsed, commands: Sequence[Command] = (), path: str = "") -> None:
        self.blocks = parsed.blocks
        self.title = parsed.title
        self.front_matter = parsed.front_matter
        self.path = path.replace("\\", "/")
        self.commands = commands
        self.notes: list[NotUnderstood] = []
        self.tables = tuple((index, block) for index, block in enumerate(parsed.blocks) if block.kind == "table")
        self.parts = _find_parts(parsed.blocks, parsed.sections)
        self.part_of = _assign_parts(len(parsed.blocks), self.parts)
        self.by_anchor = {part.section.anchor: part for part in reversed(self.parts)}
        self.by_title = {part.keys[0]: part for part in reversed(self.parts)}
        self.by_number = {part.section.number: part for part in reversed(self.parts) if part.section.number}
        self._command_order = sorted(range(len(commands)), key=lambda index: commands[index].line)
        self._command_lines = [commands[index].line for index in self._command_order]

    def own(self, part: Part) -> tuple[Block, ...]:
        """The blocks of its own text, without the heading."""
        return self.blocks[part.start + 1 : part.own_end]

    def under(self, part: Part) -> tuple[Block, ...]:
        """The blocks of its own text and of everything below it, without its heading."""
        return self.blocks[part.start + 1 : part.end]

    def preamble(self) -> tuple[Block, ...]:
        """The blocks before the second heading: what stands right under the title."""
        return self.blocks[: self.parts[0].own_end] if self.parts else self.blocks

    def keys_at(self, index: int) -> tuple[str, ...]:
        """Titles the block stands under, as keys, innermost first."""
        part = self.part_of[index]
        return () if part < 0 else self.parts[part].keys

    def title_at(self, index: int) -> str:
        """Title of the section the block stands in, "" before the first heading."""
        part = self.part_of[index]
        return "" if part < 0 else self.parts[part].section.title

    def commands_between(self, first: int, last: int) -> tuple[int, ...]:
        """Indexes of the commands that start on lines first to last, in the order of the text."""
        low = bisect_left(self._command_lines, first)
        high = bisect_right(self._command_lines, last)
        return tuple(self._command_order[low:high])

    def note(self, line: int, what: str) -> None:
        self.notes.append(NotUnderstood(line=line, what=what))


def _find_parts(blocks: Sequence[Block], sections: Sequence[Section]) -> tuple[Part, ...]:
    by_line = {section.line: section for section in sections}
    heads = [
        (index, by_line[block.line])
        for index, block in enumerate(blocks)
        if block.kind == "heading" and block.line in by_line
    ]
    ends = _subtree_ends(heads, len(blocks))
    parts: list[Part] = []
    open_parts: list[Part] = []
    for number, (start, section) in enumerate(heads):
        while open_parts and open_parts[-1].section.level >= section.level:
            open_parts.pop()
        parent = open_parts[-1] if open_parts else None
        own_end = heads[number + 1][0] if number + 1 < len(heads) else len(blocks)
        keys = (key(section.title), *(parent.keys if parent else ()))
        part = Part(section, number, start, own_end, ends[number], parent.index if parent else -1, keys)
        parts.append(part)
        open_parts.append(part)
    return tuple(parts)


def _subtree_ends(heads: list[tuple[int, Section]], total: int) -> list[int]:
    ends = [total] * len(heads)
    waiting: list[int] = []
    for number, (start, section) in enumerate(heads):
        while waiting and heads[waiting[-1]][1].level >= section.level:
            ends[waiting.pop()] = start
        waiting.append(number)
    return ends


def _assign_parts(total: int, parts: Sequence[Part]) -> list[int]:
    owner = [-1] * total
    for part in parts:
        owner[part.start : part.own_end] = [part.index] * (part.own_end - part.start)
    return owner
