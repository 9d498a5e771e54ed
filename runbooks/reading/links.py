"""Where links and images may lead, and what is printed for those that may not."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

from runbooks.reading.anchors import normalise_fragment

Resolve = Callable[[str], str | None]

MEDIA = "/runbooks/images/"  # where the portal keeps the images it took in

_SAFE_CHARACTERS = "!#$%&'()*+,/:;=?@[]~-._"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_ALLOWED = frozenset({"http", "https", "mailto", "tel"})
_HIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]+")


class Links:
    """The link policy of one document: its anchors, and a way to find the documents beside it."""

    def __init__(self, anchors: frozenset[str], resolve: Resolve | None) -> None:
        self._anchors = anchors
        self._resolve = resolve
        self._found: dict[str, str | None] = {}

    def href(self, target: str) -> str | None:
        """The address to print for a link, or None when it leads nowhere or nowhere safe."""
        target = target.strip()
        if target.startswith("#"):
            anchor = normalise_fragment(target[1:])
            return f"#{anchor}" if anchor in self._anchors else None
        if target.startswith("//"):
            return _encode(f"https:{target}")
        scheme = _scheme_of(target)
        if scheme:
            return _encode(target) if scheme in _ALLOWED else None
        return self.find_relative(target)

    def src(self, target: str) -> str | None:
        """The address of an image: the portal's own media or https, else None."""
        target = target.strip()
        scheme = _scheme_of(target)
        if not scheme and not target.startswith(("/", "#")):
            target = self.find_relative(target) or ""
            scheme = _scheme_of(target)
        if scheme:
            return _encode(target) if scheme == "https" else None
        return _encode(target) if target.startswith(MEDIA) and ".." not in target else None

    def find_relative(self, target: str) -> str | None:
        """The portal's address for a relative target; each target is looked up once."""
        if self._resolve is None or not target:
            return None
        if target not in self._found:
            found = self._resolve(target)
            is_safe = found is not None and _scheme_of(found) in ("", "http", "https")
            self._found[target] = _encode(found) if found is not None and is_safe else None
        return self._found[target]


def is_external(href: str) -> bool:
    """Whether a printed address leaves the portal."""
    return href.startswith(("http://", "https://"))


def _scheme_of(target: str) -> str:
    """Lower case, found as a browser finds it: control characters and blanks do not hide it."""
    visible = _HIDDEN.sub("", target)
    match = _SCHEME.match(visible)
    if match is None:
        return ""
    return match[1].lower()


def _encode(address: str) -> str:
    try:
        return quote(address, safe=_SAFE_CHARACTERS)
    except UnicodeEncodeError:  # a lone surrogate
        return quote(address, safe=_SAFE_CHARACTERS, errors="replace")
