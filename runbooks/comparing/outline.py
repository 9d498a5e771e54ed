"""Where each line of a Markdown text stands: under which headings, and whether inside a fenced code block.

Made for comparing versions, where both texts are needed line by line and a full parse of either would be waste.
Headings are ATX headings (CommonMark 4.2) outside fences (4.5) and front matter; fences inside list items count too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_HEADING = re.compile(r"\ufeff? {0,3}(#{1,6})(?=[ \t]|$)")
_FENCE = re.compile(r"[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}(?=[^`]*$)|~{3,})[ \t]*([^\s`{]*)")
_TYPED = re.compile(r"\$ |[a-z./~_][\w./~-]+(?:\s|$)")  # a prompt, or a word such as a program's name
_NOT_COMMANDS = frozenset(
    {"text", "txt", "plain", "markdown", "md", "yaml", "yml", "json", "toml", "ini", "xml", "html", "css", "diff"}
    | {"dotenv", "csv", "log", "output", "mermaid", "promql", "http"}
)


@dataclass(frozen=True, slots=True)
class Outline:
    headings: tuple[int, ...]  # for each line, the index of the line with its heading, -1 before the first one
    paths: dict[int, tuple[str, ...]]  # for each heading line, the headings from the outermost down, without the title
    commands: frozenset[int]  # indexes of lines inside fences that are no data, neither blank nor comments

    def path_at(self, index: int) -> tuple[str, ...]:
        """The headings above that line, outermost first; () before the first section."""
        return self.paths.get(self.headings[index], ()) if 0 <= index < len(self.headings) else ()


@dataclass(slots=True)
class _Fence:
    mark: str
    language: str

    def closes_with(self, line: str) -> bool:
        """Whether this line is the closing fence: the same character, at least as many, nothing else."""
        stripped = line.strip()
        return len(stripped) >= len(self.mark) and not stripped.strip(self.mark[0])

    def holds_command(self, line: str) -> bool:
        """Whether this line of the block is something to type: no data, no comment, and, unlabelled, no drawing."""
        stripped = line.strip()
        if not stripped or self.language in _NOT_COMMANDS or stripped.startswith(("# ", "-- ")):
            return False
        return bool(self.language or _TYPED.match(stripped))


def outline(lines: Sequence[str]) -> Outline:
    """The outline of a text given as lines without endings. Never raises."""
    headings: list[int] = []
    paths: dict[int, tuple[str, ...]] = {}
    commands: set[int] = set()
    trail: list[tuple[int, str]] = []
    fence: _Fence | None = None
    current = -1
    body = _find_body(lines)
    for index, line in enumerate(lines):
        if fence:
            if fence.closes_with(line):
                fence = None
            elif fence.holds_command(line):
                commands.add(index)
        elif index >= body:
            fence = _open_fence(line)
            heading = None if fence else _HEADING.match(line)
            if heading:
                current = index
                paths[index] = _enter(trail, len(heading[1]), _read_title(line[heading.end() :]))
        headings.append(current)
    return Outline(tuple(headings), paths, frozenset(commands))


def _find_body(lines: Sequence[str]) -> int:
    """The index of the first line after the front matter."""
    if not lines or lines[0].removeprefix("\ufeff").rstrip() != "---":
        return 0
    return next((at + 1 for at, line in enumerate(lines) if at and line.rstrip() in ("---", "...")), 0)


def _open_fence(line: str) -> _Fence | None:
    match = _FENCE.match(line)
    return _Fence(match[1], match[2].lower()) if match else None


def _read_title(rest: str) -> str:
    """The text of a heading without a closing row of `#`."""
    title = rest.strip()
    bare = title.rstrip("#")
    return bare.rstrip() if not bare or bare[-1] in " \t" else title


def _enter(trail: list[tuple[int, str]], level: int, title: str) -> tuple[str, ...]:
    while trail and trail[-1][0] >= level:
        trail.pop()
    trail.append((level, title))
    return tuple(text for depth, text in trail if depth > 1)
