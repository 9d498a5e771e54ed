"""Handoffs as answers of the search."""

from __future__ import annotations

from accounts.models import User
from handoffs.pages.finding import Found, find_handoffs
from portal.found_groups import LEAST_LETTERS, PER_GROUP, SUGGESTED, group_hits, read_words
from runbooks.search.highlight import Marker
from runbooks.search.question import Question, parse
from runbooks.search.results import Hit, Results

LABELS = {"handoff": "Handoffs"}


def search_handoffs(user: User, text: str, *, kind: str = "", page: int = 1) -> Results:
    """All that fits the question, the newest first; nothing where another kind is asked for. There is one page."""
    question = parse(text)
    if (kind and kind not in LABELS) or page > 1:
        return Results(words=question.text)
    return _answer(user, question, PER_GROUP if not kind else None)


def suggest_handoffs(user: User, text: str) -> Results:
    """A few answers while somebody types: the last word may go on."""
    question = parse(text).with_prefix()
    if sum(map(len, question.words)) < LEAST_LETTERS:
        return Results(words=question.text)
    return _answer(user, question, SUGGESTED)


def _answer(user: User, question: Question, most: int | None) -> Results:
    if question.has_filters:  # all filters are about runbooks
        return Results(words=question.text)
    wanted, unwanted = read_words(question)
    marker = Marker.of(question.terms)
    hits = [_make_hit(one, marker) for one in find_handoffs(user, wanted, unwanted)]
    return group_hits(hits, LABELS, question.text, most)


def _make_hit(found: Found, marker: Marker) -> Hit:
    return Hit(
        kind="handoff",
        title=marker.mark(found.name),
        url=found.url,
        fragment=marker.fragment(found.summary),
        status=found.state,
        status_label=found.state_label,
    )
