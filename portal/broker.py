"""The address of Redis as Celery's broker spells it."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit


def find_broker_url(redis_url: str) -> str:
    """The same server and the same database of it, for kombu.

    redis-py takes the number of a database from `?db=`; kombu knows it only as `?virtual_host=` of a Unix socket, and as the
    path of everything else. Lost, two portals on one server would take each other's tasks.
    """
    address, _, asked = redis_url.partition("?")
    query = dict(parse_qsl(asked, keep_blank_values=True))
    number = query.pop("db", "")
    if address.startswith("unix://"):
        address = address.replace("unix://", "redis+socket://", 1)
        query |= {"virtual_host": number} if number else {}
    elif number and not urlsplit(address).path.strip("/"):
        address = f"{address.rstrip('/')}/{number}"
    return f"{address}?{urlencode(query)}" if query else address
