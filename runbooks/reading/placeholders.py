"""Placeholders: the gaps an author left for the reader to fill, in prose and in code.

`[Service Name]`, `<pod-name>` (code only), `$DB_HOST` and `${NAME}` (shell only) and `{{ name }}` are one kind of thing: a
variable of the document. What only looks like one (links, array indexes, shell tests, character classes, JSON) is left alone.
Every pattern has a bounded length, so looking takes time linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_LENGTH = 200
MAX_CODE = 100_000  # characters; a longer block is shown as text, and nobody fills its gaps
SHELLS = frozenset(
    {"", "bash", "sh", "shell", "zsh", "ksh", "console", "terminal", "shell-session", "shellsession", "sh-session"}
)

_BRACKET = re.compile(rf"\[([^\[\]\n]{{1,{MAX_LENGTH}}})\]")
_ANGLE = re.compile(r"(?<![\w<\\])<([A-Za-z][\w .:/-]{0,58}[A-Za-z0-9]|[A-Za-z]{2,})>")
_MUSTACHE = re.compile(r"\{\{[ \t]{0,4}([A-Za-z][\w .-]{0,60}?)[ \t]{0,4}\}\}")
_VARIABLE = re.compile(r"(?<![\\$\w])\$(?:([A-Za-z_]\w{0,60})(?!\w)|\{([A-Za-z_]\w{0,60})\})")
_TEMPLATE = re.compile(r"\{\{[^{}\n]{0,300}\}\}")
_ASSIGNED = re.compile(
    r"(?:^|[;&|(\s])(?:(?:export|local|declare|readonly|typeset)[ \t]+(?:-\w+[ \t]+)?)?([A-Za-z_]\w{0,60})\+?="
    r"|\bfor[ \t]+([A-Za-z_]\w{0,60})[ \t]+in\b"
    r"|\bread[ \t]+(?:-\w+[ \t]+)*([A-Za-z_]\w{0,60})"
    r"|\bselect[ \t]+([A-Za-z_]\w{0,60})[ \t]+in\b",
    re.MULTILINE,
)
_ALWAYS_SET = frozenset(
    [
        "HOME",
        "PATH",
        "USER",
        "PWD",
        "OLDPWD",
        "SHELL",
        "LANG",
        "TERM",
        "RANDOM",
        "LINENO",
        "SECONDS",
        "UID",
        "EUID",
        "PPID",
        "IFS",
        "TMPDIR",
        "EDITOR",
        "LOGNAME",
        "NF",
        "NR",
        "FS",
        "RS",
        "OFS",
        "FILENAME",
        "BASH_SOURCE",
        "REPLY",
        "OPTARG",
        "OPTIND",
    ]
)
_TEMPLATE_WORDS = frozenset({"end", "else", "nil", "true", "false", "range", "block", "content"})
_RANGES = re.compile(r"\^|(?:[A-Za-z0-9]-[A-Za-z0-9][._\-+/%:]*)+$|:\w+:$|\\")
_LOG_WORDS = frozenset(
    [
        "ok",
        "info",
        "warn",
        "warning",
        "error",
        "err",
        "debug",
        "fatal",
        "fail",
        "failed",
        "notice",
        "trace",
        "critical",
        "done",
        "todo",
        "x",
    ]
)
_SECTION_LANGUAGES = frozenset({"ini", "toml", "conf", "cfg", "systemd", "properties"})
_LIST_LANGUAGES = frozenset(
    [
        "yaml",
        "yml",
        "json",
        "json5",
        "python",
        "py",
        "js",
        "javascript",
        "ts",
        "typescript",
        "go",
        "rust",
        "ruby",
        "promql",
        "hcl",
        "tf",
        "jsonnet",
    ]
)
_MARKUP_LANGUAGES = frozenset(
    {"html", "xml", "svg", "jsx", "tsx", "vue", "markdown", "md", "java", "cpp", "c++", "rust", "go"}
)
_PLAIN_WORDS = re.compile(r"[\w -]+$")
_DATE_FORM = re.compile(r"[YMDHS:/ -]{4,}$", re.IGNORECASE)
_ACRONYMS = frozenset(
    [
        "api",
        "cpu",
        "cdn",
        "db",
        "dns",
        "id",
        "ip",
        "rpo",
        "rto",
        "slo",
        "sla",
        "sql",
        "ssh",
        "ssl",
        "tls",
        "ttl",
        "url",
        "vpc",
    ]
)


@dataclass(frozen=True, slots=True)
class Span:
    """A placeholder in a piece of text: text[start:end]."""

    start: int
    end: int
    name: str
    label: str


def find_in_prose(text: str) -> list[Span]:
    """`[Service Name]` and `{{ name }}` in plain text (links, task boxes and footnotes are already out of it)."""
    if "[" not in text and "{{" not in text:
        return []
    spans = [_span(match) for match in _BRACKET.finditer(text) if _is_gap(match) and _is_prose_gap(match)]
    return _in_order(spans + _find_mustaches(text))


def find_assigned(code: str) -> frozenset[str]:
    """The shell variables that a block sets itself (assignments, loops, `read`): those are nobody's placeholders."""
    if "$" not in code:
        return frozenset()
    return frozenset(name for groups in _ASSIGNED.findall(code) for name in groups if name)


def find_in_code(text: str, language: str = "", assigned: frozenset[str] | None = None) -> list[Span]:
    """Placeholders in code. `assigned` holds the variables of the block that a line is part of (default: the text's own)."""
    spans: list[Span] = []
    if "[" in text:
        spans += [_span(match) for match in _BRACKET.finditer(text) if _is_gap(match) and _is_code_gap(match, language)]
    if "<" in text and language not in _MARKUP_LANGUAGES:
        spans += [_span(match) for match in _ANGLE.finditer(text)]
    if "$" in text and language in SHELLS:
        spans += _find_variables(text, find_assigned(text) if assigned is None else assigned)
    return _in_order(spans + _find_mustaches(text))


def make_name(text: str) -> str:
    """The slug that all forms of one placeholder share: `[Service Name]`, `<service_name>`, `$SERVICE_NAME` → `service-name`."""
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-")[:80]


def make_label(text: str) -> str:
    """A placeholder for people: `service-name` and `SERVICE_NAME` become "Service name"; what has a form of its own stays."""
    text = text.strip()
    if not _PLAIN_WORDS.match(text) or _DATE_FORM.match(text) or (" " in text and text.upper() != text):
        return text[:1].upper() + text[1:]
    words = [word.upper() if word.lower() in _ACRONYMS else word.lower() for word in re.split(r"[\s_-]+", text) if word]
    label = " ".join(words)
    return label[:1].upper() + label[1:]


def _span(match: re.Match[str]) -> Span:
    inner = next(group for group in match.groups() if group is not None)
    return Span(match.start(), match.end(), make_name(inner), make_label(inner))


def _find_mustaches(text: str) -> list[Span]:
    if "{{" not in text:
        return []
    return [_span(match) for match in _MUSTACHE.finditer(text) if match[1].split()[0] not in _TEMPLATE_WORDS]


def _find_variables(text: str, assigned: frozenset[str]) -> list[Span]:
    # What stands in {{ }} belongs to a template language: blanked out, so that positions stay.
    shell = _TEMPLATE.sub(lambda match: " " * len(match[0]), text) if "{{" in text else text
    return [
        _span(match)
        for match in _VARIABLE.finditer(shell)
        if (name := match[1] or match[2]) not in assigned
        and name not in _ALWAYS_SET
        and make_name(name)
        and (len(name) > 1 or name.isupper())
    ]


def _is_gap(match: re.Match[str]) -> bool:
    inner = match[1]
    if inner != inner.strip() or len(inner) < 2 or inner[0] in "^!-@" or not make_name(inner):
        return False
    if not any(char.isalpha() for char in inner):
        return False
    return inner.lower() not in _LOG_WORDS


def _is_prose_gap(match: re.Match[str]) -> bool:
    text, end = match.string, match.end()
    return text[end : end + 1] not in ("(", "[") and text[match.start() - 1 : match.start()] not in ("\\", "]")


def _is_code_gap(match: re.Match[str], language: str) -> bool:
    text, inner = match.string, match[1]
    before = text[match.start() - 1] if match.start() else ""
    after = text[match.end() : match.end() + 1]
    if before and (before.isalnum() or before in "_})]$\\."):
        return False  # an index, a range vector, an escaped bracket
    if after in ("+", "*", "{", "?") or _RANGES.match(inner):
        return False  # a character class
    if any(char in inner for char in "\"'`$={};|\\") and not _is_sentence(inner):
        return False
    if re.match(r"\d+[smhdwy]$|\d+(?:,\s*\d+)*$|\w+@\S+ \S+$", inner):
        return False  # a duration, a list of numbers, a prompt
    if language in _SECTION_LANGUAGES and not text[text.rfind("\n", 0, match.start()) + 1 : match.start()].strip():
        return False
    return not (language in _LIST_LANGUAGES and ("," in inner or inner.isalpha()))


def _is_sentence(inner: str) -> bool:
    return inner.count(" ") >= 2 and not any(char in inner for char in '"`$={}\\')


def _in_order(spans: list[Span]) -> list[Span]:
    """By position, without overlaps: the first one that starts wins."""
    result: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if span.name and (not result or span.start >= result[-1].end):
            result.append(span)
    return result
