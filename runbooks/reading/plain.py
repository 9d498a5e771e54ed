"""Inline tokens as plain text: what a heading, a cell or a paragraph says without its Markdown marks."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markdown_it.token import Token

from runbooks.reading.blocks import Bold

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_MARK_ENDS = {"strong_open": "strong_close", "em_open": "em_close"}


def to_text(tokens: Iterable[Token]) -> str:
    """Plain text with a line break where the source has one."""
    return "".join(map(_word, tokens))


def strip_html(text: str) -> str:
    """The text of a piece of raw HTML, comments left out."""
    return _TAG.sub("", _COMMENT.sub("", text))


def find_url(tokens: Iterable[Token]) -> str:
    """The target of the first link."""
    return next((str(token.attrs["href"]) for token in tokens if token.type == "link_open"), "")


def starts_with_link(tokens: Iterable[Token]) -> bool:
    """Whether its first words are a link, as in a table of contents."""
    shown = (token for token in tokens if token.type != "text" or token.content.strip())
    return next((token.type for token in shown), "") == "link_open"


def has_plain_words(tokens: Iterable[Token]) -> bool:
    """Whether any word of it stands outside links, images, code, bold and emphasis."""
    depth = 0
    for token in tokens:
        depth += token.nesting
        if not depth and token.type == "text" and any(char.isalnum() for char in token.content):
            return True
    return False


def split_lines(tokens: list[Token]) -> list[list[Token]]:
    """The tokens, cut where the source has a line break."""
    lines: list[list[Token]] = [[]]
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            lines.append([])
        else:
            lines[-1].append(token)
    return lines


def find_labels(lines: list[list[Token]], first_line: int) -> tuple[Bold, ...]:
    """The `**Label:** value`, `**Label**: value` and `*Label: value*` lines."""
    found = (_read_label(tokens, first_line + offset) for offset, tokens in enumerate(lines))
    return tuple(label for label in found if label is not None)


def _word(token: Token) -> str:
    if token.type in ("text", "code_inline", "text_special"):
        return token.content
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    if token.type == "image":
        return to_text(token.children or [])
    if token.type == "html_inline":
        return "\n" if token.content[:3].lower() == "<br" else ""
    return ""


def _read_label(tokens: list[Token], line: int) -> Bold | None:
    while tokens and not tokens[0].content and tokens[0].type == "text":
        tokens = tokens[1:]
    if not tokens or tokens[0].type not in _MARK_ENDS:
        return None
    end = _find_end(tokens)
    marked, rest = to_text(tokens[1:end]).strip(), to_text(tokens[end + 1 :])
    if tokens[0].type == "em_open":
        return _read_emphasis(marked, rest, tokens, line)
    if marked.endswith(":") and len(marked) > 1:
        return Bold(marked[:-1].strip(), rest.strip(), line, find_url(tokens[end:]))
    if rest.lstrip().startswith(":"):
        return Bold(marked, rest.lstrip()[1:].strip(), line, find_url(tokens[end:]))
    return None


def _read_emphasis(marked: str, rest: str, tokens: list[Token], line: int) -> Bold | None:
    label, colon, value = marked.partition(":")
    if not colon or not label.strip() or len(label) > 60:
        return None
    if value.strip() and rest.strip():
        return None
    return Bold(label.strip(), (value.strip() or rest.strip()), line, find_url(tokens))


def _find_end(tokens: list[Token]) -> int:
    opening, closing, depth = tokens[0].type, _MARK_ENDS[tokens[0].type], 0
    for index, token in enumerate(tokens):
        depth += (token.type == opening) - (token.type == closing)
        if depth == 0:
            return index
    return len(tokens) - 1
