"""Emptying the database after a test that committed: what TRUNCATE of all tables does, in a tenth of the time.

Django's `flush` gives each of some hundred and fifty tables and their indexes new files. Most of them hold nothing, and the
rest a few rows: those are deleted. As under TRUNCATE, triggers (of histories that let nothing be deleted) and foreign keys
are not asked; the role of the tests was allowed that in `tests/plugin.py`.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

# What `migrate` writes for every model, and what no test changes.
KEPT = {"django_content_type", "auth_permission"}
NO_TRIGGERS = "SET LOCAL session_replication_role = replica"


def sql_flush(style: Any, connection: BaseDatabaseWrapper, **options: bool) -> list[str]:
    """The statements of a flush, in the place of Django's function of that name."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        filled = find_filled(cursor, [quote(table) for table in sorted({*tables} - KEPT)])
    return [NO_TRIGGERS, *(f"DELETE FROM {table}" for table in filled)]


def find_filled(cursor: CursorWrapper, tables: list[str]) -> list[str]:
    """Those of the tables (quoted names) that hold a row."""
    asked = [f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables]
    cursor.execute(" UNION ALL ".join(asked))
    return [table for (table,) in cursor.fetchall()]
