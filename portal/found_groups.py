"""A place beside the runbooks where answers stand: how it is asked, and how its answers are put into groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from accounts.models import User
from runbooks.search.question import Question, parse
from runbooks.search.results import Group, Hit, Results

PER_GROUP = 5
SUGGESTED = 2  # of each kind, while somebody types
LEAST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Place:
    """`labels` are its kinds, in the order of its groups; `find` gives its hits, of one kind or of all for ""."""

    labels: Mapping[str, str]
    find: Callable[[User, Question, str], list[Hit]]

    def search(self, user: User, text: str, *, kind: str = "", page: int = 1) -> Results:
        """All that fits the question; of one kind alone when it is one of `labels`. There is one page."""
        question = parse(text)
        if (kind and kind not in self.labels) or page > 1:
            return Results(words=question.text)
        return self._answer(user, question, kind, None if kind else PER_GROUP)

    def suggest(self, user: User, text: str) -> Results:
        """A few answers while somebody types: the last word may go on."""
        question = parse(text).with_prefix()
        if sum(map(len, question.words)) < LEAST_LETTERS:
            return Results(words=question.text)
        return self._answer(user, question, "", SUGGESTED)

    def _answer(self, user: User, question: Question, kind: str, most: int | None) -> Results:
        if question.has_filters:  # all filters are about runbooks
            return Results(words=question.text)
        return group_hits(self.find(user, question, kind), self.labels, question.text, most)


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
