"""Text in, credentials out: which line holds one, and of what kind. What it is never leaves this package."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate

from runbooks.secrets import blocks
from runbooks.secrets.commands import PGPASS, PLACES, Place
from runbooks.secrets.named import NEEDLES, find_named
from runbooks.secrets.tokens import DISCORD, FORMS, Form

_BREAK = re.compile(r"\r\n|\r|\n")
_FENCE = re.compile(r"[\s>]{0,20}(?:[-*+]\s{1,4}|\d{1,4}[.)]\s{1,4})?(?P<mark>`{3,}|~{3,})")
# A longer line is looked at in pieces that overlap by more than any one form is long, for cost grows with a line's length.
_PIECE, _STEP = 6_000, 5_000
_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


@dataclass(frozen=True, slots=True, order=True)
class Secret:
    """A credential: its line (the first is 1) and what it looks like, in words for people. Not the credential itself.

    `last_line` is another one for a private key only, which goes on for many lines.
    """

    line: int
    kind: str
    last_line: int


def find_secrets(text: str) -> tuple[Secret, ...]:
    """Every line that holds a credential which is not evidently an example, each line once, in their order.

    Never raises, and takes time linear in the length of the text. A private key counts once, on the line it begins.
    """
    lines = split_lines(text)
    found: dict[int, Secret] = {}
    for first, last in blocks.find_key_blocks(lines):
        found.update({index: Secret(first + 1, "private key", last + 1) for index in range(first, last + 1)})
    for index, kind in _find_on_lines(lines):
        found.setdefault(index, Secret(index + 1, kind, index + 1))
    return tuple(sorted(set(found.values())))


def split_lines(text: str) -> list[str]:
    """The lines as they are counted here, whatever ends them."""
    return _BREAK.split(text)


def _find_on_lines(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Indexes and kinds, the most telling kind of a line first."""
    text = "\n".join(lines)
    lower = text.lower()
    if len(lower) != len(text):  # a few letters grow in lower case, and then no place would fit any more
        lower = text.translate(_ASCII_LOWER)
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    rules: tuple[Form | Place, ...] = (*FORMS, *PLACES)
    for rule in rules:
        for index in _lines_with(rule.needles, lower, starts):
            if any(rule.is_in(piece) for piece in _pieces(lines[index])):
                yield index, rule.kind
    for kind, places in ((DISCORD.kind, DISCORD.find_places(text)), (PGPASS.kind, PGPASS.find_places(text))):
        yield from ((bisect_right(starts, place) - 1, kind) for place in places)
    yield from _find_by_name(lines, lower, starts)
    yield from _find_in_blocks(lines, lower)


def _lines_with(needles: Iterable[str], lower: str, starts: list[int]) -> list[int]:
    """Indexes of the lines that hold one of the needles."""
    found: set[int] = set()
    for needle in needles:
        place = lower.find(needle)
        while place >= 0:
            index = bisect_right(starts, place) - 1
            found.add(index)
            place = lower.find(needle, starts[index + 1])
    return sorted(found)


def _pieces(line: str) -> Iterator[str]:
    if len(line) <= _PIECE:
        yield line
        return
    yield from (line[start : start + _PIECE] for start in range(0, len(line), _STEP))


def _find_by_name(lines: list[str], lower: str, starts: list[int]) -> Iterator[tuple[int, str]]:
    candidates = _lines_with(NEEDLES, lower, starts)
    in_code = _find_code(lines) if candidates else frozenset()
    for index in candidates:
        kind = next(filter(None, (find_named(p, is_code=index in in_code) for p in _pieces(lines[index]))), "")
        if kind:
            yield index, kind


def _find_in_blocks(lines: list[str], lower: str) -> Iterator[tuple[int, str]]:
    if "secret" in lower and "data" in lower and "kind" in lower:
        yield from ((index, "value of a Kubernetes Secret") for index in blocks.find_kubernetes_secrets(lines))
    if "value" in lower and "name" in lower:
        yield from ((index, "secret") for index in blocks.find_named_values(lines))
    if "|" in lower and any(needle in lower for needle in NEEDLES):
        yield from ((index, "password or key in a table") for index in blocks.find_table_columns(lines))


def _find_code(lines: list[str]) -> frozenset[int]:
    """Indexes of the lines inside fences, and of front matter: where `name: value` is a setting and no sentence."""
    inside: set[int] = set()
    mark = "---" if lines and lines[0].lstrip("\ufeff").rstrip() == "---" else ""
    for index, line in enumerate(lines):
        fence = _FENCE.match(line)
        if mark:
            if index and (line.strip() == mark if mark == "---" else _closes(fence, line, mark)):
                mark = ""
            else:
                inside.add(index)
        elif fence:
            mark = fence["mark"]
    return frozenset(inside)


def _closes(fence: re.Match[str] | None, line: str, mark: str) -> bool:
    return fence is not None and fence["mark"].startswith(mark) and not line[fence.end() :].strip()
