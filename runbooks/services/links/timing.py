"""When an address is asked again."""

from __future__ import annotations

import datetime as dt

ALIVE_PAUSE = dt.timedelta(days=7)
LEFT_PAUSE = dt.timedelta(days=7)  # names and settings change
CLOSED_PAUSE = dt.timedelta(days=7)  # it wants a login, or is not for programs
BUSY_PAUSE = dt.timedelta(hours=6)
CONFIRM_PAUSE = dt.timedelta(minutes=10)  # between the first failure and the second, which confirms it
DOUBT_PAUSE = dt.timedelta(hours=1)  # while nobody at all answers
DEAD_PAUSES = (dt.timedelta(hours=6), dt.timedelta(hours=24))  # on the first day, and later
TELL_AFTER = dt.timedelta(days=3)  # dead for so long, its runbooks are to be reviewed
JITTER = 0.15


def spread(pause: dt.timedelta, sha256: str) -> dt.timedelta:
    """Up to fifteen percent longer, the same for the same address: what came in together does not come due together."""
    return pause * (1 + JITTER * int(sha256[:8], 16) / 2**32)


def find_dead_pause(dead_since: dt.datetime, now: dt.datetime) -> dt.timedelta:
    """Until a dead address is asked again; at the latest at the moment from which its runbooks are told."""
    pause = DEAD_PAUSES[now - dead_since >= dt.timedelta(days=1)]
    left = dead_since + TELL_AFTER - now
    return min(pause, left) if left > dt.timedelta() else pause
