"""One parse of a runbook: blocks and sections with line numbers, links, counts, and the tokens that rendering uses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from markdown_it.token import Token

from runbooks.reading.anchors import Slugger, normalise_fragment, split_number, strip_emoji
from runbooks.reading.blocks import Block, Cell
from runbooks.reading.document import Counts, Link, NotUnderstood, Section
from runbooks.reading.markdown import make_parser
from runbooks.reading.plain import (
    find_labels,
    find_url,
    has_plain_words,
    split_lines,
    starts_with_link,
    strip_html,
    to_text,
)
from runbooks.reading.prepare import prepare
from runbooks.reading.sectiontext import make_sections, words_of
from runbooks.reading.source import split_front_matter
from runbooks.reading.summary import find_summary

_PARSER = make_parser()
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_CONTAINER_ENDS = {
    "bullet_list_close",
    "ordered_list_close",
    "list_item_close",
    "blockquote_close",
    "footnote_reference_close",
}


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one parse gives. Lines count from 1 in the text as given, front matter included."""

    text: str
    title: str = ""  # its h1, else the front matter's title, else ""
    summary: str = ""
    front_matter: dict[str, Any] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()
    links: tuple[Link, ...] = ()
    counts: Counts = field(default_factory=Counts)
    not_understood: tuple[NotUnderstood, ...] = ()
    tokens: tuple[Token, ...] = ()  # heading tokens carry `meta`: anchor, number, title, is_title
    title_anchor: str = ""  # anchor of the heading that is the document's title, "" when there is none


def parse(text: str) -> Parsed:
    """Read a runbook's text. Never raises; takes time linear in the length of the text."""
    front = split_front_matter(text)
    prepared = prepare(text, front.lines)
    tokens = _PARSER.parse(prepared.text)
    problems = list(prepared.not_understood)
    if front.problem:
        problems.insert(0, NotUnderstood(1, front.problem))
    for token in tokens:
        if token.type == "inline_plain":
            problems.append(
                NotUnderstood(_line(token), "Too many brackets or tags in one paragraph; shown as plain text.")
            )
            _keep_plain(token)
    walker = _Walker(tokens)
    walker.walk()
    return Parsed(
        text=text,
        title=_find_title(walker, front.data),
        summary=find_summary(walker.blocks, front.data),
        front_matter=front.data,
        blocks=tuple(walker.blocks),
        sections=tuple(make_sections(tokens, walker.blocks, prepared.text.count("\n") + 1)),
        links=tuple(_check_links(walker.links, walker.anchors)),
        counts=walker.count(),
        not_understood=tuple(sorted(problems, key=lambda problem: problem.line)),
        tokens=tuple(tokens),
        title_anchor=walker.title_anchor,
    )


def _keep_plain(token: Token) -> None:
    token.type = "inline"
    children: list[Token] = []
    for line in token.content.split("\n"):
        if children:
            children.append(Token("softbreak", "br", 0))
        children.append(Token("text", "", 0, content=line))
    token.children = children


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 0


@dataclass(slots=True)
class _Item:
    """A list item that is open. Its block is made when its first paragraph is known."""

    line: int
    index: int = -1  # of its block in `blocks`


@dataclass(slots=True)
class _List:
    list_id: int
    ordered: bool
    lead_in: str
    number: int


class _Walker:
    """Goes through the tokens once and notes blocks, headings and links."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.blocks: list[Block] = []
        self.links: list[Link] = []
        self.anchors: set[str] = set()
        self.title_anchor = ""
        self._slugger = Slugger()
        self._section = ""
        self._lead_in = ""
        self._lists: list[_List] = []
        self._items: list[_Item] = []
        self._quotes = 0
        self._footnotes = 0
        self._list_count = 0

    def walk(self) -> None:
        index = 0
        while index < len(self.tokens):
            index = self._step(index)

    def _step(self, index: int) -> int:
        """Read the block that starts at this token; return where the next one starts."""
        token = self.tokens[index]
        match token.type:
            case "heading_open":
                self._read_heading(token, self.tokens[index + 1])
                return index + 3
            case "paragraph_open":
                self._read_paragraph(token, self.tokens[index + 1])
                return index + 3
            case "table_open":
                return self._read_table(index)
            case "fence" | "code_block" | "html_block" | "hr":
                self._read_leaf(token)
            case "bullet_list_open" | "ordered_list_open":
                self._open_list(token)
            case "list_item_open":
                self._open_item(token)
            case "blockquote_open":
                self._quotes += 1
            case "footnote_reference_open":
                self._footnotes += 1
            case _ if token.type in _CONTAINER_ENDS:
                self._close(token.type)
        return index + 1

    def _add(self, kind: str, token: Token, **values: Any) -> None:
        start, end = token.map or [0, 0]
        values.setdefault("depth", len(self._items))
        in_item = self._items[-1].line if self._items else 0
        lead_in, self._lead_in = self._lead_in, ""
        self.blocks.append(
            Block(
                kind=kind,
                line=start + 1,
                end_line=max(start + 1, end),
                section=self._section,
                lead_in=lead_in,
                in_item=in_item,
                **values,
            )
        )

    def _read_heading(self, token: Token, inline: Token) -> None:
        children = inline.children or []
        text = " ".join(to_text(children).split())
        anchor = self._slugger.assign(text)
        number, title = split_number(text)
        level = int(token.tag[1])
        if level == 1 and not self.title_anchor and not self._items and not self._quotes:
            self.title_anchor = anchor
        token.meta = {"anchor": anchor, "number": number, "title": title, "is_title": self.title_anchor == anchor}
        self.anchors.add(anchor)
        self._section, self._lead_in = anchor, ""
        self._note_links(inline)
        self._add("heading", token, text=text, level=level, url=find_url(children))

    def _read_paragraph(self, token: Token, inline: Token) -> None:
        children = inline.children or []
        self._note_links(inline)
        if token.meta.get("empty") or self._footnotes:
            return
        first = _line(inline)
        lines = split_lines(children)
        texts = tuple(to_text(line).strip() for line in lines)
        values: dict[str, Any] = {
            "text": "\n".join(texts).strip(),
            "lines": texts,
            "labels": find_labels(lines, first),
            "url": find_url(children),
            "starts_with_link": starts_with_link(children),
        }
        item = self._items[-1] if self._items else None
        lead_in = _as_lead_in(lines, texts)
        if item is not None and item.index >= 0 and not self.blocks[item.index].lines and item.line == first:
            self._fill_item(item.index, values)
        else:
            is_prose = not (lead_in or self._items or self._quotes or values["labels"]) and has_plain_words(children)
            self._add("quote" if self._quotes else "paragraph", token, is_prose=is_prose, **values)
        self._lead_in = lead_in

    def _fill_item(self, index: int, values: dict[str, Any]) -> None:
        item = self.blocks[index]
        filled = {name: getattr(item, name) for name in Block.__slots__} | values
        self.blocks[index] = Block(**filled)

    def _read_leaf(self, token: Token) -> None:
        if token.type == "hr":
            self._add("rule", token)
        elif token.type == "html_block":
            text = strip_html(token.content).strip()
            lead_in = self._lead_in
            self._add("html", token, text=text)
            self._lead_in = "" if text else lead_in
        elif not self._footnotes:
            info = token.info.strip()
            language = re.split(r"[\s{,]", info, maxsplit=1)[0].lower() if info else ""
            self._add("code", token, text=token.content, info=info, language=language)

    def _open_list(self, token: Token) -> None:
        self._list_count += 1
        ordered = token.type == "ordered_list_open"
        start = int(token.attrs.get("start", 1)) if ordered else 0
        self._lists.append(_List(self._list_count, ordered, self._lead_in, start))
        self._lead_in = ""

    def _open_item(self, token: Token) -> None:
        current = self._lists[-1]
        item = _Item(_line(token))
        if not self._footnotes:
            self._lead_in = current.lead_in
            self._add(
                "item",
                token,
                list_id=current.list_id,
                depth=len(self._lists) - 1,
                ordered=current.ordered,
                number=current.number,
                task=bool(token.meta.get("task")),
                checked=bool(token.meta.get("checked")),
            )
            item.index = len(self.blocks) - 1
        current.number += 1
        self._items.append(item)

    def _close(self, kind: str) -> None:
        if kind == "list_item_close":
            self._items.pop()
        elif kind == "blockquote_close":
            self._quotes -= 1
        elif kind == "footnote_reference_close":
            self._footnotes -= 1
        else:
            self._lists.pop()
        self._lead_in = ""

    def _read_table(self, index: int) -> int:
        opening = self.tokens[index]
        rows: list[list[Cell]] = []
        while self.tokens[index].type != "table_close":
            token = self.tokens[index]
            if token.type == "tr_open":
                rows.append([])
                line = _line(token)
            elif token.type == "inline":
                self._note_links(token)
                children = token.children or []
                rows[-1].append(Cell(" ".join(to_text(children).split()), line, find_url(children)))
            index += 1
        if not self._footnotes:
            self._add("table", opening, header=tuple(rows[0]), rows=tuple(tuple(row) for row in rows[1:]))
        return index + 1

    def _note_links(self, inline: Token) -> None:
        children = inline.children or []
        line = _line(inline)
        for position, token in enumerate(children):
            if token.type in ("softbreak", "hardbreak"):
                line += 1
            elif token.type == "image":
                self.links.append(Link(to_text(token.children or []), str(token.attrs["src"]), line, "image"))
            elif token.type == "link_open":
                text = _link_text(children, position)
                target = str(token.attrs["href"])
                self.links.append(Link(text, target, line, kind_of_link(target)))

    def count(self) -> Counts:
        levels = [0] * 6
        tasks = codes = tables = 0
        for token in self.tokens:
            if token.type == "heading_open":
                levels[int(token.tag[1]) - 1] += 1
            tasks += token.type == "list_item_open" and bool(token.meta.get("task"))
            codes += token.type in ("fence", "code_block")
            tables += token.type == "table_open"
        words = sum(len(words_of(block).split()) for block in self.blocks)
        headings = (levels[0], levels[1], levels[2], levels[3], levels[4], levels[5])
        return Counts(headings, tasks, codes, tables, words)


def kind_of_link(target: str) -> str:
    """ "anchor", "relative" or "external"."""
    if target.startswith("#"):
        return "anchor"
    return "external" if _SCHEME.match(target) else "relative"


def _link_text(children: list[Token], position: int) -> str:
    inner: list[Token] = []
    for index in range(position + 1, len(children)):
        if children[index].type == "link_close":
            break
        inner.append(children[index])
    return to_text(inner).strip()


def _as_lead_in(lines: list[list[Token]], texts: tuple[str, ...]) -> str:
    """What a paragraph says about what follows: its last sentence when it ends in a colon, or all of it when it is bold."""
    text = " ".join(texts) if len(texts) < 10 else texts[-1]
    if not text or len(text) > 600:
        return ""
    if text.endswith(":"):
        return re.split(r"(?<=[.!?])\s+", texts[-1] if _is_label(lines[-1]) else text)[-1][:-1].strip()
    marks = [token for token in lines[-1] if token.type != "text" or token.content.strip()]
    is_bold = len(lines) == 1 and marks[0].type == "strong_open" and marks[-1].type == "strong_close"
    return text if is_bold else ""


def _is_label(line: list[Token]) -> bool:
    return any(token.type == "strong_open" for token in line[:2])


def _find_title(walker: _Walker, front_matter: dict[str, Any]) -> str:
    if walker.title_anchor:
        heading = next(
            block for block in walker.blocks if block.kind == "heading" and block.section == walker.title_anchor
        )
        return strip_emoji(heading.text)
    title = front_matter.get("title")
    return title.strip() if isinstance(title, str) else ""


def _check_links(links: list[Link], anchors: set[str]) -> list[Link]:
    return [
        Link(link.text, link.target, link.line, link.kind, is_broken=True) if _is_broken(link, anchors) else link
        for link in links
    ]


def _is_broken(link: Link, anchors: set[str]) -> bool:
    return link.kind == "anchor" and link.target != "#" and normalise_fragment(link.target[1:]) not in anchors
