"""Addresses that lead out of a text: as they are asked for, which host answers for them, and which are left alone. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

LONGEST = 2000  # characters of an address that is asked for
LONGEST_HOST = 253  # RFC 1035
NO_HOST = "(no host)"
PORTS = {"http": 80, "https": 443}

# RFC 2606 and 6761: names that are nobody's.
_NOBODYS = (".example", ".test", ".invalid", ".localhost")
_EXAMPLES = ("example.com", "example.net", "example.org")
# RFC 6762, 7686, 8375, and what networks of one's own are called by habit.
_INNER = (".local", ".internal", ".intranet", ".lan", ".home.arpa", ".corp", ".home", ".private", ".onion")
# `<host>`, `{{ host }}`, `{host}`, `[host]`, `$HOST`, `${HOST}`; OData's `?$filter=` is none.
_GAP = re.compile(r"<[^<>]{1,200}>|\{[^{}]{1,200}\}|\[[^\[\]]{1,200}\]|(?<![?&])\$\{?[A-Za-z_]")
_ODD = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029]")
_SAFE = "!#$%&'()*+,/:;=?@[]~-._"


def find_address(target: str) -> str:
    """The address that a link of a text leads to, without its anchor; "" when it does not lead to the web.

    Scheme and host are written small, and the usual port is left out, so that one place has one address.
    """
    target = target.strip()
    if target.startswith("//"):
        target = f"https:{target}"
    if not target.lower().startswith(("http://", "https://")):
        return ""
    address = target.partition("#")[0]
    parts = _split(address)
    if parts is None or parts.username is not None or parts.password is not None:
        return address
    netloc = _name_host(parts) or parts.netloc
    return urlunsplit((parts.scheme.lower(), netloc, parts.path or "/", parts.query, ""))


def find_addresses(links: Iterable[Mapping[str, Any]], own: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Those links of a stored document that lead out to the web, each with its address; `own` is the portal's own."""
    for link in links:
        url = find_address(str(link["target"]).replace("\0", "")) if link["kind"] in ("external", "relative") else ""
        if url and not f"{url}/".startswith(f"{own}/"):
            yield link, url


def digest(address: str) -> str:
    """What an address is kept by: it may be longer than an index holds."""
    return hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()


def find_host(address: str) -> str:
    """The host that answers for it, small, with the port where it is not the usual one; NO_HOST when there is none."""
    parts = _split(address)
    return (parts and _name_host(parts)) or NO_HOST


def find_obstacle(address: str, *, private: bool) -> str:
    """Why an address is not asked for, in a sentence; "" when it is. `private`: networks of one's own are asked too."""
    if len(address) > LONGEST:
        return f"It is longer than {LONGEST:,} characters."
    parts = _split(address)
    if parts is None or parts.scheme.lower() not in PORTS or not parts.hostname:
        return "It is no web address."
    if parts.username is not None or parts.password is not None:
        return "It holds a name or a password, and the portal sends none."
    host = parts.hostname.lower().rstrip(".")
    if _has_gap(parts):
        return "It holds a placeholder."
    if _ODD.search(address) or len(host) > LONGEST_HOST or parts.port == 0:
        return "It is no web address."
    return _judge_name(host, private=private)


def encode(address: str) -> str:
    """The address as it stands in a request: ASCII, with what is no part of an address in percent (RFC 3986)."""
    parts = urlsplit(address)
    path, query = (quote(part, safe=_SAFE, errors="replace") for part in (parts.path, parts.query))
    return urlunsplit((parts.scheme, parts.netloc, path or "/", query, ""))


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises for what is no port
    except ValueError:
        return None
    return parts


def _name_host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if not host or len(host) > LONGEST_HOST:
        return ""
    shown = f"[{host}]" if ":" in host else host
    usual = parts.port is None or parts.port == PORTS.get(parts.scheme.lower())
    return shown if usual else f"{shown}:{parts.port}"


def _has_gap(parts: SplitResult) -> bool:
    host = (parts.hostname or "").strip("[]")
    return "$" in host or any(_GAP.search(unquote(part)) for part in (host, parts.path, f"?{parts.query}"))


def _judge_name(host: str, *, private: bool) -> str:
    if host.endswith(_NOBODYS) or any(host == name or host.endswith(f".{name}") for name in _EXAMPLES):
        return "Its name is kept for examples (RFC 2606), so nobody answers there."
    if private:
        return ""
    if host == "localhost":
        return "It means the reader's own machine."
    if host.endswith(_INNER) or ("." not in host and ":" not in host and not host.isdigit()):
        return "Its name is one of a private network, where the portal does not go."
    return ""
