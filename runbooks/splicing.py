"""One section taken out of a text, edited alone and put back, with every other byte left as it is. Pure, no Django."""

from __future__ import annotations

import re
from dataclasses import dataclass

from runbooks.comparing import keep_line_endings
from runbooks.comparing.lines import find_dominant_ending, split_lines
from runbooks.reading.parse import parse

_BOM = "\ufeff"
_BREAK = re.compile(r"\r\n|\r|\n")
_BLANK = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Part:
    """Where a section stands in a text, with the sections below it: characters `start` to `end`, `stop` being where the
    next one begins. The blank lines between `end` and `stop` are not edited."""

    anchor: str
    heading: str
    line: int  # of the heading, from 1
    start: int
    end: int
    stop: int


def find_part(text: str, anchor: str) -> Part | None:
    """The section with that anchor (see `reading.anchors`), or None. Reads the text once."""
    sections = parse(text).sections
    own = next((section for section in sections if section.anchor == anchor), None)
    if own is None:
        return None
    later = [section.line for section in sections if section.line > own.line and section.level <= own.level]
    starts = _find_line_starts(text)
    start = starts[own.line - 1]
    stop = starts[min(later) - 1] if later else len(text)
    end = start + len(text[start:stop].rstrip(_BLANK))
    return Part(anchor, own.heading, own.line, start, end, stop)


def take_out(text: str, part: Part) -> str:
    """The section as it is edited: from its heading to its last word."""
    return text[part.start : part.end]


def put_in(text: str, part: Part, words: str) -> str:
    """The text with the section replaced. Nothing before or after it changes; nothing at all when it was not touched.

    Lines that were there keep their line endings, new ones get those of the text (a browser sends CRLF for all). The
    blank lines after the section stay, so that the next heading is one still. No words: the section is gone.
    """
    before = take_out(text, part)
    words = words.rstrip(_BLANK)
    if not words:
        return text[: part.start] + text[part.stop :]
    kept = keep_line_endings(before, words)
    if not _BREAK.search(before):
        kept = kept.replace("\n", find_dominant_ending(split_lines(text)))
    return text[: part.start] + kept + text[part.end :]


def recover(text: str, part: Part, edited: str) -> str | None:
    """The section's words in a text that was edited there and nowhere else; None when it was edited elsewhere too."""
    before, after = text[: part.start], text[part.end :]
    fits = len(edited) >= len(before) + len(after)
    if not (fits and edited.startswith(before) and edited.endswith(after)):
        return None
    return edited[part.start : len(edited) - len(after)]


def find_lines(text: str, part: Part, edited: str) -> tuple[int, int] | None:
    """First and last line of the section in a text that was edited there and nowhere else; None when it is no more."""
    words = recover(text, part, edited)
    return (part.line, part.line + len(_BREAK.findall(words))) if words else None


def _find_line_starts(text: str) -> list[int]:
    """Where each line begins. A byte order mark stands before the first line, not in it."""
    first = 1 if text.startswith(_BOM) else 0
    return [first, *(found.end() for found in _BREAK.finditer(text))]
