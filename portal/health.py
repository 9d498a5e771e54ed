"""Whether this process, and everything it needs, is well."""

from collections.abc import Callable

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def check_database() -> None:
    """Raise when PostgreSQL does not answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_broker() -> None:
    """Raise when the Redis-protocol server (broker, cache) does not answer."""
    cache.get("health")


def check_migrations() -> None:
    """Raise when the code has migrations that the database lacks."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        raise RuntimeError(f"{len(waiting)} migrations are not applied")


CHECKS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "broker": check_broker,
    "migrations": check_migrations,
}


def find_problems() -> dict[str, str]:
    """Name and reason of each check that fails; empty when all is well."""
    problems = {}
    for name, check in CHECKS.items():
        try:
            check()
        except Exception as error:  # whatever is wrong, the answer is 503 and says it
            problems[name] = str(error).strip().split("\n")[0] or type(error).__name__
    return problems
