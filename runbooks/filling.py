"""Names in `{{ … }}` that stand in a template for what is known of a service: put in, and taken out again.

This is no template engine: `NAMES` is all there is, each is replaced once, and what comes in is text wherever it lands. In
prose it is escaped, so that a name can't become a table cell, a link or HTML. In code it goes in only when it is made of
characters that no shell acts upon. In front matter it is quoted. What is not known becomes a placeholder such as
`[SLO of the service]`, which readiness points at. Every other name in `{{ … }}` is the reader's and stays.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

NAMES: dict[str, str] = {  # what stands for the name while it is not known
    "title": "title",
    "alert": "alert name",
    "service_name": "service",
    "service_slug": "service-name",
    "description": "what the service does, in a sentence",
    "team": "team that owns the service",
    "owner": "person who answers for this",
    "tier": "importance of the service",
    "slo": "SLO of the service",
    "dashboard_url": "address of the dashboard",
    "logs_url": "address of the logs",
    "production_url": "address in production",
    "staging_url": "address in staging",
    "repository_url": "address of the repository",
    "status_url": "address of the status page",
    "links": "links to dashboard, logs and repository",
    "depends_on": "services it needs",
    "dependents": "services that need it",
    "team_email": "e-mail address of the team",
    "team_chat": "channel of the team",
    "contacts": "people to call",
    "escalation": "who is called next",
    "author": "author",
    "today": "YYYY-MM-DD",
    "next_review": "YYYY-MM-DD",
}
_NAME = re.compile(r"\{\{[ \t]{0,4}([a-z][a-z_]{0,30})[ \t]{0,4}\}\}")
_ALONE = re.compile(r"([ \t]{0,20})(?:[-*+][ \t]{1,4})?\{\{[ \t]{0,4}([a-z][a-z_]{0,30})[ \t]{0,4}\}\}[ \t\r]{0,8}")
_FENCE = re.compile(r"(?:[ \t>]|[-*+][ \t]|\d{1,3}[.)][ \t]){0,20}(`{3,}|~{3,})(.*)")
_SETTING = re.compile(r"([ \t]{0,20}[\w -]{1,40}:[ \t]{0,4})(.{1,500}?)([ \t\r]{0,8})")
_TICK = re.compile(r"`")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_ACTIVE = re.compile(r"[\\`*\[\]|]|<(?=[A-Za-z/!?])|(?<!\w)_|_(?!\w)|&(?=[#\w]{1,40};)|~(?=~)|(?<=~)~|\{(?=\{)")
_OPENING = re.compile(
    r"(?:[ \t>]|[-*+][ \t]|\d{1,3}[.)][ \t]){0,20}"
)  # marks of quotes and lists before a line's words
_STARTS_BLOCK = re.compile(r"[#>+=~-]|\d{1,9}(?=[.)])")
_IN_ADDRESS = re.compile(r"[\s()<>\"'`*|\\\[\]{}^]")
_SAFE_IN_CODE = re.compile(r"[\w .,:/@%+=-]+")


@dataclass(frozen=True, slots=True)
class Known:
    """What is put in for a name: `text` within a line, `lines` of Markdown where the name has a line to itself."""

    text: str = ""
    lines: tuple[str, ...] = ()
    is_address: bool = False


def fill(markdown: str, known: Mapping[str, Known], names: Mapping[str, str] = NAMES) -> str:
    """The text with every name of `names` replaced by what is known, or by its placeholder."""
    return "\n".join(filled for line, place in walk(markdown) for filled in _fill_line(line, place, known, names))


def names_in(markdown: str, names: Mapping[str, str] = NAMES) -> tuple[str, ...]:
    """The names of `names` that the text holds, each once, in the order of the text."""
    return tuple(dict.fromkeys(name for name in _NAME.findall(markdown) if name in names))


def in_prose(text: str, *, starts_line: bool = False) -> str:
    """The text on one line, escaped so that Markdown shows it as it is, also in a table's cell or where a line starts."""
    line = _ACTIVE.sub(r"\\\g<0>", squeeze(text))
    start = _STARTS_BLOCK.match(line) if starts_line else None
    if start is None:
        return line
    return f"{start[0]}\\{line[start.end() :]}" if start[0][0].isdigit() else f"\\{line}"


def in_address(url: str) -> str:
    """A web address in which nothing ends a link, a table's cell or a code span."""
    return _IN_ADDRESS.sub(lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode()), squeeze(url))


def squeeze(text: str) -> str:
    """The text on one line, with single spaces and without control characters."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def walk(markdown: str) -> Iterator[tuple[str, str]]:
    """Each line, and where it stands: "front" (front matter), "code" (a fenced block) or "prose"."""
    lines = markdown.split("\n")
    front_end = _find_front_end(lines)
    fence = ""
    for index, line in enumerate(lines):
        if index <= front_end:
            yield line, "front"
            continue
        mark = _FENCE.match(line)
        if fence:
            yield line, "code"
            fence = "" if mark and mark[1].startswith(fence) and not mark[2].strip() else fence
        elif mark and not (mark[1].startswith("`") and "`" in mark[2]):
            fence = mark[1]
            yield line, "code"
        else:
            yield line, "prose"


def find_spans(line: str) -> Callable[[int], bool]:
    """Asks of a position in the line whether it stands in a code span. The line is looked through once, however often."""
    ticks = [match.start() for match in _TICK.finditer(line)]

    def is_in_span(position: int) -> bool:
        before = bisect_left(ticks, position)
        return before % 2 == 1 and before < len(ticks)

    return is_in_span


def _find_front_end(lines: list[str]) -> int:
    """Index of the line that closes the front matter; -1 without one."""
    if lines[0].rstrip() != "---":
        return -1
    return next((index for index, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), -1)


def _fill_line(line: str, place: str, known: Mapping[str, Known], names: Mapping[str, str]) -> list[str]:
    if "{{" not in line:
        return [line]
    if place == "front":
        return [_fill_setting(line, known, names)]
    alone = _ALONE.fullmatch(line) if place == "prose" else None
    if alone and (fact := known.get(alone[2])) and fact.lines:
        return [f"{alone[1]}{one}" for one in fact.lines]

    is_in_span = find_spans(line)

    def put_in(match: re.Match[str]) -> str:
        is_code = place == "code" or is_in_span(match.start())
        return _put_in(match, known, names, is_code=is_code)

    return [_NAME.sub(put_in, line)]


def _put_in(match: re.Match[str], known: Mapping[str, Known], names: Mapping[str, str], *, is_code: bool) -> str:
    name = match[1]
    if name not in names:
        return match[0]
    fact = known.get(name, Known())
    text = squeeze(fact.text)
    if not text or (is_code and not _SAFE_IN_CODE.fullmatch(text)):
        return f"[{names[name]}]"
    if is_code:
        return text
    starts_line = _OPENING.fullmatch(match.string, 0, match.start()) is not None
    return in_address(text) if fact.is_address else in_prose(text, starts_line=starts_line)


def _fill_setting(line: str, known: Mapping[str, Known], names: Mapping[str, str]) -> str:
    """`key: value` of front matter: JSON's strings are YAML's, so what is put in can't be anything but a string."""
    match = _SETTING.fullmatch(line)
    if match is None or not names_in(match[2], names):
        return line
    value = match[2].strip("\"'")

    def put_in(name: re.Match[str]) -> str:
        if name[1] not in names:
            return name[0]
        return squeeze(known.get(name[1], Known()).text) or f"[{names[name[1]]}]"

    return f"{match[1]}{json.dumps(_NAME.sub(put_in, value), ensure_ascii=False)}{match[3]}"
