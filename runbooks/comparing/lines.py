"""A text as lines that remember how they end, so that joining them gives the text back byte for byte.

Only `\\n`, `\\r\\n` and a lone `\\r` end a line, as in CommonMark 2.1; `str.splitlines` also breaks at form feeds and
at U+2028, which an editor in a browser does not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

_BREAK = re.compile(r"(\r\n|\r|\n)")


class Line(NamedTuple):
    text: str
    ending: str  # "\n", "\r\n", "\r", or "" for a last line without one


def split_lines(text: str) -> list[Line]:
    """The lines of a text. `join_lines` is its inverse. An empty text has no lines."""
    parts = _BREAK.split(text)
    lines = [Line(parts[at], parts[at + 1]) for at in range(0, len(parts) - 1, 2)]
    if parts[-1]:
        lines.append(Line(parts[-1], ""))
    return lines


def join_lines(lines: Iterable[Line]) -> str:
    """The text of these lines.

    An empty line that ends in `\\n` right after a lone `\\r` would melt with it into one `\\r\\n` and be lost; it ends
    in `\\r` instead. Lines that come from one text never stand like that.
    """
    parts: list[str] = []
    before = ""
    for text, ending in lines:
        kept = "\r" if before == "\r" and not text and ending == "\n" else ending
        parts.append(text + kept)
        before = kept
    return "".join(parts)


def find_dominant_ending(lines: Iterable[Line]) -> str:
    """The ending most lines have; the first seen wins a tie; `\\n` when no line has one."""
    counts = Counter(line.ending for line in lines if line.ending)
    return counts.most_common(1)[0][0] if counts else "\n"
