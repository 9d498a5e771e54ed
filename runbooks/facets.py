"""Counting by several columns at once: one pass over the rows, however many facets there are."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import QuerySet


def count_facets(rows: QuerySet[Any], fields: Mapping[str, str]) -> dict[str, Any]:
    """For each facet name the number of rows per value (as text; empty values left out), and `total`.

    PostgreSQL's GROUPING SETS (SQL:1999 T431) count every column in the same scan.
    """
    names = list(fields)
    sql, params = rows.order_by().values_list(*fields.values()).query.sql_with_params()
    columns = ", ".join(f"c{i}" for i in range(len(names)))
    sets = ", ".join(f"(c{i})" for i in range(len(names)))
    counts: dict[str, Any] = {name: {} for name in names}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns}, count(*), GROUPING({columns}) FROM ({sql}) AS rows({columns}) "
            f"GROUP BY GROUPING SETS ((), {sets})",
            params,
        )
        for *values, number, grouping in cursor.fetchall():
            grouped = [i for i in range(len(names)) if not grouping >> (len(names) - 1 - i) & 1]
            if not grouped:
                counts["total"] = number
            elif values[grouped[0]] is not None:
                counts[names[grouped[0]]][str(values[grouped[0]])] = number
    counts.setdefault("total", 0)
    return counts
