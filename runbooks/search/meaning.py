"""What was probably meant, when nothing has all the words as they were written. What nobody may see corrects nobody."""

from __future__ import annotations

from dataclasses import dataclass, replace

from accounts.models import User
from runbooks.search.question import Question, Term
from runbooks.search.spelling import find_candidates, find_splits
from runbooks.search.statement import count_uses

MOST_CORRECTED = 4  # words of one question

Correction = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Meaning:
    """The question with the words that were meant, and which of its terms stand nowhere, whatever is tried."""

    question: Question
    corrections: tuple[Correction, ...] = ()
    unknown: tuple[Term, ...] = ()


def find_meaning(user: User, question: Question, *, with_drafts: bool) -> Meaning:
    """Each term as it is where it stands somewhere, else as the start of a word, else as the nearest word."""
    uses = count_uses(user, question.terms, with_drafts=with_drafts, most=1)
    terms: list[Term] = []
    corrections: list[Correction] = []
    unknown: list[Term] = []
    for term, count in zip(question.terms, uses, strict=True):
        meant = [term] if count else []
        if not meant and len(corrections) < MOST_CORRECTED:
            meant = _find_meant(user, term, with_drafts)
            if meant and _is_other(term, meant):
                corrections.append((term.text, " ".join(t.text for t in meant)))
        terms.extend(meant)
        unknown.extend([] if meant else [term])
    return Meaning(replace(question, terms=tuple(terms)), tuple(corrections), tuple(unknown))


def _is_other(term: Term, meant: list[Term]) -> bool:
    """Whether another word was put in its place; its parts, or a word that goes on, are no other words."""
    return tuple(word for other in meant for word in other.words) != term.words


def _find_meant(user: User, term: Term, with_drafts: bool) -> list[Term]:
    """The terms that stand for one that is nowhere; none when nothing is near."""
    if term.is_phrase and not term.joined:
        return []
    word = term.joined or term.words[0]
    begun = replace(term, is_prefix=True)
    if not term.is_prefix and len(word) >= 3 and any(count_uses(user, [begun], with_drafts=with_drafts, most=1)):
        return [begun]
    for near in find_candidates(word, is_prefix=term.is_prefix):
        options = [(distance, [replace(_plain(other), is_prefix=term.is_prefix)]) for distance, other in near]
        if meant := _choose(user, options, with_drafts):
            return meant
    splits = [(0.9, [_plain(part) for part in pair]) for pair in find_splits(word)]
    return _choose(user, splits, with_drafts) or _find_parts(user, term, with_drafts)


def _find_parts(user: User, term: Term, with_drafts: bool) -> list[Term]:
    """For a put-together word: its parts, each as it was meant; none when one of them stays unknown."""
    parts = [_plain(word) for word in term.words] if len(term.words) > 1 else []
    uses = count_uses(user, parts, with_drafts=with_drafts)
    meant = [[part] if count else _find_meant(user, part, with_drafts) for part, count in zip(parts, uses, strict=True)]
    return [term for terms in meant for term in terms] if all(meant) else []


def _choose(user: User, options: list[tuple[float, list[Term]]], with_drafts: bool) -> list[Term]:
    """The nearest option that the person may see in use; of equally near ones the one used most."""
    if not options:
        return []
    terms = list(dict.fromkeys(_plain(term.text) for _, option in options for term in option))
    uses = dict(zip(terms, count_uses(user, terms, with_drafts=with_drafts), strict=True))
    least = [(d, min(uses[_plain(term.text)] for term in option), option) for d, option in options]
    seen = [(d, -count, option) for d, count, option in least if count]
    return min(seen, key=lambda choice: (round(choice[0], 1), choice[1], choice[2][0].text))[2] if seen else []


def _plain(word: str) -> Term:
    return Term(word, (word,))
