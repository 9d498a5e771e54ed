"""What the sources beside the runbooks share: words out of a question, and answers put into groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from runbooks.search.question import Question
from runbooks.search.results import Group, Hit, Results

PER_GROUP = 5
SUGGESTED = 2  # of each kind, while somebody types
LEAST_LETTERS = 2


def read_words(question: Question) -> tuple[list[str], list[str]]:
    """The words that must be there, and those that must not."""
    wanted = [word for term in question.terms for word in term.words]
    return wanted, [word for term in question.excluded for word in term.words]


def group_hits(hits: Sequence[Hit], labels: Mapping[str, str], words: str, most: int | None) -> Results:
    """Groups in the order of `labels`, of `most` answers each (None: all); the first exact one is the best."""
    groups = []
    for name, label in labels.items():
        own = tuple(hit for hit in hits if hit.kind == name)
        if own:
            groups.append(Group(name, label, own[:most], len(own)))
    return Results(words=words, groups=tuple(groups), best=next((hit for hit in hits if hit.is_exact), None))
