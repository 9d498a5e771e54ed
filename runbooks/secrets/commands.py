"""Credentials in addresses, command lines and headers: told by their place, so no name needs to stand beside them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from runbooks.secrets.examples import is_example

# The value of an option: quoted, or up to the next blank.
_VALUE = r"""(?P<value>"[^"\n]{1,200}"|'[^'\n]{1,200}'|[^\s"'|;&]{1,200})"""
_BEFORE = r"[^|;\n]{0,240}?\s"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a credential stands. The pattern's `value` is it, `user` (if any) the name it belongs to."""

    kind: str
    needles: tuple[str, ...]
    pattern: re.Pattern[str]

    def is_in(self, line: str) -> bool:
        """Whether the line holds one that is no example."""
        return any(_is_real(match) for match in self.pattern.finditer(line))

    def find_places(self, text: str) -> Iterator[int]:
        """Where in the whole text they stand: for a place without anything to look for beforehand."""
        return (match.start() for match in self.pattern.finditer(text) if _is_real(match))


def _is_real(match: re.Match[str]) -> bool:
    found = match.groupdict()
    user, value = found.get("user") or "", found["value"].strip("\"'`")
    if (found.get("scheme") or "").lower() == "basic":
        return _is_real_basic(value)
    return not is_example(value) and value.lower() != user.lower()


def _is_real_basic(value: str) -> bool:
    """`Authorization: Basic …` carries `user:password` in base64."""
    if is_example(value):
        return False
    try:
        user, colon, password = base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return False
    return bool(colon) and not is_example(password) and password.lower() != user.lower()


def _place(kind: str, needles: str, pattern: str, flags: int = 0) -> Place:
    return Place(kind, tuple(needles.split()), re.compile(pattern.replace("{value}", _VALUE), flags))


PLACES: tuple[Place, ...] = (
    _place(
        "password in an address",
        "://",
        r"(?<=://)(?P<user>[^\s:/?#@\[\]<>\"'`]{0,80}):(?P<value>[^\s/?#@\"'`]{1,200}(?:[^\s@\"'`/]{0,60}))@(?=[\w.\[$<{-])",
    ),
    _place(
        "password in a command",
        "curl",
        r"\bcurl\b"
        + _BEFORE
        + r"(?:-[a-zA-Z]{0,6}u\s{0,4}|--(?:proxy-)?user[ =])[\"']?(?P<user>[^\s:\"'|]{0,80}):(?P<value>[^\s\"']{1,200})",
    ),
    _place(
        "password in a command",
        "mysql maria",
        r"\b(?:mysql|maria)\w{0,12}(?:-\w{1,10})?\b" + _BEFORE + r"-p(?=\S){value}",
    ),
    _place("password in a command", "sshpass", r"\bsshpass\s{1,4}-p\s{0,4}{value}"),
    _place(
        "password in a command",
        "redis-cli valkey-cli",
        r"\b(?:redis|valkey)-cli\b" + _BEFORE + r"(?:-a|--pass)\s{1,4}{value}",
    ),
    _place(
        "password in a command",
        "login",
        r"\b(?:docker|podman|az|oc|helm registry|nerdctl)\s{1,4}login\b" + _BEFORE + r"-p[ =]{value}",
    ),
    _place(
        "password in a command",
        "ldap",
        r"\bldap(?:search|modify|add|delete|passwd|whoami)\b" + _BEFORE + r"-w\s{1,4}{value}",
    ),
    _place(
        "password in a command",
        "smbclient rpcclient winexe",
        r"\b(?:smbclient|rpcclient|winexe)\b" + _BEFORE + r"-U\s{0,4}['\"]?[\w\\/.-]{1,60}%(?P<value>[^\s'\"]{1,100})",
    ),
    _place("password in a command", "-pass", r"\s-pass(?:in|out)?\s{1,4}['\"]?pass:{value}"),
    _place(
        "password in a command",
        "htpasswd",
        r"\bhtpasswd\b[^|;\n]{0,100}?\s-\w{0,6}b\w{0,6}\s{1,4}\S{1,100}\s{1,4}(?P<user>\S{1,80})\s{1,4}{value}",
    ),
    _place(
        "password in a command",
        "chpasswd",
        r"echo\s{1,4}['\"]?(?P<user>[\w.-]{1,40}):(?P<value>[^\s'\"|]{1,100})['\"]?\s{0,4}\|\s{0,4}(?:sudo\s{1,4})?chpasswd",
    ),
    _place(
        "password in a command",
        "--stdin --password-stdin sudo",
        r"echo\s{1,4}(?:-n\s{1,4})?{value}\s{0,4}\|[^|\n]{0,120}(?:--(?:password-)?stdin|sudo\s[^|\n]{0,20}-S\b)",
    ),
    _place(
        "password in a command",
        "net user",
        r"\bnet\s{1,4}user\s{1,4}(?P<user>[\w.-]{1,40})\s{1,4}(?![/*])(?P<value>\S{4,100})(?=\s|$)",
        re.IGNORECASE,
    ),
    _place(
        "password in a command", "--from-literal", r"--from-literal[= ]['\"]?[\w.-]{1,80}=(?P<value>[^\s'\"]{1,300})"
    ),
    _place(
        "password in a command",
        "convertto-securestring",
        r"ConvertTo-SecureString\s{1,4}(?:-String\s{1,4})?(?P<value>\"[^\"\n]{1,200}\"|'[^'\n]{1,200}')",
        re.IGNORECASE,
    ),
    _place(
        "password in a statement",
        "identified",
        r"\bIDENTIFIED\s{1,4}(?:WITH\s{1,4}\w{1,40}\s{1,4})?(?:BY|AS)\s{1,4}(?P<value>'[^'\n]{1,200}'|\"[^\"\n]{1,200}\")",
        re.IGNORECASE,
    ),
    _place(
        "password in a statement",
        "password",
        r"\b(?:ENCRYPTED\s{1,4})?PASSWORD\s{1,4}(?P<value>'[^'\n]{1,200}')",
        re.IGNORECASE,
    ),
    _place(
        "password in a setting", "requirepass masterauth", r"\b(?:requirepass|masterauth)\s{1,8}{value}", re.IGNORECASE
    ),
    _place(
        "password in a command",
        "configure",
        r"\bconfigure\s{1,4}set\s{1,4}\S{0,80}(?:secret_access_key|session_token)\s{1,4}{value}",
    ),
    _place(
        "password in a setting",
        "</",
        r"<(?P<user>[\w.:-]{0,40}(?:password|passwd|passphrase|secret|apikey|api_key))>\s{0,8}(?P<value>[^<>\s]{4,200})\s{0,8}</",
        re.IGNORECASE,
    ),
    _place(
        "password in .netrc",
        "machine",
        r"\bmachine\s{1,8}\S{1,120}\s{1,8}login\s{1,8}(?P<user>\S{1,80})\s{1,8}password\s{1,8}(?P<value>\S{1,200})",
    ),
    _place("password in .netrc", "password", r"^\s{0,8}password\s{1,8}(?P<value>[^\s'\"|]{6,200}(?<=[^.:,]))\s{0,4}$"),
    _place(
        "credential in a header",
        "authorization",
        r"\bauthorization[\"']?\s{0,4}[:=]\s{0,4}[\"'`]?(?P<scheme>bearer|basic|token|apikey|api-key|geniekey|splunk|bot)\s{1,4}"
        r"(?P<value>[\w.~+/=:-]{6,2000}|[<\[{$][^\n]{0,80})",
        re.IGNORECASE,
    ),
)

PGPASS = _place(
    "password in .pgpass",
    "",
    r"^(?:[\w.-]{1,120}|\*):(?:\d{2,5}|\*):(?:[\w-]{1,63}|\*):(?P<user>[\w-]{1,63}|\*):(?P<value>[^\s:]{4,200})$",
    re.MULTILINE,
)
