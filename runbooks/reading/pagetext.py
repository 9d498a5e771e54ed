"""Small questions that drawing a page asks of tokens and text."""

from __future__ import annotations

import re
from html import escape

from markdown_it.token import Token

from runbooks.reading.document import EscalationPath, Fact
from runbooks.reading.parse import Parsed

_NOISE = re.compile(
    r"(?:level|tier|contact|who|role|response|time|sla|handles|escalates?|to|if|when|after|v|not|within|a|the|on|in|or|and|min)$"
)


_NO_LOSS = re.compile(r"\[[^\[\]]{0,200}\]|\b(?:level|tier) ?\d{1,2}\b|[*_`]")  # gaps, rung names, Markdown marks


def cut_number(inline: Token, number: str, title: str) -> str:
    """Take the number off the heading's text, to be drawn by itself; "" when the text does not simply start with it."""
    children = inline.children or []
    if not number or not children or children[0].type != "text":
        return ""
    text = children[0].content
    position = text.find(number)
    rest = text[position + len(number) :].lstrip(" .:)-–—") if position >= 0 else ""
    if position < 0 or not title.startswith(rest):
        return ""
    children[0].content = rest
    return number


def is_label_list(inline: Token) -> bool:
    """Whether every line of a paragraph starts with a bold label: such lines are kept apart, as their author saw them."""
    children = inline.children or []
    starts = [0] + [index + 1 for index, token in enumerate(children) if token.type == "softbreak"]
    if len(starts) < 2:
        return False
    return all(any(token.type == "strong_open" for token in children[start : start + 2]) for start in starts)


def find_facts_block(parsed: Parsed, facts: tuple[Fact, ...]) -> int:
    """The line of the block right under the title that says what the document is about (two facts or more), or 0."""
    lines = {fact.line for fact in facts}
    headings = 0
    for block in parsed.blocks[:12]:
        headings += block.kind == "heading"
        if headings > 2:
            return 0
        if (
            block.kind in ("table", "paragraph")
            and len(lines & set(range(block.line, min(block.end_line, block.line + 60) + 1))) > 1
        ):
            return block.line
    return 0


def starts_before(token: Token, line: int) -> bool:
    return token.nesting >= 0 and token.map is not None and token.map[0] + 1 <= line


def end_of(tokens: tuple[Token, ...], index: int) -> int:
    """Where the block that starts at this token ends."""
    depth = 0
    while index < len(tokens):
        depth += tokens[index].nesting
        index += 1
        if depth <= 0:
            break
    return index


def loses_words(tokens: tuple[Token, ...], path: EscalationPath) -> bool:
    """Whether the text says more than the ladder drawn from it (a phone number in a column of its own, say)."""
    kept = " ".join(
        f"{level.label} {level.contact} {level.response_time} {level.handles} {level.escalates_if}"
        for level in path.levels
    )
    known = set(re.findall(r"\w+", kept.lower())) | {level.label[1:] for level in path.levels}
    is_header = False
    for token in tokens:
        is_header = token.type == "thead_open" or (is_header and token.type != "thead_close")
        if token.type not in ("inline", "fence", "code_block") or is_header:
            continue
        text = _NO_LOSS.sub(" ", token.content.lower())
        if any(word not in known and not _NOISE.match(word) for word in re.findall(r"\w+", text)):
            return True
    return False


def link_phone(drawn: str, phone: str) -> str:
    shown = escape(phone, quote=False)
    number = re.sub(r"[^\d+]", "", phone)
    if len(number) < 5 or shown not in drawn or "<" in drawn.split(shown, 1)[0]:
        return drawn
    return drawn.replace(shown, f'<a href="tel:{number}">{shown}</a>', 1)
