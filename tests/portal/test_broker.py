"""The broker's address names the same server and database as the cache's."""

from __future__ import annotations

import pytest
import redis
from django.conf import settings
from kombu import Connection

from portal.broker import find_broker_url


@pytest.mark.parametrize(
    ("redis_url", "broker_url"),
    [
        ("unix:///run/valkey.sock?db=2", "redis+socket:///run/valkey.sock?virtual_host=2"),
        ("unix:///run/valkey.sock", "redis+socket:///run/valkey.sock"),
        ("unix://:secret@/run/valkey.sock?db=0", "redis+socket://:secret@/run/valkey.sock?virtual_host=0"),
        ("redis://cache.example.com:6379/3", "redis://cache.example.com:6379/3"),
        ("redis://cache.example.com:6379?db=3", "redis://cache.example.com:6379/3"),
        (
            "rediss://:pw@cache.example.com/?db=3&ssl_cert_reqs=none",
            "rediss://:pw@cache.example.com/3?ssl_cert_reqs=none",
        ),
        ("redis://cache.example.com", "redis://cache.example.com"),
    ],
)
def test_the_database_is_named_as_kombu_names_it(redis_url: str, broker_url: str) -> None:
    assert find_broker_url(redis_url) == broker_url


def test_a_task_waits_in_the_database_that_the_address_names() -> None:
    """Sent for real: what is put in for database 5 stands there, and not in the first one."""
    url = settings.REDIS_URL.partition("?")[0]
    with Connection(find_broker_url(f"{url}?db=5")) as broker:
        queue = broker.SimpleQueue("which-database")
        queue.put("here")
        lengths = [redis.Redis.from_url(f"{url}?db={number}").llen("which-database") for number in (5, 0)]
        queue.clear()
        queue.close()
    assert lengths == [1, 0]
