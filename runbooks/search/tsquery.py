"""Questions in the words of PostgreSQL's `to_tsquery`. Only letters and digits get into it, so nothing needs quoting twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise

from runbooks.search.question import Term

ALL, ANY = " & ", " | "
_MOST_PAIRED = 6  # words: longer questions are sentences, where neighbours are not one name


def match_all(terms: Sequence[Term], *, weights: str = "") -> str:
    """Entries that have every term; two neighbouring words may stand there as one (`crash loop`, `crashloop`)."""
    plain = ALL.join(_term(term, weights) for term in terms)
    others = [] if len(terms) > _MOST_PAIRED else list(_with_a_pair_joined(terms, weights))
    return ANY.join([f"({plain})", *others]) if others else plain


def match_most(terms: Sequence[Term], leaving_out: int) -> str:
    """Entries that have all terms but that many."""
    kept = combinations(terms, len(terms) - leaving_out)
    return ANY.join(f"({ALL.join(_term(term, '') for term in some)})" for some in kept)


def match_any(terms: Iterable[Term]) -> str:
    """Entries that have one of the terms: what the rank is counted with."""
    return ANY.join(_term(term, "") for term in terms)


def word(text: str, suffix: str = "") -> str:
    """One word; `suffix` is `:*` (it may go on), `:AB` (in a name or above it) or both."""
    return f"'{text}'{suffix}"


def _term(term: Term, weights: str) -> str:
    between = " <-> " if term.is_phrase else ALL
    plain = f":{weights}" if weights else ""
    last = f":{'*' if term.is_prefix else ''}{weights}" if term.is_prefix or weights else ""
    words = [*(word(w, plain) for w in term.words[:-1]), word(term.words[-1], last)]
    parts = f"({between.join(words)})" if len(words) > 1 else words[0]
    return f"({word(term.joined, last)} | {parts})" if term.joined else parts


def _with_a_pair_joined(terms: Sequence[Term], weights: str) -> Iterable[str]:
    for place, (one, other) in enumerate(pairwise(terms)):
        if len(one.words) == len(other.words) == 1 and not (one.words[0].isdigit() and other.words[0].isdigit()):
            text = one.words[0] + other.words[0]
            joined = Term(text, (text,), is_prefix=other.is_prefix)
            rest = (*terms[:place], joined, *terms[place + 2 :])
            yield f"({ALL.join(_term(term, weights) for term in rest)})"
