"""How words of a runbook are compared: labels without case and punctuation, values without their placeholders.

Every pattern here runs in linear time: no two of its repetitions can match the same text.
"""

from __future__ import annotations

import re

_PLACEHOLDER = re.compile(r"\[[^\[\]]*\]|\{\{[^{}]*\}\}|<[A-Za-z][^<>]*>")
_WORD = re.compile(r"\w")
_NOT_WORD = re.compile(r"[\W_]+")
_EDGES = " \t\r\n:*_-–—,;"
_STAND_INS = frozenset({"tbd", "tba", "tbc", "todo", "fixme", "xxx", "yyyy mm dd", "unknown", "to be decided"})


def squeeze(text: str) -> str:
    """The text on one line, with single spaces."""
    return " ".join(text.split())


def key(text: str) -> str:
    """Lower-case words joined by one space: what labels, headings and column titles are compared by."""
    return _NOT_WORD.sub(" ", text.lower()).strip()


def is_placeholder(text: str) -> bool:
    """Whether nothing but placeholders, stand-ins such as `TBD`, and punctuation is there (also when empty)."""
    if not _WORD.search(text):
        return True
    if key(text) in _STAND_INS:
        return True
    # Innermost brackets go first: `[STATUS - [NAME]]` needs a second round, deeper nesting is nobody's placeholder.
    rest = _PLACEHOLDER.sub(" ", _PLACEHOLDER.sub(" ", text))
    return _WORD.search(rest) is None


def given(text: str) -> str:
    """The text on one line, or "" where it is empty or still a placeholder."""
    return "" if is_placeholder(text) else squeeze(text)


def trim(text: str) -> str:
    """The text on one line without colons, dashes and emphasis marks at its ends."""
    return squeeze(text).strip(_EDGES)
