"""Which section a table row means: by link, by number, by title, or because a heading names the same thing."""

from __future__ import annotations

import re

from runbooks.reading.anchors import normalise_fragment
from runbooks.reading.page import Page, Part
from runbooks.reading.wording import key, squeeze

_NUMBER = re.compile(r"(?:^|section |§ ?|sec )(\d{1,3}(?: \d{1,3}){0,4}|[a-z](?= |$))")
_PREFIX = re.compile(
    r"^(?:alert|issue|problem|incident|scenario|symptom|troubleshooting)s?\s{0,3}\d{0,3}\s{0,3}[:–—-]\s{0,3}", re.I
)
_FILLER = frozenset({"a", "an", "and", "are", "be", "by", "for", "has", "in", "is", "it", "not", "of", "on", "or"}) | {
    *("the", "to", "too", "was", "with"),
}
_MOST = 50  # sections looked at for one name; more that share a word name nothing in particular


class SectionFinder:
    """Looks sections up without going through all of them for each name."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._by_subject: dict[str, str] = {}
        self._entries: set[str] = set()
        self._numbers = {key(number): part for number, part in page.by_number.items()}
        self._by_word: dict[str, list[tuple[frozenset[str], str]]] = {}
        for part in page.parts:
            self._index(part)

    def by_reference(self, link: str, text: str) -> str:
        """The anchor that a cell such as `#high-latency`, `6.1`, `Section 6.1` or `High latency` points to, else ""."""
        anchor = normalise_fragment(link[1:]) if link.startswith("#") else ""
        if anchor in self._page.by_anchor:
            return anchor
        if link or not text:
            return ""
        if text.startswith("#") and text[1:] in self._page.by_anchor:
            return text[1:]
        words = key(text)
        if part := self._page.by_title.get(words):
            return part.section.anchor
        match = _NUMBER.match(words)
        part = self._numbers.get(match[1]) if match else None
        return part.section.anchor if part else self._by_subject.get(words, "")

    def by_name(self, name: str) -> str:
        """The section whose heading names this alert: the same words, or all of them in a heading `Issue: …`."""
        if exact := self._by_subject.get(key(name)):
            return exact
        words = _telling_words(name)
        if not words:
            return ""
        rarest = min((self._by_word.get(word, []) for word in words), key=len)
        return next((anchor for held, anchor in rarest[:_MOST] if words <= held), "")

    def _index(self, part: Part) -> None:
        title, anchor = squeeze(part.section.title)[:300], part.section.anchor
        subject = _PREFIX.sub("", title, count=1)
        if subject == title:
            self._by_subject.setdefault(key(title), anchor)
            return
        # An entry of the troubleshooting guide says more about an alert than a chapter of the same name.
        if key(subject) not in self._entries:
            self._entries.add(key(subject))
            self._by_subject[key(subject)] = anchor
        held = _telling_words(subject)
        for word in held:
            self._by_word.setdefault(word, []).append((held, anchor))


def _telling_words(text: str) -> frozenset[str]:
    return frozenset(key(text[:300]).split()) - _FILLER
