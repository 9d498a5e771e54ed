"""What tests of watch items need: a plan that is lit, with a team and a service to watch."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import Team, User
from incidents.models import WatchItem
from incidents.services.watch import WatchPlan, light
from tests.factories import NOW

HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)
DAY = 24 * HOUR
TEXT = "Decline ratio above 0.12: call Payments"


def make_plan(team: Team, **fields: Any) -> WatchPlan:
    """A day of watching one alert."""
    return WatchPlan(**({"text": TEXT, "team": team, "alert_name": "DeskDown", "expires_at": NOW + DAY} | fields))


def light_one(user: User, team: Team, *, now: dt.datetime = NOW, **fields: Any) -> WatchItem:
    return light(make_plan(team, **fields), user=user, now=now)
