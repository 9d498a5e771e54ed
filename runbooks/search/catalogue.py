"""Services as answers: few, so that they are asked for as they are now and need no index."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connection

from accounts.models import User
from oncall.models import Service
from runbooks.search.highlight import Marker
from runbooks.search.question import Question, Term
from runbooks.search.results import Hit
from runbooks.search.words import key_of

MOST = 20
_TEAM = -987_654_321  # this and the numbers below it stand for the ids of a person's teams
Scored = tuple[float, Hit]

# Every word starts with a space, also those after a hyphen: what is compared is the beginning of words.
_FIND = """
SELECT name, slug, description, tier, is_key, names LIKE ALL(%s) AS is_named
FROM (
    SELECT name, slug, description, tier, replace(slug, '-', '') = ANY(%s) AS is_key,
        translate(lower(unaccent(' ' || name || ' ' || slug)), '-_./', '    ') AS names,
        CASE WHEN %s THEN translate(lower(unaccent(' ' || left(description, 2000))), '-_./,()', '       ') ELSE '' END AS about
    FROM oncall_service WHERE id IN ({visible})
    OFFSET 0
) AS service
WHERE (is_key OR names || about LIKE ALL(%s)) AND NOT names || about LIKE ANY(%s)
ORDER BY is_key DESC, is_named DESC, length(name), name LIMIT {most}
"""
_NEAREST = """
SELECT name, slug, description, tier, false AS is_key, true AS is_named
FROM oncall_service WHERE id IN ({visible}) AND similarity(lower(unaccent(name)), %s) > 0.45
ORDER BY similarity(lower(unaccent(name)), %s) DESC, name LIMIT 3
"""


def find_services(user: User, question: Question, *, everywhere: bool = True) -> list[Scored]:
    """Services this person may know of that fit the question, by name or (`everywhere`) description, with their score."""
    if not _may_be_service(question):
        return []
    wanted = [f"% {word}%" for word in _words(question.terms)]
    unwanted = [f"% {word}%" for word in _words(question.excluded)]
    visible, params = _visible(user)
    sql = _FIND.format(visible=visible, most=MOST)
    return _ask(sql, [wanted, list(question.keys), everywhere, *params, wanted, unwanted], question)


def find_nearest_services(user: User, question: Question) -> list[Scored]:
    """Services whose name is written nearly so: for those that no runbook speaks of."""
    if not _may_be_service(question):
        return []
    name = " ".join(_words(question.terms))
    visible, params = _visible(user)
    return _ask(_NEAREST.format(visible=visible), [*params, name, name], question)


def _may_be_service(question: Question) -> bool:
    filtered = question.status or question.services or question.teams or question.kind not in ("", "service")
    return bool(question.terms) and not filtered


def _words(terms: tuple[Term, ...]) -> list[str]:
    return [word for term in terms for word in term.words]


def _visible(user: User) -> tuple[str, tuple[Any, ...]]:
    sees_all = user.has_perm("runbooks.view_confidential_runbook")
    teams = [] if sees_all else user.get_team_ids()
    sql, params = _compile(sees_all, len(teams))
    real = {_TEAM - n: team for n, team in enumerate(teams)}
    return sql, tuple(real.get(p, p) for p in params)


@cache
def _compile(sees_all: bool, teams: int) -> tuple[str, tuple[Any, ...]]:
    """Compiled once for each number of teams: their ids are given later."""
    stand_ins = [_TEAM - n for n in range(teams)]
    services = Service.objects.all() if sees_all else Service.objects.known_to(stand_ins)
    sql, params = services.order_by().values("pk").query.sql_with_params()
    return sql, tuple(params)


def _ask(sql: str, params: list[Any], question: Question) -> list[Scored]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    marker = Marker.of(question.terms)
    return sorted((_score(row, marker, question) for row in rows), key=lambda pair: -pair[0])


def _score(row: dict[str, Any], marker: Marker, question: Question) -> Scored:
    is_exact = row["is_key"] or key_of(row["name"]) in question.keys
    score = 8.9 if is_exact else 5 + 6 / (4 + len(row["name"])) if row["is_named"] else 1
    hit = Hit(
        kind="service",
        title=marker.mark(row["name"]),
        url=f"/services/{row['slug']}/",
        fragment=marker.fragment(row["description"]),
        is_exact=is_exact,
        detail={"tier": row["tier"]},
    )
    return score, hit
