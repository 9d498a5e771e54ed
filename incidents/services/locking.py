"""Holding an incident while it is changed: its row comes first, before every other row of it."""

from __future__ import annotations

import datetime as dt

from accounts.errors import require
from accounts.locking import hold
from accounts.models import User
from incidents.errors import BadTime
from incidents.models import Incident
from oncall.services.moments import say_when

A_MINUTE = dt.timedelta(minutes=1)


def lock_incident(incident: Incident | int) -> Incident:
    """The incident as it is now, held until the transaction ends; severity at hand. Works inside `atomic` only."""
    number = incident if isinstance(incident, int) else incident.pk
    return hold(Incident.objects.select_related("severity"), number)


def lock_for(incident: Incident | int, user: User | None, what: str = "change incidents") -> Incident:
    """Hold the incident for somebody who may change it; without a user it is the portal or an alert that changes it."""
    if user is not None:
        require(user, "incidents.change_incident", what)
    return lock_incident(incident)


def check_past(at: dt.datetime, now: dt.datetime) -> None:
    """Raise BadTime for a moment that has not come yet. A minute is forgiven, as clocks of people differ."""
    if at > now + A_MINUTE:
        raise BadTime("That time is in the future.")


def lift(at: dt.datetime, earliest: dt.datetime) -> dt.datetime:
    """`earliest` where `at` is the minute in which it lies: a form knows no seconds."""
    return earliest if at < earliest and earliest - at < A_MINUTE and at.second == at.microsecond == 0 else at


def say_at(at: dt.datetime, now: dt.datetime, user: User | None) -> str:
    """`today at 03:40 (Europe/London)`, by the clock of whoever reads it."""
    return say_when(at, now, user.time_zone if user is not None else "UTC")
