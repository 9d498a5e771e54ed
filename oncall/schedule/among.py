"""Many ids in one parameter."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models.expressions import RawSQL


def among(ids: Iterable[int]) -> RawSQL:
    """For `…__in=`: psycopg, Django and PostgreSQL each take a thousand placeholders apart one by one, and an array at once."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])
