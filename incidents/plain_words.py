"""The HTML of a short text as plain paragraphs, for messages that know no Markdown. Pure: no Django."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "h4", "h5", "h6", "pre", "blockquote", "ul", "ol", "div", "table", "hr"})
_LINES = frozenset({"br", "li", "tr"})


def to_plain(html: str) -> str:
    """Paragraphs separated by empty lines; list items begin with a dash, a link's address follows it in brackets."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    text = "".join(reader.parts)
    lines = (line.strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._href = ""
        self._link_from = 0
        self._is_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in _BLOCKS:
            self.parts.append("\n\n")
        elif tag in _LINES:
            self.parts.append("\n- " if tag == "li" else "\n")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag == "img":
            self.parts.append(f"[{values.get('alt') or 'picture'}]")
        elif tag == "a":
            self._href, self._link_from = values.get("href") or "", len(self.parts)
        self._is_code = self._is_code or tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n\n")
        elif tag == "a" and self._href:
            words = "".join(self.parts[self._link_from :]).strip()
            if words != self._href.removeprefix("mailto:"):
                self.parts.append(f" ({self._href})")
            self._href = ""
        if tag == "pre":
            self._is_code = False

    def handle_data(self, data: str) -> None:
        self.parts.append(data if self._is_code else data.replace("\n", " "))
