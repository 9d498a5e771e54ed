"""What tests of updates and maintenance need: channels that can be sent to, and a plain update."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import Team, User
from incidents.models import Incident, IncidentUpdate, MaintenanceWindow
from incidents.services.maintenance import WindowPlan, plan_window
from incidents.services.updates import send_update
from oncall.models import Address, Channel, Service
from tests.factories import NOW

HOUR = dt.timedelta(hours=1)


def make_channel(name: str = "#harbour", *, team: Team | None = None, mail: str = "harbour@example.com") -> Channel:
    """A channel; without a mail address the portal can't send to it."""
    channel = Channel.objects.create(purpose="Incidents", channel=name, team=team)
    if mail:
        Address.objects.create(channel=channel, transport=Address.Transport.EMAIL, target=mail)
    return channel


def send(incident: Incident, user: User, **values: Any) -> IncidentUpdate:
    """An update for everybody, with the next one in an hour."""
    now = values.pop("now", NOW)
    values = {
        "kind": "update",
        "audience": "everybody",
        "subject": "Tickets",
        "markdown": "We are **on it**.",
        "next_update_at": now + HOUR,
    } | values
    return send_update(incident, user=user, now=now, **values)


def make_plan(*services: Service, **values: Any) -> WindowPlan:
    """Two hours of work, a week from now."""
    start = values.pop("start", NOW + 7 * 24 * HOUR)
    end = values.pop("end", start + 2 * HOUR)
    values = {"title": "New winch", "impact": "Gates stay shut for ten minutes."} | values
    return WindowPlan(services=services, start=start, end=end, **values)


def make_window(user: User, *services: Service, now: dt.datetime = NOW, **values: Any) -> MaintenanceWindow:
    return plan_window(make_plan(*services, **values), user=user, now=now)
