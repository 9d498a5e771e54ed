"""Code as coloured spans: Pygments' short classes with `hl-` in front, in pieces that the page can cut at placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES, _TokenType

MAX_LENGTH = 6_000  # characters of one block, and of one line: some lexers take more than linear time
MAX_LINE = 400
_MANY_BLANK_LINES = re.compile(r"(?:\n[ \t]{0,9}){30}")

_LEXERS = {  # info string -> Pygments' name; only lexers that were tried with hostile text
    **dict.fromkeys(
        ("bash", "sh", "shell", "zsh", "ksh", "console", "terminal", "shell-session", "shellsession"), "bash"
    ),
    **dict.fromkeys(
        ("sql", "postgres", "postgresql", "pgsql", "psql", "plpgsql", "mysql", "mariadb", "tsql", "sqlite"), "sql"
    ),
    **dict.fromkeys(("yaml", "yml"), "yaml"),
    **dict.fromkeys(("json", "json5", "jsonc"), "json"),
    **dict.fromkeys(("py", "python", "python3"), "python"),
    **dict.fromkeys(("js", "javascript"), "javascript"),
    **dict.fromkeys(("ini", "conf", "cfg", "properties", "systemd"), "ini"),
    "promql": "promql",
    "toml": "toml",
    "dockerfile": "docker",
    "docker": "docker",
    "go": "go",
    "xml": "xml",
    "html": "html",
    "nginx": "nginx",
    "powershell": "powershell",
}

Piece = tuple[str, str]  # (class or "", text)


def highlight(code: str, language: str) -> list[list[Piece]]:
    """The lines of the code, each as pieces in order; a piece never holds a line break. Unknown languages get no colour."""
    name = _LEXERS.get(language)
    plain = code.split("\n")
    if name is None or len(code) > MAX_LENGTH or max(map(len, plain)) > MAX_LINE or _MANY_BLANK_LINES.search(code):
        return [[("", line)] if line else [] for line in plain]
    lines: list[list[Piece]] = [[]]
    for css, text in _lex(code, name):
        first, *rest = text.split("\n")
        _append(lines[-1], css, first)
        for part in rest:
            lines.append([])
            _append(lines[-1], css, part)
    return lines


def _lex(code: str, name: str) -> Iterator[Piece]:
    for _, token_type, text in _get_lexer(name).get_tokens_unprocessed(code):
        yield _css_class(token_type), text


def _append(line: list[Piece], css: str, text: str) -> None:
    if not text:
        return
    if line and line[-1][0] == css:
        line[-1] = (css, line[-1][1] + text)
    else:
        line.append((css, text))


@lru_cache(maxsize=64)
def _get_lexer(name: str) -> Lexer:
    return get_lexer_by_name(name)


@lru_cache(maxsize=512)
def _css_class(token_type: _TokenType) -> str:
    kind: _TokenType | None = token_type
    while kind is not None and kind not in STANDARD_TYPES:
        kind = kind.parent
    short = STANDARD_TYPES[kind] if kind is not None else ""
    return f"hl-{short}" if short and short not in ("w", "g", "go", "err", "x") else ""
