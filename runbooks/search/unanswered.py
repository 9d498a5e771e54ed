"""What was asked and led nowhere, counted, so that a team sees what it has not written yet. Who asked is not kept."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from runbooks.models import UnansweredQuestion
from runbooks.search.words import compose

LONGEST = 200

_COUNT = """
INSERT INTO runbooks_unansweredquestion AS asked (kind, words, times, first_asked_at, last_asked_at)
VALUES (%(kind)s, %(words)s, 1, %(now)s, %(now)s)
ON CONFLICT (kind, words) DO UPDATE
SET times = asked.times + 1, last_asked_at = greatest(asked.last_asked_at, excluded.last_asked_at)
"""


def count_unanswered(words: str, kind: UnansweredQuestion.Kind | str, now: dt.datetime) -> None:
    """Count a question that found nothing; capitals and spaces make no other question. One without a letter is left out."""
    usable = words[: 10 * LONGEST].replace("\x00", " ").encode("utf-8", "ignore").decode()
    asked = " ".join(compose(usable).casefold().split())[:LONGEST].strip()
    if not any(letter.isalnum() for letter in asked):
        return
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"kind": str(kind), "words": asked, "now": now})
