"""What came of trying to send something."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """What to do next."""

    SENT = "sent"
    LATER = "later"
    NEVER = "never"


@dataclass(frozen=True)
class Outcome:
    """A verdict with its reason in plain words. `is_down`: the far end as a whole, so others need not be tried now."""

    verdict: Verdict
    reason: str = ""
    retry_after: dt.timedelta | None = None
    is_down: bool = False


SENT = Outcome(Verdict.SENT)


def later(reason: str, *, retry_after: dt.timedelta | None = None, is_down: bool = False) -> Outcome:
    """It may go well another time."""
    return Outcome(Verdict.LATER, reason, retry_after, is_down)


def never(reason: str) -> Outcome:
    """Trying again would change nothing."""
    return Outcome(Verdict.NEVER, reason)
