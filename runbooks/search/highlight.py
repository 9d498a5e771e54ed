"""Which pieces of a text match the question, and which part of a long text to show. Plain text in, plain text out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from runbooks.search.question import Term
from runbooks.search.results import Marked
from runbooks.search.words import Part, Run, compose, is_same_word, runs_of

WIDTH = 200  # characters of a fragment
_LOOKED_AT = 6_000  # characters of a text in which a fragment is sought
SAME = 3  # letters that all forms of a word begin with

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Marker:
    """Knows the words of one question."""

    words: frozenset[str]
    prefixes: tuple[str, ...]
    likely: re.Pattern[str]  # how the words begin: most of a text is passed over without being taken apart

    @classmethod
    def of(cls, terms: Iterable[Term]) -> Marker:
        terms = list(terms)
        words = {word for term in terms for word in (*term.words, term.joined) if word}
        singles = [term.words[0] for term in terms if len(term.words) == 1]
        words |= {one + other for one, other in pairwise(singles)}
        prefixes = tuple(w for t in terms if t.is_prefix for w in (t.words[-1], t.joined) if w)
        return cls(frozenset(words), prefixes, _beginnings({*words, *prefixes}))

    def mark(self, text: str) -> Marked:
        """The whole text in pieces."""
        text = compose(text)
        return _cut(text, 0, len(text), self.places(text))

    def fragment(self, text: str, width: int = WIDTH) -> Marked:
        """The part of the text in which most different words of the question stand, on one line; its start if none does."""
        text = " ".join(compose(text[:_LOOKED_AT]).split())
        places = self.places(text)
        start, end = _window(text, places, width)
        pieces = _cut(text, start, end, places)
        before = (("… ", False),) if start else ()
        after = ((" …", False),) if end < len(text) else ()
        return (*before, *pieces, *after)

    def places(self, text: str) -> list[Place]:
        """Where words of the question stand, in order, neighbours put together."""
        found: list[Place] = []
        for run in runs_of(text, self.likely):
            for start, end in self._places_in(run):
                if found and found[-1][1] >= start:
                    found[-1] = found[-1][0], max(end, found[-1][1])
                else:
                    found.append((start, end))
        return found

    def _places_in(self, run: Run) -> Iterable[Place]:
        if len(run.parts) > 1 and self._is_asked(run.joined or "-"):
            return [(run.start, run.end)]
        places = [(part.start, part.end) for part in run.parts if self._is_asked(part.word)]
        if len(run.parts) > 1:
            places += [(a.start, b.end) for a, b in _neighbours(run.parts) if self._is_asked(a.word + b.word)]
        return sorted(places)

    def _is_asked(self, word: str) -> bool:
        if word in self.words or any(word.startswith(prefix) for prefix in self.prefixes):
            return True
        return any(is_same_word(word, asked) for asked in self.words if asked[:SAME] == word[:SAME])


def _beginnings(words: Iterable[str]) -> re.Pattern[str]:
    """The first letters of each word, also with a hyphen, a dot or the like between them."""
    starts = {"[^a-z0-9]?".join(map(re.escape, word[:SAME])) for word in words}
    return re.compile("|".join(sorted(starts)) or "(?!)", re.IGNORECASE)


def _neighbours(parts: tuple[Part, ...]) -> Iterable[tuple[Part, Part]]:
    return pairwise(parts)


def _window(text: str, places: list[Place], width: int) -> Place:
    """The stretch of about that width that holds most different matches, the earliest of equals."""
    if len(text) <= width or not places:
        return 0, _word_end(text, width)
    best, most = 0, 0
    for index, (start, _) in enumerate(places[:400]):
        words = set()
        for other_start, other_end in places[index : index + 20]:
            if other_end > start + width - 40:
                break
            words.add(text[other_start:other_end].lower())
        if len(words) > most:
            best, most = start, len(words)
    start = max(best - 40, 0)
    if start:
        start = text.find(" ", start, best) + 1 or best
    if len(text) - start < width:
        start = _word_start(text, max(len(text) - width, 0))
    return start, _word_end(text, start + width)


def _word_start(text: str, at: int) -> int:
    return 0 if at <= 0 else (text.find(" ", at, at + 40) + 1 or at)


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    space = text.rfind(" ", at - 40, at + 1)
    return space if space > 0 else at


def _cut(text: str, start: int, end: int, places: list[Place]) -> Marked:
    pieces: list[tuple[str, bool]] = []
    at = start
    for first, last in places:
        if last <= start or first >= end:
            continue
        if first > at:
            pieces.append((text[at:first], False))
        pieces.append((text[max(first, start) : min(last, end)], True))
        at = min(last, end)
    if at < end:
        pieces.append((text[at:end], False))
    return tuple(pieces)
