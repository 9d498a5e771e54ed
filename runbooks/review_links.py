"""Links in a message that answer for a review with one click: signed, for one person, one runbook and one text.

Opening such a link changes nothing, as mail scanners open links too; the page it leads to has the button.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core import signing
from django.urls import reverse

RIGHT, SNOOZE, NOT_MINE = "right", "snooze", "not-mine"
WHATS = (RIGHT, SNOOZE, NOT_MINE)
SALT = "runbooks.review_links"
LIFETIME = dt.timedelta(days=90)


class BadToken(Exception):
    """The link was not made by this portal, or was cut short on its way."""


class OldToken(BadToken):
    """The link was good once."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a link stands for: who was asked, about which text, and when the review was due as the message was written."""

    person_id: int
    runbook_id: int
    version_id: int | None
    what: str
    due: dt.date | None


def make_answer_path(person_id: int, runbook_id: int, version_id: int | None, what: str, due: dt.date | None) -> str:
    """The address, from the portal's root, at which that person gives that answer. It holds for 90 days."""
    if what not in WHATS:
        raise ValueError(f"There is no answer called {what}.")
    said = [person_id, runbook_id, version_id, what, due.isoformat() if due else ""]
    return reverse("reviews:answer", args=[signing.dumps(said, salt=SALT)])


def read_answer_token(token: str, *, lifetime: dt.timedelta = LIFETIME) -> Answer:
    """What the link stands for. Raises OldToken after its lifetime, and BadToken for what nobody signed."""
    try:
        said = signing.loads(token, salt=SALT, max_age=lifetime)
    except signing.SignatureExpired:
        raise OldToken("This link is too old.") from None
    except signing.BadSignature:
        raise BadToken("This link is not one of ours.") from None
    person_id, runbook_id, version_id, what, due = said
    return Answer(person_id, runbook_id, version_id, what, dt.date.fromisoformat(due) if due else None)
