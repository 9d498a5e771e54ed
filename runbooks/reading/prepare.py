"""Lines made ready for the Markdown parser, one for one, so that line numbers stay those of the author's text.

Three things are rewritten. Front matter becomes empty lines. MkDocs admonitions (`!!! note "Title"` with an indented body) and
Hugo hints (`{{< hint warning >}}` to `{{< /hint >}}`) become GitHub alerts (`> [!NOTE]`), so that one rule draws all three.
Nesting beyond what anybody writes by hand is cut, because the parser's work grows with it; and where a text would take more
work than any page is worth (hundreds of thousands of tiny blocks), the rest of it is shown as plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from runbooks.reading.document import NotUnderstood

MAX_CONTAINERS = 20  # nested quotes and lists on one line, or lists by indentation

BUDGET = 280_000  # units of work, each about 7 microseconds; ordinary prose takes half of it for a megabyte
_LINE, _PIPE, _MARK, _FENCE_LINE, _CODE_LINE = 8, 2, 2, 20, 1

_MARKS = re.compile(r"[*_~`\[<&\\!@]")
_FENCE = re.compile(r"[\s>]*(?:(?:[-+*]|\d{1,9}[.)])\s+){0,4}(`{3,}|~{3,})([^`]*)$")
_ADMONITION = re.compile(r"(?:!!!|\?\?\?\+?)[ \t]*([A-Za-z][\w-]*)(?:[ \t]+[A-Za-z][\w-]*)*[ \t]*(?:\"(.*)\")?[ \t]*$")
_HINT = re.compile(r"\{\{[<%]\s*(?:hint|alert|notice|callout)\s*(?:type\s*=\s*)?\"?([A-Za-z]*)\"?[^>%]*[>%]\}\}\s*$")
_HINT_END = re.compile(r"\{\{[<%]\s*/\s*(?:hint|alert|notice|callout)\s*[>%]\}\}\s*$")
_CONTAINERS = re.compile(
    r"[ \t]*(?:(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t])|\[\^[^\]\s]{1,99}\]:)[ \t]*){21,}"  # one more than MAX_CONTAINERS
)
_RULE = re.compile(r"[ \t]*([-*_])(?:[ \t]*\1)*[ \t]*$")
_ITEM = re.compile(r"([ \t]*)(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$)")


@dataclass(slots=True)
class _State:
    fence: str = ""  # the marks that opened the code block we are in
    admonition: bool = False
    hint: bool = False
    indents: list[int] = field(default_factory=list)  # of the list items around this line
    work: int = 0


@dataclass(frozen=True, slots=True)
class Prepared:
    text: str
    not_understood: tuple[NotUnderstood, ...]


def prepare(text: str, front_matter_lines: int = 0) -> Prepared:
    """The text for the parser: as many lines as it was given (one more where the rest is plain), `\\n` between them."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines[:front_matter_lines] = [""] * front_matter_lines
    problems: list[NotUnderstood] = []
    return Prepared("\n".join(_rewrite(lines, problems)), tuple(problems[:20]))


def _rewrite(lines: list[str], problems: list[NotUnderstood]) -> Iterator[str]:
    state = _State()
    for number, line in enumerate(lines, 1):
        state.work += _cost(line, state)
        if state.work > BUDGET and not state.fence:
            problems.insert(
                0, NotUnderstood(number, "The text is too intricate from here on; the rest is shown as plain text.")
            )
            yield from _keep_plain(lines[number - 1 :])
            return
        flat = _flatten(line, state)
        if flat != line:
            problems.append(NotUnderstood(number, "Lists or quotes nested too deeply; this line is shown flat."))
        yield _rewrite_callout(flat, state)


def _cost(line: str, state: _State) -> int:
    if "```" in line or "~~~" in line:
        return _FENCE_LINE
    if state.fence:
        return _CODE_LINE
    if not line.strip():
        return 1
    return _LINE + _PIPE * line.count("|") + _MARK * len(_MARKS.findall(line))


def _keep_plain(lines: list[str]) -> Iterator[str]:
    """The lines in a fence that none of them can close."""
    longest = max((len(match[0]) for line in lines for match in re.finditer(r"~{3,}", line)), default=2)
    yield "~" * (longest + 1) + " text"
    yield from lines


def _rewrite_callout(line: str, state: _State) -> str:
    was_fenced = bool(state.fence)
    if state.admonition and line.strip() and not line.startswith(("    ", "\t")):
        state.admonition = False
        was_fenced, state.fence = False, ""
    _follow_fence(line, state)
    if not was_fenced and not state.fence:
        opened = _open_callout(line, state)
        if opened is not None:
            return opened
    if state.admonition:
        body = line[4:] if line.startswith("    ") else line.removeprefix("\t")
        return f"> {body}" if body.strip() else ">"
    return f"> {line}" if state.hint and line.strip() else (">" if state.hint else line)


def _open_callout(line: str, state: _State) -> str | None:
    """The alert line that replaces the mark of an admonition or hint; "" for the end of a hint; None for other lines."""
    if line.startswith(("!!!", "???")) and (match := _ADMONITION.match(line)):
        state.admonition = True
        return f"> [!{match[1].upper()}] {match[2] or ''}".rstrip()
    if not line.startswith("{{"):
        return None
    if match := _HINT.match(line):
        state.hint = True
        return f"> [!{(match[1] or 'note').upper()}]"
    if _HINT_END.match(line):
        state.hint = False
        return ""
    return None


def _follow_fence(line: str, state: _State) -> None:
    if "```" not in line and "~~~" not in line:
        return
    match = _FENCE.match(line)
    if match is None:
        return
    marks, rest = match[1], match[2]
    if not state.fence:
        state.fence = marks
    elif marks[0] == state.fence[0] and len(marks) >= len(state.fence) and not rest.strip():
        state.fence = ""


def _flatten(line: str, state: _State) -> str:
    if _CONTAINERS.match(line) and not _RULE.match(line):
        bare = line.lstrip(" \t")
        mark = re.match(r"\d*", bare)
        digits = mark.end() if mark else 0
        return f"{bare[:digits]}\\{bare[digits:]}"
    item = _ITEM.match(line)
    if item is None:
        if line[:1].strip():
            state.indents.clear()
        return line
    indent = len(item[1].expandtabs(4))
    while state.indents and state.indents[-1] >= indent:
        state.indents.pop()
    if len(state.indents) < MAX_CONTAINERS:
        state.indents.append(indent)
        return line
    return " " * state.indents[-1] + line.lstrip(" \t")
