"""How old a value of the directory is, in words: who called it right, and when that was too long ago to rely on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

STALE_DAYS = 90


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What stands beside a value. `tone` is a tone of the stylesheet: `good`, or `warn` when it should be asked again."""

    text: str
    tone: str

    @property
    def is_stale(self) -> bool:
        return self.tone == "warn"


def say_confirmed(at: dt.datetime | None, now: dt.datetime) -> Confirmed:
    """The words for a value that was last confirmed `at`; after STALE_DAYS they say that it is in doubt."""
    if at is None:
        return Confirmed("never confirmed", "warn")
    days = max((now - at).days, 0)
    if days < STALE_DAYS:
        return Confirmed(f"confirmed {_say_ago(days)}", "good")
    return Confirmed(f"not confirmed for {_say_months(days)}", "warn")


def _say_ago(days: int) -> str:
    if days == 0:
        return "today"
    if days < 14:
        return f"{days} day{'s' if days > 1 else ''} ago"
    return f"{days // 7} weeks ago"


def _say_months(days: int) -> str:
    months = round(days / 30.44)
    if months < 24:
        return f"{months} months"
    return f"{round(days / 365.25)} years"
