"""All placeholders of a document, each once: one name is one variable, wherever and in whichever form it stands."""

from __future__ import annotations

from dataclasses import dataclass, field

from markdown_it.token import Token

from runbooks.reading.commands import language_of
from runbooks.reading.document import Command, Placeholder
from runbooks.reading.parse import Parsed
from runbooks.reading.placeholders import MAX_CODE, Span, find_in_code, find_in_prose


@dataclass(slots=True)
class _Gap:
    label: str
    text: str
    lines: dict[int, None] = field(default_factory=dict)
    in_command: bool = False


def find_placeholders(parsed: Parsed) -> tuple[Placeholder, ...]:
    """In the order of their first place. `find_commands` must have been over the tokens before."""
    gaps: dict[str, _Gap] = {}
    for token in parsed.tokens:
        line = (token.map[0] if token.map else 0) + 1
        if token.type in ("fence", "code_block"):
            _read_code(token, line, gaps)
        elif token.type == "inline":
            _read_inline(token, line, gaps)
    return tuple(
        Placeholder(name, gap.label, gap.text, tuple(sorted(gap.lines)), gap.in_command) for name, gap in gaps.items()
    )


def _read_code(token: Token, line: int, gaps: dict[str, _Gap]) -> None:
    code = token.content
    if len(code) > MAX_CODE:
        return
    command = token.meta.get("command")
    in_command = isinstance(command, Command) and not command.is_drawing
    line += token.type == "fence"
    counted = 0
    for span in find_in_code(code, language_of(token.info)):
        line += code.count("\n", counted, span.start)
        counted = span.start
        _note(gaps, span, code, line, in_command)


def _read_inline(inline: Token, line: int, gaps: dict[str, _Gap]) -> None:
    depth = 0
    for token in inline.children or []:
        if token.type in ("softbreak", "hardbreak"):
            line += 1
        depth += (token.type == "link_open") - (token.type == "link_close")
        if token.type == "code_inline":
            is_command = "command" in token.meta
            for span in find_in_code(token.content, "bash" if is_command else "text"):
                _note(gaps, span, token.content, line, is_command)
        elif token.type == "text" and depth == 0:
            for span in find_in_prose(token.content):
                _note(gaps, span, token.content, line, in_command=False)


def _note(gaps: dict[str, _Gap], span: Span, text: str, line: int, in_command: bool) -> None:
    gap = gaps.setdefault(span.name, _Gap(span.label, text[span.start : span.end]))
    gap.lines[line] = None
    gap.in_command |= in_command
