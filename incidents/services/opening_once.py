"""Opening from a page: once, however often the button is pressed, with what the incident is opened from put beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction

from accounts.models import User
from incidents.models import Alert, EntryKind, Incident
from incidents.services.attaching import attach_runbook
from incidents.services.opening import NewIncident, open_incident
from incidents.services.timeline import record
from runbooks.models import Runbook

AGAIN = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class OpenedFrom:
    """What made somebody open it: an alert, or a section of a runbook; or neither."""

    alert: Alert | None = None
    runbook: Runbook | None = None
    anchor: str = ""
    heading: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def open_once(
    new: NewIncident,
    *,
    user: User,
    now: dt.datetime,
    takes_command: bool = False,
    opened_from: OpenedFrom | None = None,
) -> tuple[Incident, bool]:
    """Open an incident, and whether it is new: the same person with the same title within a minute gets the first one.

    Raises what `open_incident` raises.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # a second press of the button waits for the first
    title = " ".join(new.title.split())[:200]
    same = Incident.objects.open().filter(opened_by=user, title=title, opened_at__gte=now - AGAIN)
    first = same.order_by("-pk").first()
    if first is not None:
        return first, False
    incident = open_incident(new, user=user, now=now, takes_command=takes_command)
    if opened_from is not None:
        _put_beside(incident, opened_from, user, now)
    return incident, True


def _put_beside(incident: Incident, opened_from: OpenedFrom, user: User, now: dt.datetime) -> None:
    alert = opened_from.alert
    if alert is not None:
        # An alert that joined another incident in the meantime stays with it
        joined = Alert.objects.filter(pk=alert.pk, incident=None).update(incident=incident)
        text = f"opened it because of the alert {alert.name}"
        if joined:
            record(
                incident, EntryKind.ALERT, text, now=now, person=user, url=alert.get_absolute_url(), alert=alert.name
            )
    if opened_from.runbook is not None:
        attach_runbook(
            incident,
            opened_from.runbook,
            anchor=opened_from.anchor,
            heading=opened_from.heading,
            labels=opened_from.labels,
            alert_name=alert.name if alert is not None else "",
            user=user,
            now=now,
        )
