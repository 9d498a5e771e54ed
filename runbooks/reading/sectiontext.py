"""Sections out of blocks: what stands under each heading."""

from __future__ import annotations

from markdown_it.token import Token

from runbooks.reading.blocks import Block
from runbooks.reading.document import Section


def words_of(block: Block) -> str:
    """The plain words of a block, cells included."""
    if block.kind != "table":
        return block.text
    return "\n".join(" ".join(cell.text for cell in row if cell.text) for row in (block.header, *block.rows))


def make_sections(tokens: list[Token], blocks: list[Block], line_count: int) -> list[Section]:
    """Every heading with its number, its parents and its own text (not that of the sections below it)."""
    texts: dict[str, list[str]] = {}
    ends: dict[str, int] = {}
    for block in blocks:
        ends[block.section] = max(ends.get(block.section, 0), block.end_line)
        if block.kind != "heading":
            texts.setdefault(block.section, []).append(words_of(block))
    sections: list[Section] = []
    parents: list[tuple[int, str]] = []
    for token, block in _headings(tokens, blocks):
        meta = token.meta
        while parents and parents[-1][0] >= block.level:
            parents.pop()
        end = min(line_count, ends[block.section])
        sections.append(
            Section(
                level=block.level,
                number=meta["number"],
                title=meta["title"],
                heading=block.text,
                anchor=meta["anchor"],
                path=tuple(title for _, title in parents),
                line=block.line,
                end_line=max(block.line, end),
                text="\n".join(text for text in texts.get(block.section, []) if text),
            )
        )
        if not meta["is_title"]:
            parents.append((block.level, meta["title"]))
    return sections


def _headings(tokens: list[Token], blocks: list[Block]) -> list[tuple[Token, Block]]:
    openings = [token for token in tokens if token.type == "heading_open"]
    headings = [block for block in blocks if block.kind == "heading"]
    return list(zip(openings, headings, strict=True))
