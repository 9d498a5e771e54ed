"""From bytes to text and back, and the front matter split off: what happens before any Markdown is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

FRONT_MATTER_LIMIT = 64 * 1024  # characters; YAML's cost grows faster than its length
BOM = "\ufeff"

_FENCE = re.compile(r"---[ \t]*(?:\r\n|\r|\n)")
_CLOSE = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)", re.MULTILINE)
_WIDE_BOMS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)


class NotText(ValueError):
    """The bytes are not UTF-8 text. `reason` is a sentence for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """YAML between `---` lines at the very start. `lines` is how many lines it takes, marks included (0: none)."""

    data: dict[str, Any] = field(default_factory=dict)
    lines: int = 0
    problem: str = ""


def decode(data: bytes) -> str:
    """The text of a file. A byte order mark stays in it as its first character, so that `encode` gives the bytes back.

    Raises NotText for UTF-16/32, NUL bytes and invalid UTF-8, naming the line and the byte.
    """
    for mark, name in _WIDE_BOMS:
        if data.startswith(mark):
            raise NotText(f"This file is {name}, not UTF-8. Save it as UTF-8.")
    nul = data.find(b"\0")
    if nul >= 0:
        raise NotText(f"This file holds a NUL byte on line {_line_of(data, nul)} (byte {nul}), so it is not text.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = _line_of(data, error.start)
        raise NotText(f"This file is not UTF-8: line {line} holds an invalid byte (byte {error.start}).") from None


def encode(text: str) -> bytes:
    """The bytes that `decode` was given."""
    return text.encode("utf-8")


def split_front_matter(text: str) -> FrontMatter:
    """Read YAML front matter at the start of the text (after a byte order mark). Never raises.

    Dates and decimal numbers stay strings as written. A leading rule (`---`) followed by ordinary text is no front matter.
    Broken YAML, aliases and more than FRONT_MATTER_LIMIT characters are told in `problem`; `lines` still says what to skip.
    """
    start = 1 if text.startswith(BOM) else 0
    opening = _FENCE.match(text, start)
    if opening is None:
        return FrontMatter()
    closing = _CLOSE.search(text, opening.end())
    if closing is None:
        return FrontMatter()
    lines = _count_lines(text, start, closing.end())
    source = text[opening.end() : closing.start()]
    if len(source) > FRONT_MATTER_LIMIT:
        return FrontMatter(lines=lines, problem=f"The front matter is longer than {FRONT_MATTER_LIMIT // 1024} KB.")
    try:
        value = yaml.load(source, Loader=_PlainLoader)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        return FrontMatter(lines=lines, problem=f"The front matter is not valid YAML: {_explain(error)}")
    if isinstance(value, dict):
        return FrontMatter(data={str(key): _plain(item) for key, item in value.items()}, lines=lines)
    return FrontMatter() if source.strip() else FrontMatter(lines=lines)


def _line_of(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1


def _count_lines(text: str, start: int, end: int) -> int:
    return len(re.findall(r"\r\n|\r|\n", text[start:end])) + (0 if text[:end].endswith(("\n", "\r")) else 1)


def _explain(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply."
    problem = getattr(error, "problem", None) or "it can't be read"
    mark = getattr(error, "problem_mark", None)
    return f"{problem}." if mark is None else f"{problem} (line {mark.line + 2})."


def _plain(value: Any) -> Any:
    """Only what JSON knows."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_plain(item) for item in value]
    return value if isinstance(value, (str, int, bool)) or value is None else str(value)


class _PlainLoader(yaml.SafeLoader):
    """A safe loader for metadata: no aliases (they can blow up), and only null, true/false and whole numbers are typed."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.events.AliasEvent):
            self._refuse_alias()
        return super().compose_node(parent, index)

    def _refuse_alias(self) -> NoReturn:
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave it untyped
        raise yaml.MarkedYAMLError(None, None, "aliases are not allowed", event.start_mark)  # type: ignore[arg-type]  # same class


_PlainLoader.yaml_implicit_resolvers = {}
_PlainLoader.add_implicit_resolver(
    "tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]
)
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|false|False)$"), list("tTfF"))
_PlainLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(?:0|-?[1-9]\d{0,14})$"), list("-0123456789"))
