"""What changed between two texts, line by line and word by word, ready to be printed.

`compare` aligns the lines (see `matching`), pairs the removed and added ones that are versions of each other, marks the
words that differ, and folds what stayed the same. A line's ending is no part of its text here: a file that went from
CRLF to LF shows one sentence, not every line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from runbooks.comparing.hunks import Hunk, Row, unify
from runbooks.comparing.hunks import build as build_hunks
from runbooks.comparing.lines import Line, split_lines
from runbooks.comparing.matching import Matches, find_matches
from runbooks.comparing.outline import Outline, outline
from runbooks.comparing.pairing import Pair, Pairing

_ENDING_NAMES = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}


@dataclass(frozen=True, slots=True)
class Endings:
    """How the lines of both texts end: "LF", "CRLF", "CR", "mixed", or "" where no line has an ending."""

    old: str
    new: str
    changed: int  # lines whose text stayed and whose ending did not; the last line's missing one is told apart
    final_newline: str = ""  # "added" or "removed" when only one of the texts ends its last line


@dataclass(frozen=True, slots=True)
class Diff:
    hunks: tuple[Hunk, ...]
    tail: Row | None  # the unchanged lines after the last hunk, folded
    endings: Endings
    added: int  # lines; an edited line counts as one added and one removed
    removed: int
    commands_added: int  # lines of code blocks (see `outline.Outline.commands`)
    commands_edited: int
    commands_removed: int
    sections: tuple[tuple[str, ...], ...]  # paths of headings of the touched sections, in the order of the text
    sections_total: int  # of the new text
    is_coarse: bool = False  # too different, or too large, to align everything: some parts stand as replaced whole
    is_cut: bool = False  # too many changed lines to print; the counts still hold

    @property
    def is_empty(self) -> bool:
        """Whether no line's text changed; the endings may still have."""
        return not self.hunks

    @property
    def rows(self) -> Iterator[Row]:
        """All rows for a table of two columns, folded parts included."""
        for hunk in self.hunks:
            if hunk.gap:
                yield hunk.gap
            yield from hunk.rows
        if self.tail:
            yield self.tail

    @property
    def unified(self) -> Iterator[Row]:
        """The same rows for a table of one column: an edited line is a removed and an added one."""
        return unify(self.rows)


def compare(old: str, new: str, *, context: int = 3) -> Diff:
    """The difference of two texts, with `context` unchanged lines around every change.

    Takes well under a second for texts of ordinary size, and a bounded time for any (see `matching.find_matches`).
    """
    before, after = split_lines(old), split_lines(new)
    texts, new_texts = [line.text for line in before], [line.text for line in after]
    matches = find_matches(texts, new_texts)
    pairs = list(Pairing(texts, new_texts).pair(matches.runs))
    outlines = outline(texts), outline(new_texts)
    built = build_hunks(texts, new_texts, pairs, outlines, max(context, 0))
    return Diff(
        hunks=built.hunks,
        tail=built.tail,
        endings=_compare_endings(before, after, matches),
        added=sum(1 for pair in pairs if not pair.is_same and pair.new is not None),
        removed=sum(1 for pair in pairs if not pair.is_same and pair.old is not None),
        sections=_find_touched(pairs, outlines),
        sections_total=len(outlines[1].paths) - _count_titles(outlines[1]),
        is_coarse=not matches.is_complete,
        is_cut=built.is_cut,
        **_count_commands(pairs, outlines),
    )


def _count_titles(shape: Outline) -> int:
    return sum(1 for path in shape.paths.values() if not path)


def _count_commands(pairs: Sequence[Pair], outlines: tuple[Outline, Outline]) -> dict[str, int]:
    counts = {"commands_added": 0, "commands_edited": 0, "commands_removed": 0}
    for pair in pairs:
        if pair.is_same:
            continue
        was = pair.old is not None and pair.old in outlines[0].commands
        now = pair.new is not None and pair.new in outlines[1].commands
        if was and now:
            counts["commands_edited"] += 1
        elif now:
            counts["commands_added"] += 1
        elif was:
            counts["commands_removed"] += 1
    return counts


def _find_touched(pairs: Sequence[Pair], outlines: tuple[Outline, Outline]) -> tuple[tuple[str, ...], ...]:
    """Sections with a change. A removed line belongs to where its heading stands now, unless that was removed too."""
    old, new = outlines
    now = {-1: -1}
    for pair in pairs:
        if pair.old in old.paths and pair.new in new.paths:
            now[pair.old] = pair.new
    touched: dict[tuple[bool, int], tuple[str, ...]] = {}
    for pair in pairs:
        if pair.is_same:
            continue
        if pair.new is not None:
            touched.setdefault((True, new.headings[pair.new]), new.path_at(pair.new))
        elif pair.old is not None:
            heading = old.headings[pair.old]
            here = now.get(heading)
            path = old.path_at(pair.old) if here is None else new.paths.get(here, ())
            touched.setdefault((here is not None, heading if here is None else here), path)
    return tuple(touched.values())


def _compare_endings(before: Sequence[Line], after: Sequence[Line], matches: Matches) -> Endings:
    changed = 0
    for run in matches.runs:
        for line, match in zip(before[run.a : run.a + run.size], after[run.b : run.b + run.size], strict=True):
            changed += bool(line.ending and match.ending and line.ending != match.ending)
    return Endings(_name_endings(before), _name_endings(after), changed, _compare_final_newline(before, after))


def _name_endings(lines: Sequence[Line]) -> str:
    seen = {line.ending for line in lines if line.ending}
    if len(seen) > 1:
        return "mixed"
    return _ENDING_NAMES[seen.pop()] if seen else ""


def _compare_final_newline(before: Sequence[Line], after: Sequence[Line]) -> str:
    had, has = bool(before and before[-1].ending), bool(after and after[-1].ending)
    if not before or not after or had == has:
        return ""
    return "added" if has else "removed"
