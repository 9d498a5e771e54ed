"""Raw HTML made harmless: the author's tags lose their attributes before rendering, and the whole page is cleaned at the end.

Two steps, because our own markup needs classes and ids that an author must not set: `RawHtml` rewrites what the author wrote,
and `clean` lets through only the elements and attributes that this package prints.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from html import escape, unescape

import nh3

_TEXT = "b i em strong code kbd samp sub sup del ins s u mark small abbr q cite span br wbr tt strike dfn time"
_BLOCKS = "p div pre blockquote hr ul ol li dl dt dd details summary center figure figcaption"
_TABLES = "table caption colgroup col thead tbody tfoot tr th td"
_HEADINGS = "h1 h2 h3 h4 h5 h6"
AUTHOR_TAGS = frozenset(f"{_TEXT} {_BLOCKS} {_TABLES} {_HEADINGS} a img".split())
VOID = frozenset({"br", "hr", "img", "wbr", "col", "input"})
_RENAMED = {"tt": "code", "strike": "s", "center": "div", "h1": "h2"}
_DROPPED_WITH_CONTENT = (
    "script style iframe object embed noscript template svg math textarea title select xmp noembed noframes"
)
_KNOWN_TAGS = AUTHOR_TAGS | frozenset(
    f"""{_DROPPED_WITH_CONTENT} html head body meta link base form input button label option optgroup fieldset legend section
    article header footer nav main aside font picture source video audio track canvas map area var frame frameset applet big
    address bdi bdo data datalist dialog hgroup menu meter output param picture progress rp rt ruby search slot marquee blink
    basefont acronym dir plaintext image keygen""".split()
)

_DROPPED = "|".join(_DROPPED_WITH_CONTENT.split())
_PIECE = re.compile(
    rf"""<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<[!?][^>]{{0,2000}}(?:>|\Z)
      |<(?P<drop>{_DROPPED})\b.*?(?:</(?P=drop)\s*>|\Z)
      |<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9:._-]{{0,40}})(?P<attrs>(?:\s++(?:"[^"<]*+"|'[^'<]*+'|[^\s"'<>]++)*+)*+)\s*+/?>""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_ATTRIBUTE = re.compile(
    r"""([A-Za-z-]{2,20})\s{0,9}=\s{0,9}(?:"([^"]{0,3000})"|'([^']{0,3000})'|([^\s"'<>`]{1,3000}))"""
)
_NUMBER = re.compile(r"\d{1,4}%?$")
_KEPT: dict[str, tuple[str, ...]] = {
    "td": ("colspan", "rowspan"),
    "th": ("colspan", "rowspan"),
    "ol": ("start",),
    "img": ("width", "height"),
}

Linker = Callable[[str], str | None]


class RawHtml:
    """Rewrites one document's raw tags. It knows which of them are open, so that a stray end tag can't close our markup."""

    def __init__(self, link: Linker, image: Linker) -> None:
        self._link = link
        self._image = image
        self._open: Counter[str] = Counter()
        self._order: list[str] = []

    def rewrite(self, html: str) -> str:
        """The same HTML with known tags only, without attributes but for a few; unknown tags become text."""
        parts: list[str] = []
        start = 0
        for match in _PIECE.finditer(html):
            parts.append(_escape_text(html[start : match.start()]))
            start = match.end()
            if match["name"]:
                parts.append(self._rewrite_tag(match))
        parts.append(_escape_text(html[start:]))
        return "".join(parts)

    def close_all(self) -> str:
        """End tags for what the author left open."""
        tags = "".join(f"</{name}>" for name in reversed(self._order))
        self._order.clear()
        self._open.clear()
        return tags

    def _rewrite_tag(self, match: re.Match[str]) -> str:
        name = match["name"].lower()
        if name not in AUTHOR_TAGS:
            return "" if name in _KNOWN_TAGS else escape(match[0])
        tag = _RENAMED.get(name, name)
        if match["close"]:
            return self._close(tag)
        attributes = self._attributes(name, match["attrs"])
        if name == "img":
            return self._draw_image(attributes)
        if name in VOID:
            return f"<{tag}>"
        if len(self._order) >= 40:
            return ""
        self._open[tag] += 1
        self._order.append(tag)
        return f"<{tag}{self._print(name, attributes)}>"

    def _close(self, tag: str) -> str:
        if self._open[tag] < 1:
            return ""
        parts: list[str] = []
        while self._order:
            last = self._order.pop()
            self._open[last] -= 1
            parts.append(f"</{last}>")
            if last == tag:
                break
        return "".join(parts)

    def _attributes(self, name: str, text: str) -> dict[str, str]:
        if not text.strip():
            return {}
        found = {
            match[1].lower(): unescape(match[2] or match[3] or match[4] or "") for match in _ATTRIBUTE.finditer(text)
        }
        if name == "details" and re.search(r"\bopen\b", text):
            found["open"] = ""
        return found

    def _print(self, name: str, attributes: dict[str, str]) -> str:
        kept = {key: attributes[key] for key in _KEPT.get(name, ()) if _NUMBER.match(attributes.get(key, ""))}
        if name in ("td", "th") and attributes.get("align") in ("left", "center", "right"):
            kept["data-align"] = attributes["align"]
        if name == "details" and "open" in attributes:
            kept["open"] = ""
        if name == "a" and "href" in attributes:
            target = self._link(attributes["href"])
            kept |= {"href": target} if target else {}
        return "".join(f' {key}="{escape(value)}"' for key, value in kept.items())

    def _draw_image(self, attributes: dict[str, str]) -> str:
        source = self._image(attributes.get("src", ""))
        alt = attributes.get("alt", "")
        if source is None:
            return f'<span class="noimage">{escape(alt or "image")}</span>'
        return f'<img src="{escape(source)}" alt="{escape(alt)}"{self._print("img", attributes)}>'


def clean(html: str) -> str:
    """Only the elements, attributes and addresses that this package prints; everything is balanced."""
    return _CLEANER.clean(html)


def _escape_text(text: str) -> str:
    """Text between raw tags: references stay as written."""
    return text.replace("<", "&lt;").replace(">", "&gt;")


_GLOBAL = {"id", "class", "data-tone", "data-effect", "data-align", "data-level"}
_ATTRIBUTES: dict[str, set[str]] = {
    "*": _GLOBAL,
    "a": {"href", "title", "rel", "aria-label", "aria-hidden", "tabindex"},
    "img": {"src", "alt", "title", "width", "height"},
    "section": {"aria-labelledby", "aria-label"},
    "div": {"tabindex", "role", "aria-label"},
    "pre": {"tabindex", "role", "aria-label"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "input": {"type", "disabled", "checked", "aria-labelledby", "aria-label"},
    "label": {"for"},
    "button": {"type", "data-copy", "data-kind", "data-size", "aria-label"},
    "var": {"data-var", "data-empty"},
    "ol": {"start", "aria-label"},
    "ul": {"aria-label"},
    "span": {"title", "aria-label"},
    "details": {"open"},
    "li": {"data-missing"},
}
_OUR_TAGS = {"section", "article", "var", "input", "label", "button"}
_CLEANER = nh3.Cleaner(
    tags=(set(AUTHOR_TAGS) - set(_RENAMED)) | _OUR_TAGS,
    clean_content_tags={"script", "style"},
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
    strip_comments=True,
)
