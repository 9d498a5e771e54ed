"""When to try again, and when no more."""

from __future__ import annotations

import datetime as dt
from email.utils import parsedate_to_datetime

from oncall.models import Kind

# Seconds to wait after the first, second, … failure; the last one repeats. A page has no time for long pauses.
PAUSES = (30, 60, 120, 300, 900, 1800, 3600)
PAGE_PAUSES = (10, 15, 20, 30, 60, 60, 120, 120, 300)
MAX_ATTEMPTS = 28  # about a day
MAX_PAGE_ATTEMPTS = 30  # about two hours
MAX_AGE = dt.timedelta(hours=48)
MIN_ATTEMPTS = 6  # before age counts: what somebody sends again by hand is tried again too
MAX_RETRY_AFTER = dt.timedelta(days=1)
JITTER = 0.2


def find_pause(kind: str, attempts: int, number: int) -> dt.timedelta:
    """How long to wait after that many attempts: longer each time, and a little different for each `number`.

    So what failed together does not come back together. The same for the same delivery, for tests and for readers of logs.
    """
    pauses = PAGE_PAUSES if kind == Kind.PAGE else PAUSES
    seconds = pauses[min(max(attempts, 1), len(pauses)) - 1]
    spread = number * 2_654_435_761 % 2**32 / 2**32
    return dt.timedelta(seconds=seconds * (1 + JITTER * spread))


def is_last(kind: str, attempts: int, age: dt.timedelta) -> bool:
    """Whether nothing is tried after this failure."""
    if attempts >= (MAX_PAGE_ATTEMPTS if kind == Kind.PAGE else MAX_ATTEMPTS):
        return True
    return age > MAX_AGE and attempts >= MIN_ATTEMPTS


def read_retry_after(value: str | None, now: dt.datetime) -> dt.timedelta | None:
    """Seconds or an HTTP date (RFC 9110, 10.2.3), a day at most; None for anything else, and for a time gone by."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(dt.timedelta(seconds=int(text[:9])), MAX_RETRY_AFTER)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    pause = (at if at.tzinfo else at.replace(tzinfo=dt.UTC)) - now
    return min(pause, MAX_RETRY_AFTER) if pause > dt.timedelta() else None
