"""The one statement that finds, ranks, counts and fetches entries.

No set without a bound is ever ranked: exact names, names and texts are three arms, each with a LIMIT, and only what they give
is ranked. What comes first is decided by `_SCORE`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import User
from runbooks.search import tsquery
from runbooks.search.question import Question, Term
from runbooks.search.visible import Clause, may_find

MOST_EXACT, MOST_NAMED, MOST_TEXTS = 60, 200, 300
MOST_DRAFTS = 100
MOST_USES = 10

# A name that is the question; all words in the name, best where it has no others; all words in it or above it; and how
# often and how close together the words stand. What stands in a template comes later. Weights of ts_rank: D, C (text),
# B (above), A (name).
_SCORE = """
CASE WHEN e.key = ANY({keys}) THEN 8 + CASE e.kind WHEN 'alert' THEN 1.5 WHEN 'code' THEN 1.2 WHEN 'runbook' THEN 1 ELSE 0 END
    ELSE 0 END
+ CASE WHEN e.names_vector @@ {names} THEN 3 + 6.0 / (4 + length(e.name)) ELSE 0 END
+ CASE WHEN e.vector @@ {near} THEN 2 ELSE 0 END
+ 3 * ts_rank('{{0, 0.15, 0.4, 1}}', e.vector, {any}, 1)
- CASE WHEN e.vector @@ '=template'::tsquery THEN 2 ELSE 0 END
+ CASE e.kind WHEN 'section' THEN 0.1 WHEN 'runbook' THEN 0.15 WHEN 'alert' THEN 0.1 ELSE 0 END
"""
_FETCH = """
WITH found AS MATERIALIZED ({arms}),
placed AS (
    SELECT id, score, row_number() OVER (PARTITION BY kind ORDER BY score DESC, id) AS place,
        count(*) OVER (PARTITION BY kind) AS count, count(*) OVER () AS total
    FROM found)
SELECT placed.score, placed.count, placed.total, {drafts} AS in_drafts, e.kind, e.name, e.key, e.trail, e.anchor, e.line,
    left(e.text, 6000) AS text, e.detail, v.status, v.major, v.minor, r.title AS runbook, r.slug AS runbook_slug,
    r.freshness,
    s.name AS service, s.slug AS service_slug
FROM placed JOIN runbooks_searchentry e USING (id) JOIN runbooks_runbookversion v ON v.id = e.version_id
    JOIN runbooks_runbook r ON r.id = e.runbook_id JOIN oncall_service s ON s.id = r.service_id
WHERE place > {first} AND place <= {last}
ORDER BY placed.score DESC, e.id
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to search for, and how much of it to give back."""

    question: Question
    user: User
    matches: str  # the tsquery that an entry has to fit
    with_drafts: bool = False
    counts_drafts: bool = False
    with_texts: bool = True  # False: names only
    first: int = 0  # of each kind, how many to leave out
    per_kind: int = 5
    most: int = MOST_TEXTS
    most_named: int = MOST_NAMED

    def fetch(self) -> list[dict[str, Any]]:
        """The best entries of each kind, the best first."""
        sql, params = self.compile()
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            names = [column.name for column in cursor.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        return [row | {"trail": json.loads(row["trail"]), "detail": json.loads(row["detail"])} for row in rows]

    def count_in_drafts(self) -> int:
        """How many entries that are not active fit, counted up to MOST_DRAFTS."""
        params = self._params()
        sql = self._count_drafts(params)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {sql}", params)
            return int((cursor.fetchone() or (0,))[0])

    def compile(self) -> tuple[str, dict[str, Any]]:
        params = self._params()
        score = _SCORE.format(keys="%(keys)s", names=self._names_query(), near=_query("near"), any=_query("any"))
        drafts = self._count_drafts(params) if self.counts_drafts else "0"
        sql = _FETCH.format(arms=self._arms(score, params), drafts=drafts, first="%(first)s", last="%(last)s")
        return sql, params

    def _params(self) -> dict[str, Any]:
        terms = self.question.terms
        return {
            "keys": list(self.question.keys),
            "all": self.matches,
            "near": tsquery.match_all(terms, weights="AB") if terms else "",
            "any": tsquery.match_any(terms),
            "excluded": tsquery.match_any(self.question.excluded),
            "kind": f"'={self.question.kind}'",
            "kind_name": self.question.kind,
            "status": self.question.status,
            "first": self.first,
            "last": self.first + self.per_kind,
        }

    def _arms(self, score: str, params: dict[str, Any]) -> str:
        """Up to three of them; what comes out of two is there once, for it has the same score."""
        conditions = self._conditions(params)
        start = f"SELECT e.id, e.kind, {score} AS score FROM runbooks_searchentry e WHERE"
        kind = "AND e.kind = %(kind_name)s" if self.question.kind else ""
        if not self.question.terms:
            start = "SELECT e.id, e.kind, 1.0 / e.line AS score FROM runbooks_searchentry e WHERE"
            return f"({start} {conditions} {kind} LIMIT {self.most})"
        arms = [
            f"({start} e.key = ANY(%(keys)s) {kind} AND {conditions} LIMIT {MOST_EXACT})",
            f"({start} e.names_vector @@ ({self._of_kind(self._names_query())}) AND {conditions} LIMIT {self.most_named})",
        ]
        if self.with_texts:
            texts = self._of_kind(_query("all"))
            arms.append(f"({start} e.vector @@ ({texts}) AND {conditions} LIMIT {self.most})")
        return " UNION ".join(arms)

    def _conditions(self, params: dict[str, Any]) -> str:
        state = "" if self.with_drafts or self.question.status else "e.is_active AND "
        if self.question.status:
            state = """EXISTS (SELECT FROM runbooks_runbookversion v
                WHERE v.id = e.version_id AND v.status = %(status)s) AND """
        return state + self._visible(params)

    def _visible(self, params: dict[str, Any]) -> str:
        visible = _named(may_find(self.user, self.question), params)
        return visible + (f" AND NOT e.vector @@ {_query('excluded')}" if self.question.excluded else "")

    def _count_drafts(self, params: dict[str, Any]) -> str:
        if not self.question.terms:
            return "0"
        return f"""(SELECT count(*) FROM (SELECT FROM runbooks_searchentry e
            WHERE NOT e.is_active AND e.vector @@ ({self._of_kind(_query("all"))})
            AND {self._visible(params)} LIMIT {MOST_DRAFTS}) AS drafts)"""

    def _of_kind(self, query: str) -> str:
        return f"{query} && %(kind)s::tsquery" if self.question.kind else query

    def _names_query(self) -> str:
        """Names hold their words as written too: a word still being typed is no stem yet."""
        if any(term.is_prefix for term in self.question.terms):
            return "(to_tsquery('portal', %(all)s) || to_tsquery('simple', %(all)s))"
        return _query("all")


def _query(name: str) -> str:
    return f"to_tsquery('portal', %({name})s)"


def _named(clause: Clause, params: dict[str, Any]) -> str:
    """The condition with its parameters by name, added to the others."""
    sql, values = clause
    for number, value in enumerate(values):
        params[f"visible_{number}"] = value
    return sql % tuple(f"%(visible_{number})s" for number in range(len(values)))


def count_uses(user: User, terms: Sequence[Term], *, with_drafts: bool, most: int = MOST_USES) -> list[int]:
    """For each term, in how many entries that this person may find it stands, counted up to `most`."""
    if not terms:
        return []
    params: dict[str, Any] = {}
    visible = _named(may_find(user, Question()), params)
    state = "" if with_drafts else "e.is_active AND"
    counts = []
    for number, term in enumerate(terms):
        params[f"term_{number}"] = tsquery.match_any([term])
        counts.append(
            f"""(SELECT count(*) FROM (SELECT FROM runbooks_searchentry e WHERE {state}
            e.vector @@ to_tsquery('portal', %(term_{number})s) AND {visible} LIMIT {most}) AS used)"""
        )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counts)}", params)
        return list(cursor.fetchone() or ())
