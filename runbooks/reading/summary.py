"""The sentence that stands beside a document's title in lists: what it is about, in its own words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from runbooks.reading.anchors import strip_emoji
from runbooks.reading.blocks import Block
from runbooks.reading.facts import canonical_name
from runbooks.reading.wording import given, is_placeholder, key, squeeze

_PURPOSE = re.compile(r"(?:purpose|meaning)(?: of .{1,40})?")
_OVERVIEW = re.compile(
    r"(?:(?:service|system|feature|business|alert|application|product) )?"
    r"(?:overview|summary|description|introduction|about)(?: (?:this|the) .{1,40})?"
)
_PLACEHOLDER = re.compile(r"\[[^\[\]]*\]|\{\{[^{}]*\}\}")
_NUMBER = re.compile(r"(?:section )?[\d. :]+", re.IGNORECASE)
_NAMES = ("purpose", "description", "summary")
_FACT_LINE = re.compile(r"([A-Za-z][\w /&'-]{1,30}):\s")
_SENTENCE = re.compile(r".{2,300}?(?<!\be\.g)(?<!\bi\.e)[.!?](?=\s|$)")
_SHORT = 40  # characters: a first sentence shorter than this takes the next one along
_LONGEST = 300
Section = tuple[Block | None, list[Block]]  # a heading, and what stands right under it

_EARLY = 8  # headings; a purpose further down is that of something else
_SEARCHED = 3  # sections of the top two levels that are looked at when no heading tells


def find_summary(blocks: Sequence[Block], front_matter: dict[str, Any]) -> str:
    """The stated purpose; else the first prose under a heading Purpose or Meaning, right under the title, under a heading such
    as Overview, or in another of the first sections.

    "" when all of that is missing or still a placeholder. Lines of facts, introductions to what follows, and paragraphs
    that are nothing but a link are no prose.
    """
    stated = next(_find_stated(blocks, front_matter), "")
    if stated:
        return _shorten(stated)
    sections = list(_split_sections(blocks))
    early = sections[: _EARLY + 1]
    top = [own for heading, own in sections[:2] if heading is None or heading.level == 1]
    near = [own for heading, own in sections if heading is None or heading.level <= 2]
    places = [*_named(early, _PURPOSE), *top, *_named(early, _OVERVIEW), *near[:_SEARCHED]]
    return next((prose for own in places if (prose := _first_prose(own))), "")


def _named(sections: Sequence[Section], names: re.Pattern[str]) -> Iterator[list[Block]]:
    for heading, own in sections:
        if heading is not None and heading.level <= 3 and names.fullmatch(_title_key(heading)):
            yield own


def _title_key(heading: Block) -> str:
    return key(_NUMBER.sub("", strip_emoji(heading.text[:100]), count=1))


def _find_stated(blocks: Sequence[Block], front_matter: dict[str, Any]) -> Iterator[str]:
    """`**Purpose:** …` near the top, and a description in the front matter."""
    for block in blocks[:40]:
        for label in block.labels if block.kind in ("paragraph", "item") else ():
            if key(label.label) == "purpose" and given(label.value):
                yield given(label.value)
    for name in _NAMES:
        value = front_matter.get(name)
        if isinstance(value, str) and given(value):
            yield given(value)


def _split_sections(blocks: Sequence[Block]) -> Iterator[Section]:
    heading: Block | None = None
    own: list[Block] = []
    for block in blocks:
        if block.kind == "heading":
            yield heading, own
            heading, own = block, []
        else:
            own.append(block)
    yield heading, own


def _first_prose(blocks: Sequence[Block]) -> str:
    return next((_shorten(block.text) for block in blocks if _is_prose(block)), "")


def _is_prose(block: Block) -> bool:
    text = squeeze(block.text[:1000])
    if not block.is_prose or len(text) < 20 or text.endswith(":") or is_placeholder(text):
        return False
    fact = _FACT_LINE.match(text)
    if fact and canonical_name(fact[1]):
        return False
    return not _PLACEHOLDER.search(text) or len(_PLACEHOLDER.sub(" ", text).split()) > 4


def _shorten(text: str) -> str:
    """The first sentence, with the next one where it is short, of at most 300 characters."""
    flat = squeeze(text[:1000])
    first = _SENTENCE.match(flat)
    if first is None:
        return flat if len(flat) <= _LONGEST else flat[: _LONGEST - 1].rsplit(" ", 1)[0] + "…"
    second = _SENTENCE.match(flat, first.end()) if len(first[0]) < _SHORT else None
    whole = flat[: second.end()] if second else first[0]
    return whole if len(whole) <= _LONGEST else first[0]
