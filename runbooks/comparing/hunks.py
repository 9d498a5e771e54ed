"""Changed lines with the unchanged ones around them, gathered section by section; the rest is folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from runbooks.comparing.outline import Outline
from runbooks.comparing.pairing import Pair, Span, compare_words

MAX_ROWS = 20_000  # a page with more would help nobody and keep a browser busy for minutes


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table. Lines count from 1; 0 where a side has none.

    kind is "same", "changed", "removed", "added", "gap" (unchanged lines that are folded: `old_line` to `old_end`,
    `new_line` to `new_end`) or "cut" (what `MAX_ROWS` left out).
    """

    kind: str
    old_line: int = 0
    new_line: int = 0
    old: tuple[Span, ...] = ()
    new: tuple[Span, ...] = ()
    old_end: int = 0
    new_end: int = 0
    is_command: bool = False  # stands in a code block that somebody may copy

    @property
    def size(self) -> int:
        """How many lines a folded row stands for."""
        return max(self.old_end - self.old_line, self.new_end - self.new_line) + 1


@dataclass(frozen=True, slots=True)
class Hunk:
    """Neighbouring changes of one section."""

    section: tuple[str, ...]  # its headings, outermost first, as in the new text; () before the first one
    rows: tuple[Row, ...]
    gap: Row | None  # the unchanged lines before it, folded
    added: int
    removed: int
    commands: int  # changed rows with a command

    @property
    def unified(self) -> Iterator[Row]:
        """Its rows for a table of one column."""
        return unify(self.rows)

    @property
    def lines(self) -> tuple[int, int]:
        """First and last line of the new text in it; of the old one when it has only removed lines."""
        numbers = [row.new_line for row in self.rows if row.new_line] or [row.old_line for row in self.rows]
        return numbers[0], numbers[-1]


class Built(NamedTuple):
    hunks: tuple[Hunk, ...]
    tail: Row | None
    is_cut: bool


class _Extent(NamedTuple):
    start: int  # first pair shown
    end: int  # one past the last
    section: tuple[str, ...]


def build(
    old: Sequence[str],
    new: Sequence[str],
    pairs: Sequence[Pair],
    outlines: tuple[Outline, Outline],
    context: int,
) -> Built:
    """The hunks of aligned texts, with `context` unchanged lines around the changes."""
    printer = _Printer(old, new, outlines)
    hunks: list[Hunk] = []
    shown, at = 0, 0
    is_cut = False
    for extent in _find_extents(pairs, outlines, context):
        room = MAX_ROWS - shown
        is_cut = extent.end - extent.start > room
        end = extent.start + max(room, 0) if is_cut else extent.end
        rows = [printer.print_row(pair) for pair in pairs[extent.start : end]]
        if is_cut:
            rows.append(_fold(pairs[end : extent.end], "cut"))
        hunks.append(_make_hunk(extent.section, rows, _fold(pairs[at : extent.start]) if extent.start > at else None))
        shown, at = shown + len(rows), extent.end
        if is_cut:
            return Built(tuple(hunks), _fold(pairs[at:], "cut") if at < len(pairs) else None, True)
    tail = _fold(pairs[at:]) if hunks and at < len(pairs) else None
    return Built(tuple(hunks), tail, is_cut)


def unify(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows for one column: of neighbouring changes, first everything removed, then everything added."""
    waiting: list[Row] = []
    for row in rows:
        if row.kind == "added":
            waiting.append(row)
        elif row.kind == "removed":
            yield row
        elif row.kind == "changed":
            yield replace(row, kind="removed", new_line=0, new=())
            waiting.append(replace(row, kind="added", old_line=0, old=()))
        else:
            yield from waiting
            waiting = []
            yield row
    yield from waiting


class _Printer:
    def __init__(self, old: Sequence[str], new: Sequence[str], outlines: tuple[Outline, Outline]) -> None:
        self.old, self.new = old, new
        self.outlines = outlines

    def print_row(self, pair: Pair) -> Row:
        """The row of one pair, its words compared."""
        old, new = pair.old, pair.new
        is_command = old in self.outlines[0].commands or new in self.outlines[1].commands
        if old is None or new is None:
            if old is not None:
                return Row("removed", old_line=old + 1, old=_plain(self.old[old]), is_command=is_command)
            at = new or 0
            return Row("added", new_line=at + 1, new=_plain(self.new[at]), is_command=is_command)
        if pair.is_same:
            text = _plain(self.new[new])
            return Row("same", old + 1, new + 1, text, text, is_command=is_command)
        spans, new_spans = compare_words(self.old[old], self.new[new])
        return Row("changed", old + 1, new + 1, spans, new_spans, is_command=is_command)


def _plain(text: str) -> tuple[Span, ...]:
    return (Span(text, False),) if text else ()


def _make_hunk(section: tuple[str, ...], rows: list[Row], gap: Row | None) -> Hunk:
    kinds = [row.kind for row in rows]
    changed = kinds.count("changed")
    commands = sum(1 for row in rows if row.is_command and row.kind in ("changed", "added", "removed"))
    added, removed = kinds.count("added") + changed, kinds.count("removed") + changed
    return Hunk(section, tuple(rows), gap, added, removed, commands)


def _fold(pairs: Sequence[Pair], kind: str = "gap") -> Row:
    old = [pair.old + 1 for pair in pairs if pair.old is not None]
    new = [pair.new + 1 for pair in pairs if pair.new is not None]
    return Row(
        kind,
        old_line=old[0] if old else 0,
        new_line=new[0] if new else 0,
        old_end=old[-1] if old else 0,
        new_end=new[-1] if new else 0,
    )


def _find_extents(pairs: Sequence[Pair], outlines: tuple[Outline, Outline], context: int) -> Iterator[_Extent]:
    """Changes no further apart than twice the context, of one section, together with the lines around them."""
    groups = list(_group_changes(pairs, outlines, context))
    end = 0
    for number, (first, last, section) in enumerate(groups):
        start = max(first - context, end)
        if start - end == 1:
            start = end  # folding a single line would take as much room as the line
        limit = groups[number + 1][0] if number + 1 < len(groups) else len(pairs)
        end = min(last + 1 + context, _find_next_heading(pairs, outlines[1], last + 1, limit))
        if limit == len(pairs) and len(pairs) - end == 1:
            end = len(pairs)
        yield _Extent(start, end, section)


def _find_next_heading(pairs: Sequence[Pair], shape: Outline, start: int, limit: int) -> int:
    """Where the lines after a change would run into the next hunk's section."""
    if limit == len(pairs):
        return limit
    return next((at for at in range(limit - 1, start - 1, -1) if pairs[at].new in shape.paths), limit)


def _group_changes(
    pairs: Sequence[Pair], outlines: tuple[Outline, Outline], context: int
) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    first, last = -1, -1
    section: tuple[str, ...] = ()
    at_new = -1  # the new line before a removed one tells where that stands now
    for at, pair in enumerate(pairs):
        at_new = at_new if pair.new is None else pair.new
        if pair.is_same:
            continue
        here = outlines[1].path_at(max(at_new, 0)) or outlines[0].path_at(pair.old or 0)
        if first >= 0 and (at - last > 2 * context + 1 or here != section):
            yield first, last, section
            first = -1
        if first < 0:
            first, section = at, here
        last = at
    if first >= 0:
        yield first, last, section
