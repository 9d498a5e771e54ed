"""What must not be in a page: looked for with a parser of its own, not with the one that cleaned it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from runbooks.reading.links import MEDIA

_FORBIDDEN = {
    *(
        "script",
        "style",
        "iframe",
        "object",
        "embed",
        "form",
        "meta",
        "link",
        "base",
        "svg",
        "math",
        "textarea",
        "select",
    ),
    *("noscript", "template", "title", "frame", "applet", "audio", "video"),
}
_OUR_DATA = {
    "data-tone",
    "data-effect",
    "data-align",
    "data-copy",
    "data-kind",
    "data-size",
    "data-var",
    "data-empty",
    "data-missing",
}


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _FORBIDDEN:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            self._check(tag, name, (value or "").strip())

    def _check(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on") or name in ("style", "srcdoc", "formaction", "action", "xlink:href", "background"):
            self.found.append(f"{tag} {name}")
        if name.startswith("data-") and name not in _OUR_DATA:
            self.found.append(f"{tag} {name}")
        if name == "href" and not re.match(r"(?:https?:|mailto:|tel:|#|/|\.{0,2}/|[\w%.-]*(?:[/?#]|$))", value):
            self.found.append(f"{tag} {name}={value}")
        if name == "src" and not value.startswith(("https://", MEDIA)):
            self.found.append(f"{tag} {name}={value}")
        if name == "src" and ".." in value:
            self.found.append(f"{tag} {name}={value}")

    def handle_comment(self, data: str) -> None:
        self.found.append("comment")


def find_unsafe(html: str) -> list[str]:
    """Each thing in the page that must not be there."""
    finder = _Finder()
    finder.feed(html)
    finder.close()
    return finder.found
