"""Whose a routine task is, and which day it is there."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from accounts.models import Team
from runbooks.models import Runbook


def find_home(runbook: Runbook) -> Team | None:
    """The team that does its tasks: the runbook's, else its service's."""
    return runbook.team or runbook.service.team


def find_day(runbook: Runbook, now: dt.datetime) -> dt.date:
    """Which day it is for that team; in UTC where there is none."""
    home = find_home(runbook)
    return now.astimezone(zoneinfo.ZoneInfo(home.time_zone if home else "UTC")).date()
