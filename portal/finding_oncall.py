"""On-call as answers of the search: people and shared lines, vendors, channels, teams' on-call and escalation paths."""

from __future__ import annotations

from accounts.models import User
from oncall.pages.finding import Found, find_words
from portal.found_groups import Place, read_words
from runbooks.search.highlight import Marker
from runbooks.search.question import Question
from runbooks.search.results import Hit
from runbooks.search.words import key_of, words_of

LABELS = {"directory": "Directory", "oncall": "On-call", "path": "Escalation paths"}
KIND_OF = {
    **dict.fromkeys(("person", "contact", "vendor", "channel"), "directory"),
    "team": "oncall",
    "path": "path",
}


def _find(user: User, question: Question, kind: str) -> list[Hit]:
    words, unwanted = read_words(question)
    found = [one for one in find_words(user, words, unwanted) if not kind or KIND_OF[one.kind] == kind]
    marker = Marker.of(question.terms)
    called = [one for one in found if one.kind == "person" and set(words) <= set(words_of(one.name))]
    meant = called[0] if len(called) == 1 and words else None
    return [_make_hit(one, marker, question, is_meant=one is meant) for one in found]


def _make_hit(found: Found, marker: Marker, question: Question, *, is_meant: bool) -> Hit:
    """`is_meant` is for the one person who is called so, by the first name alone too."""
    kind = KIND_OF[found.kind]
    title = marker.mark(found.name)
    return Hit(
        kind=kind,
        title=(("On call: ", False), *title) if found.kind == "team" else title,
        url=found.url,
        fragment=marker.fragment(found.about),
        is_exact=is_meant or (kind != "oncall" and key_of(found.name) in question.keys),
    )


ONCALL = Place(LABELS, _find)
