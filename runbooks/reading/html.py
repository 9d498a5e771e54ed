"""The page of a runbook, drawn from the tokens of its one parse and cleaned at the end.

Markup and classes are those of the portal's stylesheet. The title (h1) and the front matter are left out: the page prints them.
There is never a `style` attribute or a script in it, so that it stands under a strict Content-Security-Policy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape

from markdown_it.token import Token

from runbooks.reading.components import draw_box, draw_command, draw_ladder, draw_prose, draw_span
from runbooks.reading.document import Command, Contact, EscalationPath, Fact
from runbooks.reading.links import Links, Resolve, is_external
from runbooks.reading.pagetext import (
    cut_number,
    end_of,
    find_facts_block,
    is_label_list,
    link_phone,
    loses_words,
    starts_before,
)
from runbooks.reading.parse import Parsed
from runbooks.reading.sanitize import RawHtml, clean

_SIMPLE_TAGS = {
    "strong_open": "<strong>",
    "strong_close": "</strong>",
    "em_open": "<em>",
    "em_close": "</em>",
    "s_open": "<s>",
    "s_close": "</s>",
    "hardbreak": "<br>\n",
    "bullet_list_close": "</ul>\n",
    "ordered_list_close": "</ol>\n",
    "thead_open": "<thead>",
    "thead_close": "</thead>",
    "tbody_open": "<tbody>",
    "tbody_close": "</tbody>",
    "tr_close": "</tr>\n",
    "th_close": "</th>",
    "td_close": "</td>",
}


COLOUR_LIMIT = 100_000  # characters of code in one document; what follows is shown without colours


@dataclass(frozen=True, slots=True)
class Parts:
    """What the structure knows that the page draws in its own way."""

    escalations: tuple[EscalationPath, ...] = ()
    contacts: tuple[Contact, ...] = ()
    facts: tuple[Fact, ...] = ()


def render(parsed: Parsed, parts: Parts, links: Links) -> str:
    """Safe HTML of the document."""
    return clean(_Renderer(parsed, parts, links).render())


def make_links(parsed: Parsed, resolve: Resolve | None) -> Links:
    """The link policy for a document; `resolve` turns a relative target into the portal's address, or None."""
    return Links(frozenset(section.anchor for section in parsed.sections), resolve)


@dataclass(slots=True)
class _Item:
    is_task: bool
    line: int
    has_rest: bool = False


@dataclass(slots=True)
class _State:
    """What is open at the current token."""

    in_section: bool = False
    in_facts: bool = False  # whether the open table is the block of facts
    items: list[_Item] = field(default_factory=list)
    quotes: list[bool] = field(default_factory=list)  # whether each is a callout
    links: list[str] = field(default_factory=list)  # end tags of open links
    row_line: int = 0
    heading: str = ""


class _Renderer:
    def __init__(self, parsed: Parsed, parts: Parts, links: Links) -> None:
        self._tokens = parsed.tokens
        self._links = links
        self._raw = RawHtml(links.href, links.src)
        self._out: list[str] = []
        self._state = _State()
        self._ladders = {path.line: path for path in parts.escalations}
        self._phones = {contact.line: contact.phone for contact in parts.contacts if contact.phone}
        self._facts_line = find_facts_block(parsed, parts.facts)
        self._colour_left = COLOUR_LIMIT
        self._tables: Counter[str] = Counter()  # heading -> tables below headings of that name so far
        self._notes: dict[str, int] = {}  # footnote label -> number
        self._note_parts: list[tuple[str, list[str]]] = []
        self._main: list[str] = self._out

    def render(self) -> str:
        index = 0
        while index < len(self._tokens):
            index = self._draw(index)
        self._out.append(self._raw.close_all())
        self._close_section()
        self._draw_notes()
        return "".join(self._out)

    def _draw(self, index: int) -> int:
        """Draw the token, or all that belongs to it; return the next index."""
        token = self._tokens[index]
        if token.nesting >= 0 and token.map is not None and (path := self._ladders.pop(token.map[0] + 1, None)):
            return self._draw_path(index, path)
        simple = _SIMPLE_TAGS.get(token.type)
        if simple is not None:
            self._out.append(simple)
            return index + 1
        method = _METHODS.get(token.type)
        return method(self, index) if method else index + 1

    # Sections and headings

    def _draw_heading(self, index: int) -> int:
        token, inline = self._tokens[index], self._tokens[index + 1]
        meta = token.meta
        if meta["is_title"] and token.tag == "h1":
            return index + 3
        tag = "h2" if token.tag == "h1" else token.tag
        if tag == "h2" and token.level == 0:
            self._out.append(self._raw.close_all())
            self._close_section()
            self._out.append(f'<section aria-labelledby="{escape(meta["anchor"])}">\n')
            self._state.in_section = True
        self._state.heading = meta["title"]
        anchor = escape(meta["anchor"])
        number = cut_number(inline, meta["number"], meta["title"])
        shown = f'<span class="num">{escape(number)}</span>' if number else ""
        link = f'<a class="anchor" href="#{anchor}" aria-hidden="true" tabindex="-1">#</a>'
        self._out.append(f'<{tag} id="{anchor}">{shown}{self._inline(inline, in_heading=True)}{link}</{tag}>\n')
        return index + 3

    def _close_section(self) -> None:
        if self._state.in_section:
            self._out.append("</section>\n")
        self._state.in_section = False

    # Paragraphs and quotes

    def _draw_paragraph(self, index: int) -> int:
        token, inline = self._tokens[index], self._tokens[index + 1]
        if token.meta.get("empty"):
            return index + 3
        is_facts = self._facts_line > 0 and token.map is not None and token.map[0] + 1 == self._facts_line
        body = self._inline(inline, break_lines=is_facts or is_label_list(inline))
        item = self._state.items[-1] if self._state.items else None
        if item is not None and item.is_task and not item.has_rest and self._tokens[index - 1].type == "list_item_open":
            self._out.append(draw_box(item.line, self._tokens[index - 1], body))
            item.has_rest = self._tokens[index + 3].type != "list_item_close"
            self._out.append('<div class="tasks__more">' if item.has_rest else "")
        elif is_facts:
            self._out.append(f'<div class="docfacts"><p>{body}</p></div>\n')
        elif token.hidden:
            self._out.append(body + ("\n" if self._tokens[index + 3].nesting >= 0 else ""))
        else:
            self._out.append(f"<p>{body}</p>\n")
        return index + 3

    def _open_quote(self, index: int) -> int:
        meta = self._tokens[index].meta
        self._state.quotes.append("tone" in meta)
        if "tone" not in meta:
            self._out.append("<blockquote>\n")
            return index + 1
        label = f'<p class="callout__label"><b>{draw_prose(meta["title"])}</b></p>'
        self._out.append(f'<div class="callout" data-tone="{meta["tone"]}" role="note">{label}\n')
        return index + 1

    def _close_quote(self, index: int) -> int:
        self._out.append("</div>\n" if self._state.quotes.pop() else "</blockquote>\n")
        return index + 1

    # Lists

    def _open_list(self, index: int) -> int:
        token = self._tokens[index]
        if token.type == "ordered_list_open":
            start = token.attrs.get("start")
            self._out.append(f'<ol start="{start}">\n' if start is not None else "<ol>\n")
            return index + 1
        first = self._tokens[index + 1]
        is_tasks = first.type == "list_item_open" and bool(first.meta.get("task"))
        self._out.append('<ul class="tasks">\n' if is_tasks else "<ul>\n")
        return index + 1

    def _open_item(self, index: int) -> int:
        token = self._tokens[index]
        line = (token.map[0] if token.map else 0) + 1
        self._state.items.append(_Item(bool(token.meta.get("task")), line))
        self._out.append("<li>")
        return index + 1

    def _close_item(self, index: int) -> int:
        item = self._state.items.pop()
        self._out.append("</div></li>\n" if item.is_task and item.has_rest else "</li>\n")
        return index + 1

    # Tables

    def _open_table(self, index: int) -> int:
        token = self._tokens[index]
        is_facts = self._facts_line > 0 and token.map is not None and token.map[0] + 1 == self._facts_line
        heading = self._state.heading or "Overview"
        self._tables[heading] += 1
        number = self._tables[heading]
        label = escape(f"{heading} table" if number == 1 else f"{heading}, table {number}")
        self._state.in_facts = is_facts
        self._out.append('<div class="docfacts">' if is_facts else "")
        self._out.append(f'<div class="scroll" tabindex="0" role="region" aria-label="{label}"><table class="table">')
        return index + 1

    def _close_table(self, index: int) -> int:
        self._out.append("</table></div></div>\n" if self._state.in_facts else "</table></div>\n")
        return index + 1

    def _open_row(self, index: int) -> int:
        token = self._tokens[index]
        self._state.row_line = (token.map[0] if token.map else 0) + 1
        self._out.append("<tr>")
        return index + 1

    def _open_cell(self, index: int) -> int:
        token = self._tokens[index]
        align = str(token.attrs.get("style", "")).removeprefix("text-align:")
        scope = ' scope="col"' if token.type == "th_open" else ""
        aligned = f' data-align="{align}"' if align in ("left", "center", "right") else ""
        self._out.append(f"<{token.tag}{scope}{aligned}>")
        return index + 1

    def _draw_inline(self, index: int) -> int:
        """The text of a table cell; everything else draws its own inline token."""
        drawn = self._inline(self._tokens[index])
        phone = self._phones.get(self._state.row_line)
        if phone and "<a " not in drawn:
            drawn = link_phone(drawn, phone)
        self._out.append(drawn)
        return index + 1

    # Rules, code, raw HTML, ladders, footnotes

    def _draw_rule(self, index: int) -> int:
        """A rule between sections is left out: the page draws its own line there."""
        following = self._tokens[index + 1] if index + 1 < len(self._tokens) else None
        if following is None or following.type != "heading_open" or following.tag not in ("h1", "h2"):
            self._out.append("<hr>\n")
        return index + 1

    def _draw_code(self, index: int) -> int:
        command = self._tokens[index].meta.get("command")
        if isinstance(command, Command):
            self._colour_left -= len(command.code)
            self._out.append(draw_command(command, is_coloured=self._colour_left > 0))
        else:
            self._out.append(f"<pre><code>{escape(self._tokens[index].content, quote=False)}</code></pre>\n")
        return index + 1

    def _draw_html(self, index: int) -> int:
        self._out.append(self._raw.rewrite(self._tokens[index].content))
        return index + 1

    def _draw_path(self, index: int, path: EscalationPath) -> int:
        """The ladder in place of what it was read from; what the ladder can't hold stays below it."""
        end = index
        while end < len(self._tokens) and starts_before(self._tokens[end], path.end_line):
            if self._tokens[end].type == "heading_open":
                return self._draw(index)
            end = end_of(self._tokens, end)
        if end == index:
            return self._draw(index)
        self._out.append(draw_ladder(path))
        return index if loses_words(self._tokens[index:end], path) else end

    def _open_note(self, index: int) -> int:
        parts: list[str] = []
        self._note_parts.append((str(self._tokens[index].meta.get("label", "")), parts))
        self._out = parts
        return index + 1

    def _close_note(self, index: int) -> int:
        self._out = self._main
        return index + 1

    def _draw_notes(self) -> None:
        used = [(self._notes[label], label, parts) for label, parts in self._note_parts if label in self._notes]
        if not used:
            return
        self._out.append('<section class="footnotes" aria-label="Footnotes"><ol>\n')
        for number, _, parts in sorted(used, key=lambda note: note[0]):
            back = f'<a class="anchor" href="#fnref:{number}" aria-label="Back to the text">↩</a>'
            self._out.append(f'<li id="fn:{number}">{"".join(parts)}{back}</li>\n')
        self._out.append("</ol></section>\n")

    # Inline

    def _inline(self, inline: Token, *, break_lines: bool = False, in_heading: bool = False) -> str:
        parts: list[str] = []
        for token in inline.children or []:
            if token.type == "text":
                parts.append(escape(token.content, quote=False) if self._state.links else draw_prose(token.content))
            elif token.type == "softbreak":
                parts.append("<br>\n" if break_lines else "\n")
            elif token.type == "code_inline":
                parts.append(draw_span(token, is_plain=in_heading))
            elif token.type in _SIMPLE_TAGS:
                parts.append(_SIMPLE_TAGS[token.type])
            else:
                parts.append(self._draw_special(token))
        parts.extend(reversed(self._state.links))
        self._state.links.clear()
        return "".join(parts)

    def _draw_special(self, token: Token) -> str:
        if token.type == "link_open":
            return self._open_link(token)
        if token.type == "link_close":
            return self._state.links.pop() if self._state.links else ""
        if token.type == "image":
            return self._draw_image(token)
        if token.type == "html_inline":
            return self._raw.rewrite(token.content)
        if token.type == "footnote_ref":
            return self._draw_note_mark(token)
        return escape(token.content, quote=False)

    def _open_link(self, token: Token) -> str:
        target = str(token.attrs["href"])
        href = self._links.href(target)
        if href is None:
            self._state.links.append("</span>")
            return f'<span class="deadlink" title="{escape("This link leads nowhere: " + target[:200])}">'
        self._state.links.append("</a>")
        title = token.attrs.get("title")
        titled = f' title="{escape(str(title))}"' if title else ""
        rel = ' rel="noopener noreferrer"' if is_external(href) else ""
        return f'<a href="{escape(href)}"{titled}{rel}>'

    def _draw_image(self, token: Token) -> str:
        source = self._links.src(str(token.attrs["src"]))
        alt = "".join(child.content for child in token.children or [])
        if source is None:
            return f'<span class="noimage">{escape(alt or "image")}</span>'
        title = token.attrs.get("title")
        titled = f' title="{escape(str(title))}"' if title else ""
        return f'<img src="{escape(source)}" alt="{escape(alt)}"{titled}>'

    def _draw_note_mark(self, token: Token) -> str:
        label = str(token.meta.get("label", ""))
        is_first = label not in self._notes
        number = self._notes.setdefault(label, len(self._notes) + 1)
        own_id = f' id="fnref:{number}"' if is_first else ""
        return f'<sup><a href="#fn:{number}"{own_id} aria-label="Footnote {number}">{number}</a></sup>'


_METHODS: dict[str, Callable[[_Renderer, int], int]] = {
    "heading_open": _Renderer._draw_heading,
    "paragraph_open": _Renderer._draw_paragraph,
    "blockquote_open": _Renderer._open_quote,
    "blockquote_close": _Renderer._close_quote,
    "bullet_list_open": _Renderer._open_list,
    "ordered_list_open": _Renderer._open_list,
    "list_item_open": _Renderer._open_item,
    "list_item_close": _Renderer._close_item,
    "table_open": _Renderer._open_table,
    "table_close": _Renderer._close_table,
    "tr_open": _Renderer._open_row,
    "th_open": _Renderer._open_cell,
    "td_open": _Renderer._open_cell,
    "inline": _Renderer._draw_inline,
    "hr": _Renderer._draw_rule,
    "fence": _Renderer._draw_code,
    "code_block": _Renderer._draw_code,
    "html_block": _Renderer._draw_html,
    "footnote_reference_open": _Renderer._open_note,
    "footnote_reference_close": _Renderer._close_note,
}
