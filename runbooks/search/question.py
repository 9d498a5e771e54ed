"""What was asked, taken apart: words, "phrases", -words, and filters such as `service:checkout`. Never raises for any text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from runbooks.search.words import compose, fold, key_of, runs_of

MOST_TERMS = 12
MOST_CHARACTERS = 1_000  # what is longer was pasted by accident; its start says what it is

# Words that hold a natural question together and say nothing about what is sought. What an engineer means is not among
# them: down, up, not, off, over, out, no.
_FUNCTION_WORDS = (
    "a an and any are as at be been but by can could do does doing did for from had has have how i if in "
    "into is it its me my of on or our please shall should so some than that the their them then there "
    "these they this those to us was we were what when where which who whom whose why will with would you "
    "your im ive whats hows "
)
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
KINDS = {
    "runbook": "runbook",
    "page": "runbook",
    "section": "section",
    "heading": "section",
    "alert": "alert",
    "command": "command",
    "cmd": "command",
    "code": "code",
    "error": "code",
    "contact": "contact",
    "vendor": "contact",
    "channel": "contact",
    "service": "service",
}
STATUSES = {"draft": "draft", "review": "review", "in-review": "review", "approved": "approved", "active": "active"}

_TOKEN = re.compile(
    r"""(?P<filter>service|team|kind|type|status|is):(?P<value>"[^"]*"?|\S+)"""
    r"""|(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))""",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that is asked for: a word, a put-together word (`err-001`) or a phrase."""

    text: str  # as it was written
    words: tuple[str, ...]
    joined: str = ""  # all of it in one word; "" for phrases and single words
    is_phrase: bool = False  # the words have to stand side by side
    is_prefix: bool = False  # the (last) word may go on


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is understood."""

    terms: tuple[Term, ...] = ()
    excluded: tuple[Term, ...] = ()
    keys: tuple[str, ...] = ()  # what a name has to be to be exactly what was asked for
    kind: str = ""
    status: str = ""
    services: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    text: str = field(default="", compare=False)  # the part of it that is used

    @property
    def is_empty(self) -> bool:
        return not (self.terms or self.has_filters)

    @property
    def has_filters(self) -> bool:
        return bool(self.kind or self.status or self.services or self.teams)

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word for term in self.terms for word in term.words)

    def with_prefix(self) -> Question:
        """The same question while its last word is still being typed."""
        if not self.terms or (self.terms[-1].is_phrase and not self.terms[-1].joined):
            return self
        if len(self.terms) > 1 and len(self.terms[-1].text) == 1:  # one letter begins too many words to tell anything
            return replace(self, terms=self.terms[:-1])
        return replace(self, terms=(*self.terms[:-1], replace(self.terms[-1], is_prefix=True)))


def parse(text: str) -> Question:
    """Whatever somebody typed, as a question; an empty one where there is no word in it."""
    text = _clean(text)
    terms: list[Term] = []
    excluded: list[Term] = []
    filters: dict[str, list[str]] = {}
    for match in _TOKEN.finditer(text):
        known = _read_filter(match)
        if known:
            filters.setdefault(known[0], []).append(known[1])
            continue
        written = match[0] if match["filter"] else match["phrase"] if match["phrase"] is not None else match["word"]
        found = _read_terms(written, is_phrase=match["phrase"] is not None)
        (excluded if match["minus"] and _may_exclude(written) else terms).extend(found)
    kept = _drop_function_words(terms)[:MOST_TERMS]
    return Question(
        terms=tuple(kept),
        excluded=tuple(excluded[:MOST_TERMS]),
        keys=_keys_of(terms, kept),
        kind=filters.get("kind", [""])[-1],
        status=filters.get("status", [""])[-1],
        services=tuple(filters.get("service", ()))[:3],
        teams=tuple(filters.get("team", ()))[:3],
        text=text,
    )


def _clean(text: str) -> str:
    usable = text[:MOST_CHARACTERS].replace("\x00", " ").encode("utf-8", "ignore").decode()
    return " ".join(compose(usable).replace("“", '"').replace("”", '"').replace("„", '"').split())


def _read_filter(match: re.Match[str]) -> tuple[str, str] | None:
    """Name and value of a filter; None when it is none, or has a value that means nothing."""
    if not match["filter"]:
        return None
    name, value = match["filter"].lower(), match["value"].strip('"').strip()
    folded = fold(value)
    if name in ("kind", "type"):
        kind = KINDS.get(folded) or KINDS.get(folded.removesuffix("s"))
        return ("kind", kind) if kind else None
    if name in ("status", "is"):
        status = STATUSES.get(folded) or STATUSES.get(folded.removesuffix("s"))
        return ("status", status) if status else None
    return (name, value) if key_of(value) else None


def _may_exclude(written: str) -> bool:
    """`-word` leaves out; `-n`, `-rf` and `--force` belong to a command."""
    return len(written) > 2 and not written.startswith("-")


def _read_terms(written: str, *, is_phrase: bool) -> Iterator[Term]:
    runs = list(runs_of(written))
    if is_phrase and runs:
        words = tuple(word for run in runs for word in run.words)
        yield Term(written, words[:MOST_TERMS], is_phrase=len(words) > 1)
        return
    for run in runs:
        text = written[run.start : run.end]
        yield Term(text, run.words[:MOST_TERMS], run.joined, is_phrase=len(run.words) > 1 and not run.is_camel)


def _drop_function_words(terms: list[Term]) -> list[Term]:
    kept = [term for term in terms if len(term.words) > 1 or term.words[0] not in FUNCTION_WORDS]
    return list({(t.words, t.is_phrase): t for t in (kept or terms)}.values())


def _keys_of(terms: list[Term], kept: list[Term]) -> tuple[str, ...]:
    whole = key_of(" ".join(term.text for term in terms))
    core = key_of(" ".join(term.text for term in kept))
    return tuple(dict.fromkeys(key for key in (whole, core) if key))
