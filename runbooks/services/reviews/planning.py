"""When a runbook is to be read again."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from accounts.models import User
from runbooks.models import ReviewPolicy, Runbook
from runbooks.services.policies import find_period


def plan_next_review(runbook: Runbook, last: dt.date, policy: ReviewPolicy | None) -> dt.date:
    """One period after the last review. `policy` is its team's, None where that has no rules of its own."""
    return last + find_period(runbook, policy)


def find_day(user: User, now: dt.datetime) -> dt.date:
    """Which day it is for whoever answers, by their own clock."""
    return now.astimezone(zoneinfo.ZoneInfo(user.time_zone)).date()
