"""Incidents and post-mortems as answers of the search."""

from __future__ import annotations

from accounts.models import User
from incidents.models import PostMortem, Status
from incidents.pages.finding import Found, find_incidents
from portal.found_groups import LEAST_LETTERS, PER_GROUP, SUGGESTED, group_hits, read_words
from runbooks.search.highlight import Marker
from runbooks.search.question import Question, parse
from runbooks.search.results import Hit, Results
from runbooks.search.words import key_of

LABELS = {"incident": "Incidents", "postmortem": "Post-mortems"}
WORDS = {**dict(Status.choices), **dict(PostMortem.Status.choices)}


def search_incidents(user: User, text: str, *, kind: str = "", page: int = 1) -> Results:
    """All that fits the question, the newest first; of one kind alone when it is one of LABELS. There is one page."""
    question = parse(text)
    if (kind and kind not in LABELS) or page > 1:
        return Results(words=question.text)
    return _answer(user, question, kind, PER_GROUP if not kind else None)


def suggest_incidents(user: User, text: str) -> Results:
    """A few answers while somebody types: the last word may go on."""
    question = parse(text).with_prefix()
    if sum(map(len, question.words)) < LEAST_LETTERS:
        return Results(words=question.text)
    return _answer(user, question, "", SUGGESTED)


def _answer(user: User, question: Question, kind: str, most: int | None) -> Results:
    if question.has_filters:  # all filters are about runbooks
        return Results(words=question.text)
    wanted, unwanted = read_words(question)
    marker = Marker.of(question.terms)
    found = [one for one in find_incidents(user, wanted, unwanted) if not kind or one.kind == kind]
    return group_hits([_make_hit(one, marker, question) for one in found], LABELS, question.text, most)


def _make_hit(found: Found, marker: Marker, question: Question) -> Hit:
    """The number alone means the incident itself."""
    is_meant = found.kind == "incident" and f"inc{found.number}" in {key_of(question.text), *question.keys}
    return Hit(
        kind=found.kind,
        title=marker.mark(found.name),
        url=found.url,
        fragment=marker.fragment(found.about),
        status=found.status,
        status_label=str(WORDS.get(found.status, found.status)),
        is_exact=is_meant,
        detail={"severity": found.severity},
    )
