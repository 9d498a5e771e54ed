"""Incidents and post-mortems as answers of the search."""

from __future__ import annotations

from accounts.models import User
from incidents.models import PostMortem, Status
from incidents.pages.finding import Found, find_incidents
from portal.found_groups import Place, read_words
from runbooks.search.highlight import Marker
from runbooks.search.question import Question
from runbooks.search.results import Hit
from runbooks.search.words import key_of

LABELS = {"incident": "Incidents", "postmortem": "Post-mortems"}
WORDS = {**dict(Status.choices), **dict(PostMortem.Status.choices)}


def _find(user: User, question: Question, kind: str) -> list[Hit]:
    """The newest first."""
    wanted, unwanted = read_words(question)
    marker = Marker.of(question.terms)
    found = [one for one in find_incidents(user, wanted, unwanted) if not kind or one.kind == kind]
    return [_make_hit(one, marker, question) for one in found]


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


INCIDENTS = Place(LABELS, _find)
