"""Queries of the hot path: built by Django once, run many times. Building one costs more than PostgreSQL takes to answer it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet


class PreparedQuery:
    """A queryset whose parameters are known by stand-ins: values that stand for what is given later.

    `build` takes the stand-ins by name and gives the queryset; it is called once per process. A stand-in must have the
    type of the real value and occur nowhere else in the query.
    """

    def __init__(self, build: Callable[..., QuerySet[Any]], **stand_ins: Any) -> None:
        self._build = build
        self._stand_ins = stand_ins

    @cached_property
    def _compiled(self) -> tuple[str, tuple[Any, ...]]:
        sql, params = self._build(**self._stand_ins).query.sql_with_params()
        missing = [name for name, value in self._stand_ins.items() if value not in params]
        if missing:
            raise ValueError(f"The query does not use {', '.join(missing)}.")
        return sql, params

    def first(self, **values: Any) -> dict[str, Any] | None:
        """The first row, by column name or annotation, with the stand-ins replaced; None when there is none."""
        sql, params = self._compiled
        names = {value: name for name, value in self._stand_ins.items()}
        given = [values[names[p]] if isinstance(p, str | int) and p in names else p for p in params]
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            row = cursor.fetchone()
            return None if row is None else dict(zip((c.name for c in cursor.description), row, strict=True))
