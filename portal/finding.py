"""What the one search box asks: the runbooks, and each place beside them, put together into one page of answers.

Another directory becomes part of the search by its `Place` in `PLACES`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.http import QueryDict

from accounts.models import User
from portal.finding_handoffs import HANDOFFS
from portal.finding_incidents import INCIDENTS
from portal.finding_oncall import ONCALL
from runbooks.search import search, suggest
from runbooks.search.engine import LABELS
from runbooks.search.results import Results

PLACES = (INCIDENTS, HANDOFFS, ONCALL)
# What can be asked for alone, with the name of its group, in the order in which it is offered
KINDS = LABELS | {kind: label for place in PLACES for kind, label in place.labels.items()}
LAST_PAGE = 100
LONGEST = 500  # characters of a question; no search uses more


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it stands in the address of the search page."""

    text: str = ""
    kind: str = ""  # a key of KINDS; "" is everything
    drafts: bool = False
    page: int = 1

    @classmethod
    def of(cls, query: QueryDict) -> Asked:
        """The question in an address; what means nothing there is left out."""
        kind, page = query.get("kind", ""), query.get("page", "")
        return cls(
            text=" ".join(query.get("q", "").replace("\x00", " ").split())[:LONGEST],
            kind=kind if kind in KINDS else "",
            drafts=query.get("drafts") == "1",
            page=max(1, min(int(page), LAST_PAGE)) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        )

    def address(self, **changes: object) -> str:
        """The search page with this question, some of it changed; short, so that it can be sent to somebody."""
        asked = replace(self, **changes)  # type: ignore[arg-type]  # the callers name fields with values of their types
        query = QueryDict(mutable=True)
        given = {
            "q": asked.text,
            "kind": asked.kind,
            "drafts": asked.drafts and "1",
            "page": asked.page > 1 and asked.page,
        }
        query.update({name: str(value) for name, value in given.items() if value})
        return f"/search/?{query.urlencode()}"


def _search_runbooks(user: User, asked: Asked) -> Results:
    if asked.kind and asked.kind not in LABELS:
        return Results(words=asked.text)
    return search(user, asked.text, kind=asked.kind, drafts=asked.drafts, page=asked.page)


def find(user: User, asked: Asked) -> Results:
    """One page of answers for the search page."""
    beside = [place.search(user, asked.text, kind=asked.kind, page=asked.page) for place in PLACES]
    return combine([_search_runbooks(user, asked), *beside])


def find_while_typing(user: User, text: str) -> Results:
    """A few answers to what has been typed so far."""
    return combine([suggest(user, text), *(place.suggest(user, text) for place in PLACES)])


def combine(answers: Iterable[Results]) -> Results:
    """The answers of all sources as one. What only comes near is left out where something fits."""
    found = list(answers)
    fitting = [results for results in found if not results.is_nearest and not results.is_empty]
    kept = fitting or found
    if len(kept) == 1:
        return kept[0]
    bests = [results.best for results in kept if results.best]
    return Results(
        words=kept[0].words,
        groups=tuple(group for results in kept for group in results.groups),
        best=next((best for best in bests if best.is_exact), next(iter(bests), None)),
        is_nearest=not fitting and any(results.is_nearest for results in kept),
        corrections=tuple(dict.fromkeys(pair for results in kept for pair in results.corrections)),
        in_drafts=sum(results.in_drafts for results in found),
        page=kept[0].page,
        pages=max(results.pages for results in kept),
    )
