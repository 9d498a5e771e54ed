"""Pieces of one text, drawn each on its own: what a run shows of each step. The text is parsed once for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import replace

from markdown_it.token import Token

from runbooks.reading.commands import find_commands
from runbooks.reading.html import Parts, make_links, render
from runbooks.reading.links import Resolve
from runbooks.reading.parse import Parsed, parse

LONGEST_TITLE = 200  # characters of an item's words that a step takes as its title; see `procedures`
_MORE_THAN_WORDS = frozenset({"link_open", "image", "html_inline", "footnote_ref"})


class Slices:
    """Draws places of a text. Lines count from 1, front matter included, as everywhere in the reader."""

    def __init__(self, text: str, resolve: Resolve | None = None) -> None:
        self._parsed: Parsed = parse(text)
        find_commands(self._parsed)  # puts what it found on the tokens, where the drawing looks for it
        self._links = make_links(self._parsed, resolve)
        self._opening = _find_openings(self._parsed.tokens)

    def draw_rest(self, line: int, last: int) -> str:
        """Safe HTML of what stands below the heading or list item of that line, up to the line `last`.

        The words of the item itself are drawn too where its title can't carry all of them: a link, a picture, a command.
        """
        begin = self._opening.get(line)
        if begin is None:
            return self.draw(line, last)
        tokens = self._parsed.tokens
        after = begin + 3  # heading or paragraph: opening, words, closing
        start = begin if _needs_its_words(tokens, begin) else after
        return self._draw_tokens(start, self._find_end(after, last))

    def draw(self, first: int, last: int) -> str:
        """Safe HTML of the blocks that start on these lines."""
        tokens = self._parsed.tokens
        starts = (i for i, t in enumerate(tokens) if t.map and t.nesting >= 0 and t.map[0] + 1 >= first)
        begin = next(starts, len(tokens))
        return self._draw_tokens(begin, self._find_end(begin, last))

    def end_of_item(self, line: int) -> int:
        """Last line of the list item that starts on that line, without blank lines; the line itself for anything else."""
        for token in self._parsed.tokens:
            if token.type == "list_item_open" and token.map and token.map[0] + 1 == line:
                return max(line, token.map[1])
        return line

    def end_of_block(self, line: int) -> int:
        """Last line of the code block that starts on that line; the line itself for anything else."""
        for token in self._parsed.tokens:
            if token.type in ("fence", "code_block") and token.map and token.map[0] + 1 == line:
                return max(line, token.map[1])
        return line

    def _find_end(self, begin: int, last: int) -> int:
        tokens = self._parsed.tokens
        for index in range(begin, len(tokens)):
            token = tokens[index]
            if token.map and token.nesting >= 0 and token.map[0] + 1 > last:
                return index
        return len(tokens)

    def _draw_tokens(self, begin: int, end: int) -> str:
        tokens = _balance(self._parsed.tokens[begin:end])
        return render(replace(self._parsed, tokens=tokens), Parts(), self._links).strip() if tokens else ""


def _find_openings(tokens: tuple[Token, ...]) -> dict[int, int]:
    """By line, the token that opens the words of a heading or of a list item."""
    found: dict[int, int] = {}
    for index, token in enumerate(tokens):
        is_item = token.type == "paragraph_open" and index > 0 and tokens[index - 1].type == "list_item_open"
        if token.map and (is_item or token.type == "heading_open"):
            found.setdefault(token.map[0] + 1, index)
    return found


def _needs_its_words(tokens: tuple[Token, ...], begin: int) -> bool:
    if tokens[begin].type == "heading_open":
        return False
    words = tokens[begin + 1]
    if len(words.content) > LONGEST_TITLE:
        return True
    return any(token.type in _MORE_THAN_WORDS or "command" in token.meta for token in words.children or ())


def _balance(tokens: Iterable[Token]) -> tuple[Token, ...]:
    """Without ends of what was opened before, and with ends for what was opened here: a cut goes through lists."""
    kept: list[Token] = []
    open_tokens: list[Token] = []
    for token in tokens:
        if token.nesting < 0:
            if not open_tokens:
                continue
            open_tokens.pop()
        elif token.nesting > 0:
            open_tokens.append(token)
        is_bare = token.hidden and token.nesting > 0 and len(open_tokens) == 1
        kept.append(_unhide(token) if is_bare else token)
    for token in reversed(open_tokens):
        kept.append(Token(token.type.replace("_open", "_close"), token.tag, -1, level=token.level, block=True))
    return _frame_items(kept)


def _unhide(token: Token) -> Token:
    """Words of a list whose frame was cut off are an ordinary paragraph."""
    shown = copy(token)
    shown.hidden = False
    return shown


def _frame_items(tokens: list[Token]) -> tuple[Token, ...]:
    """List items whose list was opened before the cut get a plain list around them."""
    framed: list[Token] = []
    depth = 0
    is_framed = False
    for token in tokens:
        if depth == 0 and (token.type == "list_item_open") != is_framed:
            is_framed = not is_framed
            framed.append(_draw_frame(opens=is_framed))
        framed.append(token)
        depth += token.nesting
    return (*framed, _draw_frame(opens=False)) if is_framed else tuple(framed)


def _draw_frame(*, opens: bool) -> Token:
    kind, nesting = ("bullet_list_open", 1) if opens else ("bullet_list_close", -1)
    return Token(kind, "ul", nesting, block=True)  # type: ignore[arg-type]  # 1 or -1, as the parser writes them
