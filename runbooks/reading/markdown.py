"""The one Markdown parser of this package: CommonMark with GitHub's additions, made safe for hostile lengths.

Source: CommonMark 0.31 and the GitHub Flavored Markdown spec (tables, task lists, strikethrough, autolinks), GitHub's
footnotes and alerts (`> [!WARNING]`).
"""

from __future__ import annotations

import re
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.reference import reference
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

TONES = {
    "note": "info",
    "info": "info",
    "important": "info",
    "abstract": "info",
    "question": "info",
    "example": "info",
    "quote": "info",
    "tip": "good",
    "success": "good",
    "warning": "warn",
    "warn": "warn",
    "attention": "warn",
    "caution": "danger",
    "danger": "danger",
    "error": "danger",
    "failure": "danger",
    "bug": "danger",
}

MAX_MARKS = 600  # marks with a possible quadratic cost in one paragraph
MAX_MARKS_LENGTH = 3_000_000  # marks times characters of one paragraph
MAX_BRACKET_DEPTH = 12

_TEMPLATE_LINE = re.compile(r"\[[^\[\]]{1,999}\]:[ \t]*\[")
_TASK = re.compile(r"\[([ xX])\][ \t\n]+(?=\S)")
_ALERT = re.compile(r"\[!([A-Za-z][\w-]{0,30})\][+-]?[ \t]*(.*)$")
_ATTRIBUTE_LIST = re.compile(
    r"\{:?[ ]?(?:[.#][\w-]{1,40}|[\w-]{1,40}=(?:\"[^\"}]{0,100}\"|[^\s\"}]{1,100}))[^}]{0,200}\}"
)
_MARKS = re.compile(r"[\[<]|\^|&")
_AUTOLINK = re.compile(
    r"(?<![\w/@.:])(?:https?://|www\.)[^\s<>\x00-\x1f]{1,2000}|(?<![\w.+/@:-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}(?![\w@-])",
    re.IGNORECASE,
)


def make_parser() -> MarkdownIt:
    """A parser. It keeps no state between texts."""
    md = MarkdownIt("commonmark", {"html": True, "maxNesting": 120})
    md.enable(["table", "strikethrough"])
    md.use(footnote_plugin, inline=False, move_to_end=False)
    md.normalizeLink = lambda url: url  # type: ignore[method-assign]  # targets are kept as written; rendering encodes them
    md.block.ruler.at("reference", _read_definition)
    md.core.ruler.before("inline", "runbook_blocks", _mark_blocks)
    md.core.ruler.push("runbook_attribute_lists", _drop_attribute_lists)
    md.core.ruler.push("runbook_autolinks", _link_addresses)
    return md


def _read_definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """CommonMark's link definitions, but for `[Component]: [Description]`: that is a line of a template, and shown."""
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    return not _TEMPLATE_LINE.match(line) and reference(state, start, end, silent)


def _mark_blocks(state: StateCore) -> None:
    """Task boxes and alerts are told before the inline text is parsed, and texts too costly to parse are set aside."""
    tokens = state.tokens
    for index, token in enumerate(tokens):
        if token.type != "inline":
            continue
        opener = tokens[index - 2].type if index > 1 else ""
        if opener == "list_item_open" and tokens[index - 1].type == "paragraph_open":
            _mark_task(tokens[index - 2], token)
        elif opener == "blockquote_open" and tokens[index - 1].type == "paragraph_open":
            _mark_alert(tokens[index - 2], tokens[index - 1], token)
        if _is_too_costly(token.content):
            token.type = "inline_plain"


def _mark_task(item: Token, inline: Token) -> None:
    match = _TASK.match(inline.content)
    if match is None:
        return
    item.meta = {"task": True, "checked": match[1] != " "}
    inline.content = inline.content[match.end() :]


def _mark_alert(quote: Token, paragraph: Token, inline: Token) -> None:
    first, _, rest = inline.content.partition("\n")
    match = _ALERT.match(first)
    if match is None:
        return
    word = match[1].lower()
    quote.meta = {"tone": TONES.get(word, "info"), "title": match[2].strip() or word.replace("-", " ").capitalize()}
    inline.content = rest
    if inline.map is not None:
        inline.map = paragraph.map = [inline.map[0] + 1, inline.map[1]]
    if not rest:
        paragraph.meta = {"empty": True}


def _is_too_costly(text: str) -> bool:
    if len(text) < 200:
        return False
    marks = sum(1 for _ in _MARKS.finditer(text))
    return marks > MAX_MARKS or marks * len(text) > MAX_MARKS_LENGTH or _is_nested_deeply(text)


def _is_nested_deeply(text: str) -> bool:
    depth = 0
    for char in re.findall(r"[\[\]]", text):
        depth = depth + 1 if char == "[" else max(0, depth - 1)
        if depth > MAX_BRACKET_DEPTH:
            return True
    return False


def _drop_attribute_lists(state: StateCore) -> None:
    """MkDocs' and kramdown's `{: target="_blank" }` behind a link or an image is markup of another renderer, not text."""
    for token in state.tokens:
        children = token.children
        if token.type != "inline" or not children or "{" not in token.content:
            continue
        for before, child in pairwise(children):
            if child.type == "text" and before.type in ("link_close", "image"):
                child.content = _cut_attribute_list(child.content)


def _cut_attribute_list(text: str) -> str:
    match = _ATTRIBUTE_LIST.match(text)
    return text[match.end() :] if match else text


def _link_addresses(state: StateCore) -> None:
    """GFM's extended autolinks: http(s), `www.` and e-mail addresses in plain text become links."""
    for token in state.tokens:
        children = token.children
        if token.type != "inline" or not children or not _may_hold_address(token.content):
            continue
        result: list[Token] = []
        depth = 0
        for child in children:
            depth += (child.type == "link_open") - (child.type == "link_close")
            if child.type == "text" and depth == 0:
                result.extend(_split_addresses(child))
            else:
                result.append(child)
        token.children = result


def _may_hold_address(text: str) -> bool:
    return "://" in text or "www." in text or "@" in text


def _split_addresses(token: Token) -> list[Token]:
    text = token.content
    result: list[Token] = []
    start = 0
    for match in _AUTOLINK.finditer(text):
        address = _trim_address(match[0])
        if len(address) < 5:
            continue
        result.extend(_text_token(text[start : match.start()]))
        result.extend(_link_tokens(address))
        start = match.start() + len(address)
    return [token] if start == 0 else result + _text_token(text[start:])


def _trim_address(address: str) -> str:
    """Punctuation at the end, and a `)` that has no partner, belong to the sentence (GFM, 6.9)."""
    end = len(address)
    closing = address.count(")") - address.count("(")
    while end:
        char = address[end - 1]
        if char == ")" and closing > 0:
            closing -= 1
        elif char not in "?!.,:*_~'\";]}":
            break
        end -= 1
    return address[:end]


def _text_token(text: str) -> list[Token]:
    return [Token("text", "", 0, content=text)] if text else []


def _link_tokens(address: str) -> list[Token]:
    is_web = address.lower().startswith(("http://", "https://", "www."))
    target = ("http://" + address if address[:4].lower() == "www." else address) if is_web else f"mailto:{address}"
    opening = Token("link_open", "a", 1, attrs={"href": target}, markup="linkify", info="auto")
    closing = Token("link_close", "a", -1, markup="linkify", info="auto")
    return [opening, Token("text", "", 0, content=address), closing]
