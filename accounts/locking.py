"""Holding a row while it is changed."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def hold(rows: QuerySet[Row], pk: object) -> Row:
    """The row as it is now with what `rows` joins to it, locked until the transaction ends. Raises its DoesNotExist.

    Nothing is joined while it waits for the lock. In PostgreSQL whoever waited gets the joined rows of before the wait, and no
    row at all where what joins them was changed meanwhile.
    """
    plain = rows.model._default_manager.filter(pk=pk).select_for_update()
    plain.values_list("pk").get()
    return rows.get(pk=pk)
