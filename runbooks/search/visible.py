"""What a person may find, as SQL that a bigger statement asks for each row. The rule itself is `Runbook.visible_to`."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models import Q
from django.db.models.expressions import RawSQL

from accounts.models import User
from runbooks.models import Runbook
from runbooks.models.runbook import RunbookQuerySet
from runbooks.search.question import Question
from runbooks.search.words import fold

Clause = tuple[str, tuple[Any, ...]]  # a condition on an entry `e`, and its parameters

_PERSON = -987_654_321  # stands for the person's id; the numbers below it for the ids of their teams


def may_find(user: User, question: Question) -> Clause:
    """The condition that an entry `e` belongs to a runbook in use that this person may know of, under the filters."""
    if question.services or question.teams:
        return _under_filters(user, question)
    sees_all = user.has_perm("runbooks.view_confidential_runbook")
    teams = [] if sees_all else user.get_team_ids()
    sql, params = _compile(sees_all, len(teams))
    real = {_PERSON: user.pk} | {_PERSON - n: team for n, team in enumerate(teams, 1)}
    # A scalar subquery is asked row by row, and so only of the rows that a LIMIT lets through.
    return f"({sql}) IS NOT NULL", tuple(real.get(p, p) for p in params)


@cache
def _compile(sees_all: bool, teams: int) -> Clause:
    """Compiled once for each number of teams: their ids are given later."""
    stand_ins = [_PERSON - n for n in range(1, teams + 1)]
    runbooks = Runbook.objects.all() if sees_all else Runbook.objects.known_to(_PERSON, stand_ins)
    query = runbooks.in_use().filter(pk=RawSQL("e.runbook_id", ())).order_by().values("pk").query
    sql, params = query.sql_with_params()
    return sql, tuple(params)


def _under_filters(user: User, question: Question) -> Clause:
    """With filters few runbooks are left: they are looked up first, and their entries through the index on `runbook`."""
    runbooks: RunbookQuerySet = Runbook.objects.visible_to(user).in_use()
    if question.services:
        runbooks = runbooks.filter(_any_of(question.services, "service"))
    if question.teams:
        runbooks = runbooks.filter(_any_of(question.teams, "team") | _any_of(question.teams, "service__team"))
    sql, params = runbooks.order_by().values("pk").query.sql_with_params()
    return f"e.runbook_id = ANY(ARRAY({sql}))", tuple(params)


def _any_of(values: tuple[str, ...], path: str) -> Q:
    """By address or name, as written or its beginning."""
    found = Q()
    for value in values:
        slug = "-".join(fold(value).replace("_", " ").replace("-", " ").split())
        found |= Q(**{f"{path}__slug__startswith": slug}) | Q(**{f"{path}__name__istartswith": value})
    return found
