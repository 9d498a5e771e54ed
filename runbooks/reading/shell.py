"""Shell text taken apart into simple commands: just enough to tell what each of them does.

Not a shell: quotes, escapes, comments, heredocs, pipes, lists, subshells, substitutions and redirections are told apart in
one pass; nothing is expanded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_DEPTH = 6  # substitutions inside substitutions

_WORD = re.compile(r"[^\s'\"\\`$;&|()<>#\n]+")
_HEREDOC = re.compile(r"<<-?\s*(['\"]?)([A-Za-z_]\w*)\1")
_REDIRECT = re.compile(r"(?:\d|&)?>>?(?:\||&)?|<(?!<)")
_SUBSTITUTION = re.compile(r"\$\(|`")
_SAFE_TARGETS = ("/dev/null", "/dev/stderr", "/dev/stdout")


@dataclass(slots=True)
class Simple:
    """One simple command: its words (quotes taken off) and whether its output goes to a file."""

    words: list[str] = field(default_factory=list)
    writes_file: bool = False


def split_commands(text: str, depth: int = 0) -> list[Simple]:
    """The simple commands of a piece of shell text, those of its substitutions included."""
    reader = _Reader(text, depth)
    reader.read()
    return [command for command in reader.commands if command.words or command.writes_file]


class _Reader:
    def __init__(self, text: str, depth: int) -> None:
        self.text = text
        self.depth = depth
        self.pos = 0
        self.commands: list[Simple] = [Simple()]
        self._word: list[str] | None = None
        self._redirects = False
        self._heredocs: list[str] = []

    def read(self) -> None:
        size = len(self.text)
        while self.pos < size:
            self._step(self.text[self.pos])
        self._end_word()

    def _step(self, char: str) -> None:
        if char == "\n":
            self._end_command()
            self.pos += 1
            self._skip_heredocs()
        elif char in " \t\r":
            self._end_word()
            self.pos += 1
        elif char == "\\":
            self._escape()
        elif char in "'\"":
            self._quote(char)
        elif char == "`" or self.text.startswith("$(", self.pos):
            self._substitute(char)
        elif char == "#" and self._word is None:
            end = self.text.find("\n", self.pos)
            self.pos = len(self.text) if end < 0 else end
        elif char in "<>" or ((char.isdigit() or char == "&") and self.text[self.pos + 1 : self.pos + 2] == ">"):
            self._redirect()
        elif char in ";&|()":
            self._end_command()
            self.pos += 1
        else:
            self._plain(char)

    def _plain(self, char: str) -> None:
        match = _WORD.match(self.text, self.pos)
        self._append(match[0] if match else char)
        self.pos = match.end() if match else self.pos + 1

    def _append(self, text: str) -> None:
        if self._word is None:
            self._word = []
        self._word.append(text)

    def _escape(self) -> None:
        following = self.text[self.pos + 1 : self.pos + 2]
        if following == "\r" and self.text[self.pos + 2 : self.pos + 3] == "\n":
            self.pos += 1
            following = "\n"
        if following != "\n":
            self._append(following)
        self.pos += 2

    def _quote(self, mark: str) -> None:
        end = self.pos + 1
        while True:
            end = self.text.find(mark, end)
            if end < 0:
                end = len(self.text)
                break
            if mark == '"' and _is_escaped(self.text, end):
                end += 1
                continue
            break
        inner = self.text[self.pos + 1 : end]
        self._append(inner)
        if mark == '"':
            self._look_into(inner)
        self.pos = end + 1

    def _look_into(self, inner: str) -> None:
        """Commands substituted inside double quotes run as well."""
        if "$(" not in inner and "`" not in inner:
            return
        if self.depth >= MAX_DEPTH:
            self.commands.append(Simple(["?"]))
            return
        nested = _Reader(inner, self.depth + 1)
        while nested.pos < len(inner):
            start = _next_substitution(inner, nested.pos)
            if start < 0:
                break
            nested.pos = start
            nested._substitute(inner[start])
        self._adopt(nested.commands)

    def _substitute(self, char: str) -> None:
        start = self.pos + (1 if char == "`" else 2)
        end = self.text.find("`", start) if char == "`" else _closing(self.text, start)
        if end < 0:
            end = len(self.text)
        inner = self.text[start:end]
        self._append("$()")
        self.pos = end + 1
        if inner.startswith("("):
            return  # arithmetic
        if self.depth >= MAX_DEPTH:
            self._adopt([Simple(["?"])])
            return
        self._adopt(split_commands(inner, self.depth + 1))

    def _adopt(self, commands: list[Simple]) -> None:
        self.commands[-1:-1] = [command for command in commands if command.words]

    def _redirect(self) -> None:
        heredoc = _HEREDOC.match(self.text, self.pos)
        if heredoc:
            self._end_word()
            self._heredocs.append(heredoc[2])
            self.pos = heredoc.end()
            return
        if self.text[self.pos : self.pos + 2] in ("<(", ">("):
            self._end_word()
            self._substitute("$")
            return
        match = _REDIRECT.match(self.text, self.pos)
        if match is None:
            self._append(self.text[self.pos])
            self.pos += 1
            return
        if not (self.text[self.pos].isdigit() and self._word is not None):
            self._end_word()
        self.pos = match.end()
        self._redirects = match[0] != "<" and not match[0].endswith("&")
        if match[0].endswith("&"):
            number = re.compile(r"\d|-").match(self.text, self.pos)
            self.pos = number.end() if number else self.pos

    def _end_word(self) -> None:
        if self._word is None:
            return
        word = "".join(self._word)
        self._word = None
        if self._redirects:
            self._redirects = False
            self.commands[-1].writes_file |= word not in _SAFE_TARGETS
            return
        self.commands[-1].words.append(word)

    def _end_command(self) -> None:
        self._end_word()
        self._redirects = False
        if self.commands[-1].words or self.commands[-1].writes_file:
            self.commands.append(Simple())

    def _skip_heredocs(self) -> None:
        for mark in self._heredocs:
            match = re.compile(rf"^\t*{re.escape(mark)}[ \t\r]*$", re.MULTILINE).search(self.text, self.pos)
            self.pos = match.end() if match else len(self.text)
        self._heredocs.clear()


def _is_escaped(text: str, pos: int) -> bool:
    start = pos
    while start and text[start - 1] == "\\":
        start -= 1
    return (pos - start) % 2 == 1


def _next_substitution(text: str, pos: int) -> int:
    match = _SUBSTITUTION.search(text, pos)
    return match.start() if match else -1


def _closing(text: str, start: int) -> int:
    """Where the `)` of a `$(` stands."""
    depth = 1
    for match in re.compile(r"\\.|'[^']*'|[()]", re.DOTALL).finditer(text, start):
        if match[0] == "(":
            depth += 1
        elif match[0] == ")":
            depth -= 1
            if depth == 0:
                return match.start()
    return -1


def iter_heredoc_marks(line: str) -> Iterator[str]:
    """The words that end the heredocs opened on a line."""
    for match in _HEREDOC.finditer(line):
        yield match[2]
