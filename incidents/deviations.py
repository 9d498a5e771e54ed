"""What a run did otherwise than its text, put into the text: lines that were said to be wrong, steps that were put in.

Every other byte stays as it was. Numbers of later items are left alone: Markdown counts a list by its first number. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from incidents.places import Place, find_places
from runbooks.comparing.lines import Line, find_dominant_ending, join_lines, split_lines

_MARKER = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
_NUMBERED = re.compile(r"(.*?)(\d{1,9})([.)][ \t]+)\Z")
_STEP_NUMBER = re.compile(r"((?:step\s+)?\d+(?:\.\d+)*)(\s*[:.)–—-]\s+|\s+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Suggested:
    """The words that should stand where a step begins. `line` counts from 1."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Added:
    """A step that the text does not have, between the steps on two lines; None: there is none on that side."""

    title: str
    after: int | None
    before: int | None


@dataclass(slots=True)
class Applied:
    """The text with what could be put in, and what has no place in it."""

    text: str = ""
    changed: int = 0
    added: int = 0
    homeless: list[Suggested | Added] = field(default_factory=list)


def apply(markdown: str, suggested: Iterable[Suggested], added: Iterable[Added]) -> Applied:
    """Put suggestions in place of the words they correct, and added steps between their neighbours in the same form."""
    lines = split_lines(markdown)
    places = find_places(markdown, [line.text for line in lines])
    work = _Work(lines, find_dominant_ending(lines))
    result = Applied()
    for one in {one.line: one for one in suggested}.values():  # of two for a line, the later
        if _replace(work, places.get(one.line), one.text):
            result.changed += 1
        else:
            result.homeless.append(one)
    for new in added:
        if _insert(work, places, new):
            result.added += 1
        else:
            result.homeless.append(new)
    result.text = work.finish()
    return result


class _Work:
    """Lines being rewritten: which are replaced, and what comes before which. Positions count from 0."""

    def __init__(self, lines: Sequence[Line], ending: str) -> None:
        self.lines = list(lines)
        self.ending = ending
        self.replaced: dict[int, tuple[int, list[str]]] = {}
        self.inserted: dict[int, list[str]] = {}

    def text(self, position: int) -> str:
        return self.lines[position].text if 0 <= position < len(self.lines) else ""

    def is_blank(self, position: int) -> bool:
        return not self.text(position).strip()

    def insert(self, position: int, words: list[str]) -> None:
        self.inserted.setdefault(position, []).extend(words)

    def finish(self) -> str:
        out: list[Line] = []
        at = 0
        while at <= len(self.lines):
            out.extend(Line(text, self.ending) for text in self.inserted.get(at, ()))
            if at == len(self.lines):
                break
            end, words = self.replaced.get(at, (at + 1, None))
            out.extend(self.lines[at:end] if words is None else self._end_lines(words, self.lines[at:end]))
            at = end
        return join_lines(self._keep_end(out))

    def _end_lines(self, words: list[str], before: list[Line]) -> list[Line]:
        """New lines with the endings of those they replace, as far as there are any."""
        last = before[-1].ending
        endings = [line.ending or self.ending for line in before[: len(words) - 1]]
        endings += [self.ending] * (len(words) - 1 - len(endings)) + [last]
        return [Line(text, ending) for text, ending in zip(words, endings, strict=True)]

    def _keep_end(self, out: list[Line]) -> list[Line]:
        """A text that ended without a line ending still does; no line in the middle is without one."""
        ends_bare = bool(self.lines) and not self.lines[-1].ending
        ended = [Line(line.text, line.ending or self.ending) for line in out]
        if ends_bare and ended:
            ended[-1] = Line(ended[-1].text, "")
        return ended


def _replace(work: _Work, place: Place | None, suggestion: str) -> bool:
    words = [line.text for line in split_lines(suggestion.strip("\r\n"))]
    if place is None or not any(word.strip() for word in words):
        return False
    start, end = place.start, place.words_end
    if place.kind == "item":
        words[0] = _MARKER.sub("", words[0], count=1).strip()
        indent = " " * len(place.marker.expandtabs(4))
        if ">" in place.marker:  # a quotation: one line, so that nothing falls out of it
            words = [" ".join(word.strip() for word in words if word.strip())]
        rest = [f"{indent}{word.rstrip()}" if word.strip() else "" for word in words[1:]]
        work.replaced[start] = (end, [place.marker + place.box + words[0], *rest])
    elif place.kind == "heading":
        # The heading is the step's name and others link to it: the words go below it.
        blank = [] if work.is_blank(end) and end < len(work.lines) else [""]
        work.insert(end, ["", *words, *blank])
    elif place.kind == "code" and end - start == 3 and len(words) == 1:
        work.replaced[start + 1] = (start + 2, words)
    else:
        return False
    return True


def _insert(work: _Work, places: dict[int, Place], new: Added) -> bool:
    before = places.get(new.after) if new.after else None
    after = places.get(new.before) if new.before else None
    if before is not None and after is not None and after.start <= before.start:
        after = None
    if before is not None and after is not None and _belongs_before(work, places, before, after):
        _insert_before(work, after, before, new.title)
    elif before is not None and before.kind in ("item", "heading", "code"):
        _insert_after(work, before, new.title)
    elif after is not None and before is None and after.kind in ("item", "heading"):
        _insert_before(work, after, None, new.title)
    else:
        return False
    return True


def _belongs_before(work: _Work, places: dict[int, Place], before: Place, after: Place) -> bool:
    """Whether a step between the two has to stand right before the second: nested in the first, or behind what stands
    between two items of one procedure (code, or a paragraph while the numbers count on)."""
    if after.kind != "item":
        return False
    if after.start < before.end:
        return True
    if before.kind != "item" or after.section != before.section:
        return False
    at, has_code = before.end, False
    while at < after.start:
        place = places.get(at + 1)
        if place is not None and place.kind == "code":
            at, has_code = place.end, True
        elif work.is_blank(at):
            at += 1
        else:
            return _number(after) == _number(before) + 1 > 1
    return has_code


def _number(place: Place) -> int:
    """The number at an item's marker; 0 for one without."""
    match = _NUMBERED.match(place.marker)
    return int(match[2]) if match else 0


def _insert_before(work: _Work, after: Place, before: Place | None, title: str) -> None:
    earlier = work.inserted.get(after.start, [])
    if after.kind == "heading":
        work.insert(after.start, [f"{after.marker}{title}", ""])
        return
    line = after.marker + _open(after.box) + title
    is_loose = after.is_loose or (before is not None and before.kind == "item" and work.is_blank(after.start - 1))
    work.insert(after.start, [_count_on(line, len([text for text in earlier if text])), *([""] if is_loose else [])])


def _insert_after(work: _Work, before: Place, title: str) -> None:
    position = before.end
    earlier = len([text for text in work.inserted.get(position, []) if text])
    if before.kind == "item":
        number = 0 if before.has_same_numbers else earlier + 1
        line = _count_on(before.marker, number) + _open(before.box) + title
        blank = before.is_loose or before.end_is_code
        work.insert(position, [*([""] if blank else []), line])
        return
    line = title if before.kind == "code" else before.marker + _letter(before.text, earlier) + title
    if position >= len(work.lines) or before.kind == "code":
        work.insert(position, ["", line])
    else:
        needs = [] if work.is_blank(position - 1) else [""]
        work.insert(position, [*(needs if not earlier else []), line, ""])


def _open(box: str) -> str:
    """A step that was put in is not ticked."""
    return re.sub(r"\[[xX]\]", "[ ]", box)


def _count_on(line: str, steps: int) -> str:
    """The number at the marker, so many further; a line without one stays."""
    match = _NUMBERED.match(line) or re.match(r"([\s>]*)(\d{1,9})([.)][ \t]+.*)\Z", line, re.DOTALL)
    return f"{match[1]}{int(match[2]) + steps}{match[3]}" if match and steps else line


def _letter(text: str, earlier: int) -> str:
    """`Step 2a: ` after `Step 2: …`; "" where headings are not counted."""
    match = _STEP_NUMBER.match(text)
    return f"{match[1]}{chr(ord('a') + min(earlier, 25))}{match[2]}" if match else ""
