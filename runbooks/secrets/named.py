"""Credentials that are told by the name beside them: `DB_PASSWORD=…`, `api_key: …`, `| Password | … |`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from runbooks.secrets.examples import is_example, is_plain_words, looks_secret

NEEDLES = ("pass", "pwd", "secret", "token", "key", "credential")

_KEYS = "api|apikey|access|secret|private|encryption|signing|account|storage|master|auth|integration|service|app|shared"
_NAME = re.compile(
    r"(?P<password>pass[-_ ]?(?:word|wd|phrase|code)|passwd|(?<![a-z])pwd|_pwd|(?<=[_.-])pass(?![a-z])|(?<![\w-])pass(?= ?[=:]))"
    rf"|(?P<key>apikey|(?:{_KEYS}|application)[-_ ]?key)"
    r"|(?P<token>token)|(?P<secret>secret|credential)s?",
    re.IGNORECASE,
)
_SUFFIX = r"(?:[-_ ]?(?:prod|production|stage|staging|dev|test|live|old|new|value|base|plain|b64|base64|key|\d{1,3})(?![a-z]))?"
_VALUE = r"""(?P<value>\\?"[^"\n]{0,200}"|'[^'\n]{0,200}'|`[^`\n]{0,200}`|[^\s|]{1,200})(?P<rest>[^\n]{0,40})"""
_AFTER = re.compile(
    _SUFFIX
    + r"[\\\"'`*_\])]{0,4}[ \t]{0,20}(?:\([^()\n]{0,40}\)[ \t]{0,4})?[*_]{0,2}"
    + r"(?P<separator>:=|=>|=(?![=~>])|:(?![:/=])|\|)[*_]{0,2}[ \t]{0,60}"
    + _VALUE,
    re.IGNORECASE,
)
_NAME_SIGNS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
_AFTER_OPTION = re.compile(r"[ \t]{1,4}(?!-)" + _VALUE)
_SAID = re.compile(
    r"[ \t]{1,4}(?:(?:is|was|are|to|of|set to|is set to|is now|changed to)[ \t]{0,4}:?[ \t]{0,4})?" + _VALUE,
    re.IGNORECASE,
)
# Names that end like a credential's and are none.
_OTHER = re.compile(
    r"(?<![a-z])(?:csrf|xsrf|next|prev|page|continue|continuation|sync|resume|fencing|max|min|num|public|no|reset|per|stop|pad|eos|unk)"
    r"[-_ ]?$",
    re.IGNORECASE,
)
# A name inside the address of a place where secrets are kept.
_KEPT = re.compile(r"\b(?:arn|vault|op|ssm|secretsmanager|keyvault):\S{0,80}$", re.IGNORECASE)
_KINDS = {"password": "password", "key": "API or access key", "token": "token", "secret": "secret"}


@dataclass(frozen=True, slots=True)
class _Found:
    """A name, and the value beside it."""

    family: str
    name: str
    separator: str  # "=", ":", "|", " " for an option, "" for a sentence
    value: str
    rest: str

    @property
    def quote(self) -> str:
        first = self.value.lstrip("\\")[:1]
        return first if first in "\"'`" else ""


def find_named(line: str, *, is_code: bool) -> str:
    """The kind of the first credential that a name in the line tells of; "" when there is none."""
    for match in _NAME.finditer(line):
        before = line[max(0, match.start() - 90) : match.start()]
        if _OTHER.search(before[-20:]) or (":" in before and _KEPT.search(before)):
            continue
        found = _read(line, match, before)
        if found is not None and _is_real(found, is_code=is_code):
            return _KINDS[found.family]
    return ""


def _read(line: str, match: re.Match[str], before: str) -> _Found | None:
    family = str(match.lastgroup)
    prefix = before[len(before.rstrip(_NAME_SIGNS)) :]
    after = _AFTER.match(line, match.end())
    separator = after["separator"][-1] if after else ""
    if after is None and prefix.startswith("-"):
        after, separator = _AFTER_OPTION.match(line, match.end()), " "
    elif after is None and family == "password":
        after = _SAID.match(line, match.end())
    if after is None:
        return None
    separator = "=" if separator == ">" else separator
    return _Found(family, prefix + match[0], separator, after["value"], after["rest"])


def _is_real(found: _Found, *, is_code: bool) -> bool:
    value = found.value.strip("\\\"'`")
    if not found.quote:
        value = re.split(r"[&;]", value, maxsplit=1)[0].strip("\\\"'`,*)}")
    if is_example(value, found.name) or (not found.quote and value.startswith("#")):
        return False
    if " " in value:
        return found.quote != "`" and any(looks_secret(piece) for piece in value.split()) and len(value) < 60
    if found.family != "password":
        return looks_secret(value) or _is_long_and_mixed(value)
    if found.separator in ("=", " ") or (found.quote and found.separator):
        return not value.isdigit() or len(value) > 4
    is_alone = not found.rest.strip(" ,*}") or found.rest.lstrip().startswith("#")
    if is_code and found.separator == ":" and is_alone:
        return looks_secret(value) or (value.isalnum() and not value.isdigit()) or (value.isdigit() and len(value) > 4)
    return looks_secret(value) and not is_plain_words(value)


def _is_long_and_mixed(value: str) -> bool:
    """Random letters alone, in both cases."""
    return len(value) >= 20 and value.isalnum() and value.lower() != value and not value.isupper()
