"""How long the pages of search take in the server, and the SQL below them alone. Times are milliseconds."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

import psycopg
from django.db import close_old_connections, connection
from django.test import Client

from accounts.models import User
from portal.finding import Asked, find
from runbooks.search import search

Statement = tuple[str, Any]
Times = dict[str, list[float]]
# What a textbook would ask of the same table: all words, ranked, with headlines of the twenty best.
TEXTBOOK = """
SELECT hit.id, hit.rank, ts_headline('portal', hit.text, hit.query)
FROM (
    SELECT entry.id, entry.text, query, ts_rank(entry.vector, query) AS rank
    FROM runbooks_searchentry entry, websearch_to_tsquery('portal', %s) query
    WHERE entry.vector @@ query AND entry.is_active
    ORDER BY rank DESC
    LIMIT 20
) hit
ORDER BY hit.rank DESC
"""


def find_percentile(times: Iterable[float], percent: int) -> float:
    """The time that so many percent of the answers stay below or meet (nearest rank)."""
    ordered = sorted(times)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def take_turns(rounds: int, *ways: Callable[[], Times]) -> list[Times]:
    """Time each way once, in turn, and all of that so many times: a machine that drifts drifts for all of them."""
    turns = [[way() for way in ways] for _ in range(rounds)]
    return [
        {text: [value for turn in turns for value in turn[place][text]] for text in turns[0][place]}
        for place in range(len(ways))
    ]


def time_pages(user: User, path: str, texts: Iterable[str], rounds: int) -> Times:
    """For each text, how long its page takes: from request to ready answer, without the network, after one to warm up.

    Raises RuntimeError when a page does not answer 200.
    """
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    addresses = {text: f"{path}?{urlencode({'q': text})}" for text in texts}

    def ask(text: str) -> None:
        response = client.get(addresses[text])
        if response.status_code != 200:
            raise RuntimeError(f"{addresses[text]} answered {response.status_code}")
        if not connection.in_atomic_block:
            close_old_connections()  # back into the pool and out again for the next page, as in the server

    return _time(ask, list(addresses), rounds)


def time_search(user: User, texts: Iterable[str], rounds: int) -> Times:
    """For each text, how long the search itself takes, without the page around it."""
    return _time(lambda text: search(user, text), list(texts), rounds)


def time_statements(user: User, texts: Iterable[str], rounds: int) -> Times:
    """For each text, how long the statements take that its search asks, sent by psycopg alone."""
    statements = {text: record_statements(user, text) for text in texts}
    with _connect() as bare:

        def ask(text: str) -> None:
            for sql, params in statements[text]:
                bare.execute(sql, params).fetchall()

        return _time(ask, list(statements), rounds)


def time_textbook(texts: Iterable[str], rounds: int) -> Times:
    """For each text, how long the textbook's query takes, sent by psycopg alone."""
    with _connect() as bare:
        return _time(lambda text: bare.execute(TEXTBOOK, [text]).fetchall(), list(texts), rounds)


def record_statements(user: User, text: str) -> list[Statement]:
    """What the search page asks the database for that text, once everything is warm."""
    find(user, Asked(text))
    statements: list[Statement] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        find(user, Asked(text))
    return statements


def find_slowest(times: Times, number: int) -> list[tuple[str, float]]:
    """The texts with the highest medians, the slowest first."""
    medians = {text: statistics.median(values) for text, values in times.items()}
    return sorted(medians.items(), key=lambda item: -item[1])[:number]


def _time(ask: Callable[[str], Any], texts: list[str], rounds: int) -> Times:
    """Ask for all texts in turn, round by round; the first round only warms up."""
    times: Times = {text: [] for text in texts}
    for number in range(rounds + 1):
        for text in texts:
            started = time.perf_counter()
            ask(text)
            if number:
                times[text].append((time.perf_counter() - started) * 1000)
    return times


def _connect() -> psycopg.Connection[Any]:
    """A connection of its own to the same database, with the adapters that Django's has."""
    params = connection.get_connection_params()
    params.pop("pool", None)
    return psycopg.connect(**params, autocommit=True)
