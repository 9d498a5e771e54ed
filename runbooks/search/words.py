"""How texts become words: the same way for what is searched and for what is asked.

Words are runs of letters and digits, lower case, without accents. A run that is put together (`KubePodCrashLooping`,
`err-001`, `settings.json`) is read both ways: its parts where it stands, and the joined form besides. Chinese and Japanese
are written without spaces; there every two neighbouring characters are a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

LONGEST = 40  # letters: what is longer is a key or a hash, and its start tells enough
KEY_LENGTH = 300
MOST_WORDS = 30_000  # of one text: PostgreSQL's tsvector ends at 1 MB
_JOINED_PARTS = 6  # `a-b-c-d-e-f-g` is a list or a path, and nobody writes it in one word

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUN = re.compile(r"[^\W_]+(?:[-_.][^\W_]+)*")
_SIMPLE = re.compile(r"[^\W_]+")
_PIECE = re.compile(
    rf"[{_CJK}]+|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_A-Za-z{_CJK}]+",
)
_IS_CJK = re.compile(rf"[{_CJK}]")
_MARKS = re.compile("[\u0300-\u036f]")
# Letters that Unicode does not take apart into a plain letter and an accent.
_LETTERS = str.maketrans({"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "æ": "ae", "œ": "oe"})


@dataclass(frozen=True, slots=True)
class Part:
    """One word, and where it stands in the text."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Run:
    """What stands between two spaces, as far as it is letters and digits with `-`, `_`, `.` between them."""

    parts: tuple[Part, ...]
    start: int
    end: int
    is_camel: bool  # parted by its capitals alone

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(part.word for part in self.parts)

    @property
    def joined(self) -> str:
        """All of it as one word; "" when it is one word anyway, or too long a chain."""
        if not 1 < len(self.parts) <= _JOINED_PARTS or _IS_CJK.match(self.parts[0].word):
            return ""
        return "".join(self.words)[:LONGEST]


def fold(text: str) -> str:
    """Lower case, without accents."""
    return text.lower() if text.isascii() else strip_accents(text).casefold()


def strip_accents(text: str) -> str:
    """The text with plain letters in place of accented ones, capitals kept."""
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", text))).translate(_LETTERS)


def key_of(name: str) -> str:
    """What makes two names the same: their letters and digits. `ERR-001`, `err_001` and `Err 001` have one key."""
    return "".join(_SIMPLE.findall(fold(name[: 4 * KEY_LENGTH])))[:KEY_LENGTH]


def compose(text: str) -> str:
    """The text with accents on their letters, so that a letter is one character."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def runs_of(text: str, likely: re.Pattern[str] | None = None) -> Iterator[Run]:
    """The runs of a text (see `compose`), in order; of plain ASCII ones only those that `likely` is found in."""
    for match in _RUN.finditer(_blank_apostrophes(text)):
        if likely is not None and match[0].isascii() and not likely.search(match[0]):
            continue
        run = _split(match[0], match.start())
        if run.parts:
            yield run


def words_of(text: str) -> list[str]:
    """Words in order, the parts of put-together ones only."""
    return [word for run in runs_of(compose(text)) for word in run.words]


def indexed(text: str) -> str:
    """All words of a text for the index, put together with spaces: the parts in their order, then the joined forms."""
    words: list[str] = []
    joined: dict[str, None] = {}
    for run in runs_of(compose(text)):
        words.extend(run.words)
        if len(run.parts) > 1:
            joined.update(dict.fromkeys(_joined_forms(run)))
        if len(words) + len(joined) > MOST_WORDS:
            break
    return " ".join((*words[:MOST_WORDS], *joined))


def indexed_name(name: str) -> str:
    """As `indexed`, with every two neighbours joined too, so that `crashloop` meets `crash loop`."""
    words = words_of(name)
    pairs = [one + other for one, other in pairwise(words) if _may_join(one, other)]
    return " ".join(dict.fromkeys((*indexed(name).split(), *(p for p in pairs if len(p) <= LONGEST))))


def _joined_forms(run: Run) -> Iterator[str]:
    if run.joined:
        yield run.joined
        words = run.words
        for one, other in pairwise(words):
            if _may_join(one, other):
                yield (one + other)[:LONGEST]


def _may_join(one: str, other: str) -> bool:
    """Two figures side by side are no word."""
    return not (one.isdigit() and other.isdigit()) and not _IS_CJK.match(one)


def _blank_apostrophes(text: str) -> str:
    """`service's` is a service; the length stays, so that places in the text stay too."""
    if "'" not in text and "’" not in text:
        return text
    return re.sub(r"(?<=[^\W_])['’][sStT]?(?![^\W_])|(?<=[^\W_])['’](?=[^\W_])", lambda m: " " * len(m[0]), text)


def _split(run: str, start: int) -> Run:
    if run.isascii() and run.isalpha() and (run.islower() or run.istitle() or run.isupper()):
        return Run((Part(run.lower()[:LONGEST], start, start + len(run)),), start, start + len(run), False)
    parts: list[Part] = []
    is_camel = run.isascii() and run.isalpha()
    for match in _SIMPLE.finditer(run):
        parts.extend(_pieces(match[0], start + match.start()))
    return Run(tuple(parts), start, start + len(run), is_camel)


def _pieces(word: str, start: int) -> Iterator[Part]:
    """`CrashLoop` and `err001` in their parts, `k8s` and `IPs` whole: a lone letter says nothing."""
    if word.isascii() and word.isalpha() and word[1:].islower():
        yield Part(word.lower()[:LONGEST], start, start + len(word))
        return
    plain = strip_accents(word)
    if len(plain) != len(word) or not plain.isalnum():  # `ß`, `¼`: letters that become several
        if whole := _plain_word(plain):
            yield Part(whole, start, start + len(word))
        return
    found = list(_PIECE.finditer(plain))
    if len(found) < 4 and any(len(m[0]) == 1 and m[0].isascii() and m[0].isalpha() for m in found):
        yield Part(_plain_word(plain), start, start + len(word))
        return
    for match in found:
        if _IS_CJK.match(match[0]):
            yield from _characters(match[0], start + match.start())
        else:
            yield Part(_plain_word(match[0]), start + match.start(), start + match.end())


def _plain_word(text: str) -> str:
    """Lower case, and letters and digits only, whatever Unicode makes of them."""
    return "".join(_SIMPLE.findall(text.casefold()))[:LONGEST]


def _characters(run: str, start: int) -> Iterator[Part]:
    """Every two neighbouring characters; a single one stays alone."""
    if len(run) == 1:
        yield Part(run, start, start + 1)
    for place in range(len(run) - 1):
        yield Part(run[place : place + 2], start + place, start + place + 2)


# Endings that change nothing about what is meant: enough to mark what PostgreSQL's English stemmer found.
_WRITTEN_ENDINGS = "s es e ed ing er ers ly d y ies ied ation ations ion ions ment ments able ings"
_ENDINGS = frozenset(_WRITTEN_ENDINGS.split())


@lru_cache(maxsize=20_000)
def is_same_word(one: str, other: str) -> bool:
    """Whether two words are forms of one: `restart`, `restarts`, `restarting`; `copy`, `copies`; `stop`, `stopped`."""
    if one == other:
        return True
    shared = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    if shared < 3:
        return False
    rests = one[shared:], other[shared:]
    if all(not rest or rest in _ENDINGS for rest in rests):
        return True
    return shared >= 3 and any(
        rest[:1] == one[shared - 1] and rest[1:] in _ENDINGS and not end for rest, end in (rests, rests[::-1])
    )
