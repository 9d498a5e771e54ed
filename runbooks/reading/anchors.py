"""Heading anchors as GitHub makes them, and the numbers that authors write in front of their headings."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import unquote

_NUMBERED = re.compile(
    r"""(?:
        Section[ ]+(?P<section>\d{1,4}(?:\.\d{1,4}){0,6})[ ]*[:.)\-–—][ ]*
      | (?P<dotted>\d{1,4}(?:\.\d{1,4}){1,6})[.):]?[ ]+
      | (?P<plain>\d{1,4})[.):][ ]+
      | (?P<letter>[A-Z])[.)][ ]+
    )(?=\S)""",
    re.VERBOSE | re.IGNORECASE,
)
_VARIATION = "\ufe0f\ufe0e"
_SYMBOLS = ("So", "Sk", "Cf", "Cn", "Co", "Mn", "Me")


class Slugger:
    """Gives each heading of one document its own anchor, in order.

    Source: GitHub's table-of-contents filter (lower case; everything but letters, marks, decimal digits, `_`, `-` and
    spaces dropped; spaces to hyphens) and its rule for repeats: `-1`, `-2`, and an anchor made that way is taken too.
    One difference: the invisible variation selector after an emoji is dropped as well, so that links typed by hand work.
    """

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def assign(self, heading: str) -> str:
        base = slug(heading) or "section"  # a heading of nothing but emoji still needs an address
        anchor = base
        while anchor in self._seen:
            self._seen[base] += 1
            anchor = f"{base}-{self._seen[base]}"
        self._seen[anchor] = 0
        return anchor


def slug(heading: str) -> str:
    """GitHub's anchor for the plain text of a heading, before repeats are told apart."""
    kept = (char for char in heading.strip().lower() if _stays(char))
    return "".join("-" if char == " " else char for char in kept)


def normalise_fragment(fragment: str) -> str:
    """What follows the `#` of a link, as the anchor it means: percent-decoded, lower case, variation selectors dropped."""
    return "".join(char for char in unquote(fragment).lower() if char not in _VARIATION)


def split_number(heading: str) -> tuple[str, str]:
    """(number, title) of a heading: `4.1 Steps`, `Section 4: Steps`, `1. Detect`, `A. Variables`; emoji in front dropped."""
    text = strip_emoji(heading)
    match = _NUMBERED.match(text)
    if match is None:
        return "", text
    letter = match["letter"]
    if letter and not letter.isupper():
        return "", text
    number = match["section"] or match["dotted"] or match["plain"] or letter
    return number, text[match.end() :].strip()


def strip_emoji(text: str) -> str:
    """The text without the emoji (or other symbols) it starts with."""
    stripped = text.strip()
    end = 0
    while end < len(stripped) and (stripped[end] == " " or _is_symbol(stripped[end])):
        end += 1
    return stripped[end:] or stripped


@lru_cache(maxsize=4096)
def _stays(char: str) -> bool:
    if char in " -":
        return True
    if char in _VARIATION:
        return False
    category = unicodedata.category(char)
    return category[0] in "LM" or category in ("Nd", "Pc")


@lru_cache(maxsize=4096)
def _is_symbol(char: str) -> bool:
    return ord(char) > 0x7F and unicodedata.category(char) in _SYMBOLS
