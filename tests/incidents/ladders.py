"""Incidents whose ladder is being called, and what was told to whom."""

import datetime as dt
from collections.abc import Iterable

from accounts.models import User
from incidents.models import Escalation, Incident
from incidents.services.opening import NewIncident, open_incident
from oncall.models import Contact, Notification
from tests.factories import NOW, get_severity, make_path, make_service

MINUTE = dt.timedelta(minutes=1)


def make_ladder(*levels: list[User], minutes: Iterable[int] = (), name: str = "Harbour path"):
    """A path whose levels name people."""
    contacts = [
        [Contact.objects.get_or_create(user=person, defaults={"name": str(person)})[0] for person in people]
        for people in levels
    ]
    return make_path(*contacts, minutes=minutes, name=name)


def open_ladder(
    *levels: list[User],
    level: str = "SEV-2",
    minutes: Iterable[int] = (),
    now: dt.datetime = NOW,
    service: dict | None = None,
    **fields,
) -> Incident:
    """An incident whose service has a path of these people; its first level is called at `now`."""
    path = make_ladder(*levels, minutes=minutes)
    desk = make_service(**{"escalation_path": path, "tier": 1} | (service or {}))
    new = NewIncident("Tickets can't be sold", get_severity(level), (desk,), **fields)
    return open_incident(new, user=None, now=now)


def running(incident: Incident) -> Escalation:
    """The incident's newest escalation."""
    return incident.escalations.order_by("-pk")[0]


def pages() -> list[str]:
    """Whom a page was written for, in order."""
    return list(Notification.objects.filter(key__startswith="page:").order_by("pk").values_list("to", flat=True))


def said(incident: Incident) -> list[str]:
    """The entries about pages, the oldest first."""
    return list(incident.timeline.filter(kind="page").order_by("pk").values_list("text", flat=True))
