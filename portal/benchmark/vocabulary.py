"""Words that nobody has written before, so that many copies of a text are not many times the same words."""

from __future__ import annotations

import random
import re

SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
COINED = len(SYLLABLES) ** 3  # different words there are
STRIDE = 104_729  # shares no factor with COINED, so that each number gives another word
OWN_WORDS = 60  # new words in each copy
EVERY = 12  # about one word in so many is another one


def coin_word(number: int) -> str:
    """The word of that number; three syllables, unlike those of its neighbours."""
    rest, first = divmod(number * STRIDE % COINED, len(SYLLABLES))
    third, second = divmod(rest, len(SYLLABLES))
    return SYLLABLES[first] + SYLLABLES[second] + SYLLABLES[third]


class Dialect:
    """How one copy is written: some words of its own, and older ones that others use too, the oldest most often."""

    def __init__(self, copy: int) -> None:
        self._random = random.Random(copy)
        self._first = copy * OWN_WORDS

    def pick(self) -> str:
        """A word: one time in three one of its own, else one that was there before, an old one rather than a new one."""
        if not self._first or self._random.random() < 1 / 3:
            return coin_word(self._first + self._random.randrange(OWN_WORDS))
        return coin_word(int(self._first * self._random.random() ** 3))

    def vary(self, text: str) -> str:
        """The text with about one word in twelve replaced; blanks and line ends stay as they are."""
        words = text.split(" ")
        at = self._random.randrange(EVERY)
        while at < len(words):
            if words[at].isalpha():
                words[at] = self.pick()
            at += 1 + self._random.randrange(2 * EVERY - 1)
        return " ".join(words)

    def rename(self, name: str) -> str:
        """Another name of the same make: `TargetDown` gets `TargetDownVorlana`, one heading in three a word more."""
        if re.fullmatch(r"\w*[a-z][A-Z]\w*", name):
            return name + self.pick().capitalize()
        return f"{name} {self.pick()}" if self._random.random() < 1 / 3 else name
