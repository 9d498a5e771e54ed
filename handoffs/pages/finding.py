"""Finding handoffs by words, in one bounded statement: the latest ones of all teams, as they are now."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.urls import reverse

from accounts.models import User
from handoffs.models import State

MOST = 20
LATEST = 3000  # handoffs that are looked through: more than a year of fifty rotations
LONGEST_TEXT = 4000  # characters of what somebody wrote that are compared
LONGEST_QUESTION = 500

# Each word is compared with the beginning of words, lower case and without accents. Only what people wrote for everybody is
# looked through, no entries: some of those are Confidential. Regular expressions, because taking the signs out of each text, as
# the directory does for its few short rows, took half a second here, and this takes a twentieth of that.
_SQL = f"""
WITH latest AS MATERIALIZED (
    SELECT id, rotation_id, team_id, outgoing_id, incoming_id, backup_id, changes_at, state, summary,
        left(concat_ws(' ', summary, urgent, context), {LONGEST_TEXT}) AS words
    FROM handoffs_handoff ORDER BY changes_at DESC, id DESC LIMIT {LATEST}
),
listed AS MATERIALIZED (
    SELECT latest.id, team.name AS team, rotation.name AS rotation, outgoing.display_name AS outgoing,
        incoming.display_name AS incoming, latest.changes_at, latest.state, latest.summary,
        lower(unaccent(concat_ws(' ', 'handoff handover', latest.id, team.name, rotation.name,
            outgoing.display_name, incoming.display_name))) AS names,
        lower(unaccent(concat_ws(' ', latest.state, backup.display_name, latest.words))) AS texts
    FROM latest
    JOIN accounts_team team ON team.id = latest.team_id
    JOIN oncall_rotation rotation ON rotation.id = latest.rotation_id
    JOIN accounts_user outgoing ON outgoing.id = latest.outgoing_id
    JOIN accounts_user incoming ON incoming.id = latest.incoming_id
    LEFT JOIN accounts_user backup ON backup.id = latest.backup_id
)
SELECT id, team, rotation, outgoing, incoming, changes_at, state, summary, names ~ ALL(%s::text[]) AS is_named
FROM listed
WHERE names || ' ' || texts ~ ALL(%s::text[]) AND NOT names || ' ' || texts ~ ANY(%s::text[])
ORDER BY is_named DESC, changes_at DESC, id DESC
LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A handoff; `is_named` says that team, rotation, people or number have all words. `changes_at` is in UTC."""

    pk: int
    team: str
    rotation: str
    outgoing: str
    incoming: str
    changes_at: dt.datetime
    state: str
    summary: str
    is_named: bool

    @property
    def name(self) -> str:
        """`Harbour · On call: Ada to Ben, 23 Nov 2026`: the day in UTC."""
        day = self.changes_at.astimezone(dt.UTC)
        return f"{self.team} · {self.rotation}: {self.outgoing} to {self.incoming}, {day.day} {day:%b %Y}"

    @property
    def url(self) -> str:
        return reverse("handoffs:handoff", args=[self.pk])

    @property
    def state_label(self) -> str:
        return str(State(self.state).label)


def find_handoffs(user: User, words: Sequence[str], unwanted: Sequence[str] = (), *, limit: int = MOST) -> list[Found]:
    """What has all of the words, each as the beginning of one of its own, and none of the unwanted; the newest first.

    Words are lower case, without accents. One query; none for somebody who may not look at handoffs.
    """
    if not words or not user.has_perm("handoffs.view_handoff"):
        return []
    wanted, without = ([_begin(word) for word in given] for given in (words, unwanted))
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [wanted, wanted, without, limit])
        return [Found(*row) for row in cursor.fetchall()]


def search_handoffs(user: User, text: str, limit: int = MOST) -> list[Found]:
    """The same for what somebody typed; every word counts."""
    return find_handoffs(user, _split(text), limit=limit)


def _split(text: str) -> list[str]:
    """Words as they are compared; signs only part them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT lower(unaccent(%s))", [text.replace("\0", " ")[:LONGEST_QUESTION]])
        return re.findall(r"[^\W_]+", cursor.fetchone()[0])


def _begin(word: str) -> str:
    """A regular expression of PostgreSQL for words that begin so."""
    return rf"\m{re.escape(word.replace(chr(0), ''))}"
