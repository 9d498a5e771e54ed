"""Short Markdown (a note, an update, what somebody skipped and why) as HTML that can stand in the middle of any page.

A runbook is read for its structure; a note is only drawn. So nothing in it gets an id or a class of the page, raw HTML is shown
as text, every line break counts, and headings are quieter than those of the page around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from runbooks.reading.links import Links, is_external
from runbooks.reading.markdown import make_parser

_TAGS = "p br hr a img strong em s code pre blockquote ul ol li h4 h5 h6 div table thead tbody tr th td span"
_CLEANER = nh3.Cleaner(
    tags=set(_TAGS.split()),
    attributes={
        "a": {"href", "title", "rel"},
        "img": {"src", "alt", "title"},
        "ol": {"start"},
        "li": {"class"},
        "th": {"scope"},
        "div": {"class", "tabindex", "role", "aria-label"},
        "pre": {"tabindex", "role", "aria-label"},
        "table": {"class"},
        "span": {"class"},
    },
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
    strip_comments=True,
)
_LEVELS = {"h1": "h4", "h2": "h5"}  # a note stands below headings of the page; all deeper ones are h6


def draw_note(text: str) -> str:
    """Safe HTML of a short text; "" for one of blanks. Never raises, and takes time linear in the length of the text."""
    tokens = _PARSER.parse(text)
    return _CLEANER.clean(_PARSER.renderer.render(tokens, _PARSER.options, {})).strip()


def find_code_lines(text: str) -> frozenset[int]:
    """The lines, counted from 0, of a short text that are code: what looks like a tag or a link there is none."""
    blocks = (token for token in _PARSER.parse(text) if token.type in ("fence", "code_block") and token.map)
    return frozenset(line for token in blocks for line in range(*(token.map or ())))


def _find_own(target: str) -> str | None:
    """An address of the portal itself, from its root on; there is no other place that a note's links could start from."""
    return target if target.startswith("/") and not target.startswith("//") else None


class _NoteRenderer(RendererHTML):
    """markdown-it's own renderer, with the portal's rules for links, pictures, code and tick boxes."""

    _links = Links(frozenset(), _find_own)

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        href = self._links.href(str(tokens[idx].attrs["href"]))
        if href is None:
            return "<a>"
        rel = ' rel="noopener noreferrer"' if is_external(href) else ""
        return f'<a href="{escape(href)}"{rel}>'

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        source = self._links.src(str(tokens[idx].attrs["src"]))
        alt = "".join(child.content for child in tokens[idx].children or [])
        if source is None:
            return f'<span class="noimage">{escape(alt or "image")}</span>'
        return f'<img src="{escape(source)}" alt="{escape(alt)}">'

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        code = escape(tokens[idx].content, quote=False)
        return f'<pre tabindex="0" role="group" aria-label="Code"><code>{code}</code></pre>\n'

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return self.fence(tokens, idx, options, env)

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table class="table">'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>\n"

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"<{_LEVELS.get(tokens[idx].tag, 'h6')}>"

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"</{_LEVELS.get(tokens[idx].tag, 'h6')}>\n"

    def list_item_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        meta = tokens[idx].meta
        if not meta.get("task"):
            return "<li>"
        return f'<li class="note__task">{"☑" if meta.get("checked") else "☐"} '

    def inline_plain(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A paragraph with more brackets than anybody writes: shown as it was typed."""
        return escape(tokens[idx].content, quote=False)


def _make_parser() -> MarkdownIt:
    md = make_parser()
    md.disable(["footnote_def", "footnote_ref", "html_block", "html_inline", "reference"])
    md.options["html"] = False
    md.options["breaks"] = True
    renderer: Any = _NoteRenderer(md)
    md.renderer = renderer
    return md


_PARSER = _make_parser()
