"""Code blocks and inline code as commands: what is to be copied, what it says it does, what it would change.

Comments, prompts and output are told apart from commands. A diagram, a directory tree or a message template is no command.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from markdown_it.token import Token

from runbooks.reading.document import Command, CommandLine
from runbooks.reading.effects import is_known_command, tell_shell_effect
from runbooks.reading.parse import Parsed
from runbooks.reading.placeholders import MAX_CODE, SHELLS, find_in_code
from runbooks.reading.shell import iter_heredoc_marks
from runbooks.reading.sql import tell_sql_effect
from runbooks.reading.verbs import AMBIGUOUS_INLINE, RUNNERS

MAX_INLINE = 300  # characters
MAX_TITLE = 120

SQL = frozenset({"sql", "postgres", "postgresql", "pgsql", "psql", "plpgsql", "mysql", "mariadb", "tsql", "sqlite"})
_PROSE_LANGUAGES = frozenset(
    [
        "text",
        "txt",
        "plain",
        "plaintext",
        "ascii",
        "diagram",
        "tree",
        "markdown",
        "md",
        "mermaid",
        "plantuml",
        "dot",
        "graphviz",
        "output",
        "log",
        "none",
        "ditaa",
    ]
)
_CONSOLES = frozenset({"console", "terminal", "shell-session", "shellsession", "sh-session"})
_DRAWN = re.compile(r"[─-╿▲-◿←-⇿]|\+-{2,}|-{2,}>|<-{2,}|^\s*[|v^]\s*(?:\(.*\))?\s*$", re.MULTILINE)
_DOLLAR = re.compile(r"([ \t]*)(\$ )(?=\S)")
_HASH = re.compile(r"([ \t]*)(# )(?=\S)")
_HOST_PROMPT = re.compile(
    r"([ \t]*)((?:\[[\w.@~/ -]{1,60}\]|[\w.-]{1,40}@[\w.-]{1,60}:\S{0,60}|PS [A-Z]:\\\S{0,60})\s?[$#>] |"
    r"(?:mysql|MariaDB \[\S*\]|sqlite|redis|\d{1,3}(?:\.\d{1,3}){3}:\d{2,5})> |[a-z]\w{0,30}=[#>] |>>> )(?=\S)"
)
_CONTINUATION = re.compile(r"([ \t]*)(> ?)")
_EFFECT = re.compile(r"(?:^|[\s{,])effect=[\"']?(read|write)\b")
_TITLE = re.compile(r"(?:^|[\s{,])title=(?:\"([^\"]{1,200})\"|'([^']{1,200})'|(\S{1,200}))")
_SHELL_LIKE = re.compile(
    r"\s--?[A-Za-z0-9]|\$[({A-Za-z_]|[|><;]|&&|\s[\w.~-]*/[\w./-]|\s[\w-]+\.[a-z]{1,4}(?:\s|$)|\w=\S|\s\d+$"
)
_PATH_COMMAND = re.compile(r"(?:\./|/|~/|\.\./)[\w./-]+$")


@dataclass(frozen=True, slots=True)
class _Place:
    section: str
    section_title: str
    lead_in: str


def find_commands(parsed: Parsed) -> tuple[Command, ...]:
    """Every code block, and every code span that is a command, in order. Each token learns its own: `meta["command"]`."""
    titles = {section.anchor: section.title for section in parsed.sections}
    items = {block.line: " ".join(block.text.split()) for block in parsed.blocks if block.kind == "item"}
    lead_ins = {
        block.line: block.lead_in or items.get(block.in_item, "").rstrip(":")
        for block in parsed.blocks
        if block.kind == "code"
    }
    commands: list[Command] = []
    section = ""
    for token in parsed.tokens:
        if token.type == "heading_open":
            section = token.meta["anchor"]
        elif token.type in ("fence", "code_block"):
            line = (token.map[0] if token.map else 0) + 1
            command = _read_block(token, line, _Place(section, titles.get(section, ""), lead_ins.get(line, "")))
            token.meta["command"] = command
            commands.append(command)
        elif token.type == "inline" and "`" in token.content:
            commands += _read_spans(token, _Place(section, titles.get(section, ""), ""))
    return tuple(commands)


def is_shell(language: str) -> bool:
    """Whether code of that language is typed into a shell (no language at all counts)."""
    return language in SHELLS


def language_of(info: str) -> str:
    """The language of a fence: the first word of its info string, lower case."""
    words = re.split(r"[\s{,]", info.strip(), maxsplit=1)
    return words[0].lower() if "=" not in words[0] else ""


def _read_block(token: Token, line: int, place: _Place) -> Command:
    code, info = token.content, token.info.strip()
    language = language_of(info)
    if len(code) > MAX_CODE:
        whole = (CommandLine("command", code),)
        return Command(language, "", _find_title(info, (), place), place.section, line, code, whole, is_drawing=True)
    lines = split_lines(code, language)
    is_drawing = _is_drawing(code, language, lines)
    if is_drawing:
        lines = tuple(CommandLine("command" if text.strip() else "blank", text) for text in _split(code))
    names = dict.fromkeys(span.name for span in find_in_code(code, language))
    author = _EFFECT.search(info)
    effect = author[1] if author else ("" if is_drawing else _tell_effect(lines, language))
    title = _find_title(info, () if is_drawing else lines, place)
    return Command(language, effect, title, place.section, line, code, lines, tuple(names), is_drawing=is_drawing)


def _tell_effect(lines: tuple[CommandLine, ...], language: str) -> str:
    text = "\n".join(line.text for line in lines if line.kind in ("command", "comment", "blank"))
    if language in SQL:
        return tell_sql_effect(text)
    return tell_shell_effect(_fill(text)) if language in SHELLS else ""


def _fill(code: str) -> str:
    """The code with plain words for its placeholders, whose brackets would mean something to a shell."""
    parts: list[str] = []
    start = 0
    for span in find_in_code(code, "bash"):
        if code[span.start] == "$":
            continue
        parts += [code[start : span.start], "PLACEHOLDER"]
        start = span.end
    return "".join(parts) + code[start:]


def _find_title(info: str, lines: tuple[CommandLine, ...], place: _Place) -> str:
    said = _TITLE.search(info)
    if said:
        return (said[1] or said[2] or said[3])[:MAX_TITLE]
    comment = next((line for line in lines if line.kind != "blank"), None)
    if comment is not None and comment.kind == "comment":
        text = comment.text.strip().lstrip("#-/*").strip()
        if text and not comment.text.strip().startswith("#!"):
            return text[:MAX_TITLE]
    return (place.lead_in or place.section_title)[:MAX_TITLE]


def _is_drawing(code: str, language: str, lines: tuple[CommandLine, ...]) -> bool:
    if language in _PROSE_LANGUAGES:
        return True
    if language:
        return False
    if any(line.prompt for line in lines):
        return False
    if _DRAWN.search(code):
        return True
    return not any(_starts_command(line.text) for line in lines if line.kind == "command")


def _starts_command(text: str) -> bool:
    words = text.split(maxsplit=2)
    if not words or words[0].endswith(":"):
        return False
    if _PATH_COMMAND.match(words[0]) and not words[0].endswith("/"):
        return True
    if words[0] not in RUNNERS and not is_known_command(text):
        return False
    if len(words) == 1:
        return words[0] not in RUNNERS
    # `test the gate.` is a sentence, `test -f gate` a command.
    is_word = words[0] in AMBIGUOUS_INLINE or words[0] in RUNNERS or text.rstrip().endswith((".", "!", "?", ":"))
    return not is_word or _SHELL_LIKE.search(text) is not None


def split_lines(code: str, language: str) -> tuple[CommandLine, ...]:
    """The lines of a block, each a command, a comment, output or blank.

    Prompts are looked for in shell blocks. Where a block has prompts, a line without one is output, unless it continues the
    command before it (`\\` at its end, a `> ` prompt, or the body of a heredoc).
    """
    texts = _split(code)
    if language in SQL:
        return tuple(_read_line(text, ("--", "/*")) for text in texts)
    if language not in SHELLS:
        return tuple(CommandLine("command" if text.strip() else "blank", text) for text in texts)
    if any(_match_prompt(text, language) for text in texts):
        return _split_session(texts, language)
    return _split_script(texts)


def _split(code: str) -> list[str]:
    lines = code.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def _read_line(text: str, comment_marks: tuple[str, ...]) -> CommandLine:
    bare = text.strip()
    if not bare:
        return CommandLine("blank", text)
    return CommandLine("comment" if bare.startswith(comment_marks) else "command", text)


def _split_script(texts: list[str]) -> tuple[CommandLine, ...]:
    lines: list[CommandLine] = []
    heredocs: list[str] = []
    continues = False
    for text in texts:
        if heredocs:
            lines.append(CommandLine("command", text))
            if text.strip() == heredocs[0]:
                heredocs.pop(0)
            continue
        line = CommandLine("command", text) if continues and text.strip() else _read_line(text, ("#", "-- "))
        lines.append(line)
        continues = line.kind == "command" and text.rstrip().endswith("\\")
        if line.kind == "command" and "<<" in text:
            heredocs = list(iter_heredoc_marks(text))
    return tuple(lines)


def _match_prompt(text: str, language: str) -> re.Match[str] | None:
    match = _DOLLAR.match(text) or _HOST_PROMPT.match(text)
    return match or (_HASH.match(text) if language in _CONSOLES else None)


def _split_session(texts: list[str], language: str) -> tuple[CommandLine, ...]:
    has_user_prompt = any(_DOLLAR.match(text) for text in texts)
    lines: list[CommandLine] = []
    heredocs: list[str] = []
    continues = False
    for text in texts:
        line = _read_session_line(text, language, continues or bool(heredocs), has_user_prompt)
        if not line.prompt and not heredocs and not continues and line.kind == "command":
            line = CommandLine("output", text)
        lines.append(line)
        if heredocs and line.text.strip() == heredocs[0]:
            heredocs.pop(0)
        elif line.kind == "command" and not heredocs:
            heredocs = list(iter_heredoc_marks(line.text)) if "<<" in line.text else []
        continues = line.kind == "command" and line.text.rstrip().endswith("\\")
    return tuple(lines)


def _read_session_line(text: str, language: str, continues: bool, has_user_prompt: bool) -> CommandLine:
    if not text.strip():
        return CommandLine("blank", text)
    more = _CONTINUATION.match(text) if continues else None
    if more:
        return CommandLine("command", text[more.end() :], more[2])
    if continues:
        return CommandLine("command", text)
    prompt = _match_prompt(text, language)
    if prompt and not (has_user_prompt and prompt[2] == "# "):
        return CommandLine("command", text[prompt.end() :], prompt[2])
    if text.lstrip().startswith("#"):
        return CommandLine("comment", text)
    return CommandLine("command", text)


def _read_spans(inline: Token, place: _Place) -> list[Command]:
    commands: list[Command] = []
    line = (inline.map[0] if inline.map else 0) + 1
    depth = 0
    for token in inline.children or []:
        if token.type in ("softbreak", "hardbreak"):
            line += 1
        depth += (token.type == "link_open") - (token.type == "link_close")
        if token.type != "code_inline" or depth or not is_inline_command(token.content):
            continue
        command = _make_span(token.content, line, place)
        token.meta["command"] = command
        commands.append(command)
    return commands


def is_inline_command(text: str) -> bool:
    """Whether a code span is something to type: a known tool with at least one argument."""
    code = text.removeprefix("$ ")
    words = code.split(maxsplit=2)
    if len(words) < 2 or len(code) > MAX_INLINE or words[0] in AMBIGUOUS_INLINE or words[1] in ("=", "|", "->", "→"):
        return False
    return _starts_command(code)


def _make_span(text: str, line: int, place: _Place) -> Command:
    prompt = "$ " if text.startswith("$ ") else ""
    code = text.removeprefix(prompt)
    names = dict.fromkeys(span.name for span in find_in_code(code, "bash"))
    lines = (CommandLine("command", code, prompt),)
    return Command(
        "",
        tell_shell_effect(_fill(code)),
        code[:MAX_TITLE],
        place.section,
        line,
        text,
        lines,
        tuple(names),
        inline=True,
    )
