"""Handoffs as answers of the search."""

from __future__ import annotations

from accounts.models import User
from handoffs.pages.finding import Found, find_handoffs
from portal.found_groups import Place, read_words
from runbooks.search.highlight import Marker
from runbooks.search.question import Question
from runbooks.search.results import Hit

LABELS = {"handoff": "Handoffs"}


def _find(user: User, question: Question, kind: str) -> list[Hit]:
    """The newest first."""
    wanted, unwanted = read_words(question)
    marker = Marker.of(question.terms)
    return [_make_hit(one, marker) for one in find_handoffs(user, wanted, unwanted)]


def _make_hit(found: Found, marker: Marker) -> Hit:
    return Hit(
        kind="handoff",
        title=marker.mark(found.name),
        url=found.url,
        fragment=marker.fragment(found.summary),
        status=found.state,
        status_label=found.state_label,
    )


HANDOFFS = Place(LABELS, _find)
