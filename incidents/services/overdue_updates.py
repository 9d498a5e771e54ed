"""Reminders of updates that others were promised: a little before, and when the time has passed."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Prefetch

from accounts.models import User
from incidents.models import Incident, Role, RoleHolder
from incidents.services.update_facts import find_zone
from oncall.models import Kind, Notification
from oncall.outbox import notify, notify_team
from oncall.services.moments import say_when

BEFORE = dt.timedelta(minutes=5)


def remind_of_updates(now: dt.datetime) -> int:
    """Tell who has to write, for each open incident whose update is due in five minutes or was due; each due time once.

    How many reminders are new. Any number may run at once: the key of a notification holds the due time.
    """
    holders = RoleHolder.objects.current().select_related("person")
    due = (
        Incident.objects.open()
        .filter(next_update_at__lte=now + BEFORE)
        .select_related("team", "severity", "opened_by")
        .prefetch_related(Prefetch("role_holders", holders, to_attr="holders"), "services__team")
        .order_by("next_update_at")
    )
    return sum(_remind(incident, now) for incident in due)


@transaction.atomic
def _remind(incident: Incident, now: dt.datetime) -> int:
    due = incident.next_update_at
    if due is None:
        return 0
    is_over = due <= now
    key = f"update-{'overdue' if is_over else 'due'}:{incident.pk}:{due.isoformat()}"
    if Notification.objects.filter(key__startswith=key).exists():
        return 0
    person = _find_writer(incident)
    zone = person.time_zone if person else find_zone(incident)
    when = say_when(due, now, zone)
    subject = f"{incident.reference}: the update {'is overdue' if is_over else 'is due soon'}"
    text = (
        f"{incident.severity}: {incident.title}\n\n"
        f"Others were told to expect the next update {when}. "
        f"{'Nothing has been sent since.' if is_over else 'It is time to write it.'}"
    )
    url, action = f"{incident.get_absolute_url()}update/", "Write the update"
    if person is not None:
        told = notify(
            key=key, kind=Kind.INCIDENT, to=person, subject=subject, text=text, now=now, url=url, action=action
        )
        return int(told is not None)
    team = incident.team or next((service.team for service in incident.services.all() if service.team), None)
    if team is None:
        return 0
    return len(
        notify_team(team, key=key, kind=Kind.INCIDENT, subject=subject, text=text, now=now, url=url, action=action)
    )


def _find_writer(incident: Incident) -> User | None:
    """Who holds communications, else command; without either, who opened an incident that belongs to no team."""
    holders: list[RoleHolder] = getattr(incident, "holders", [])
    by_role = {holder.role: holder.person for holder in holders if holder.person.is_active}
    found = by_role.get(Role.COMMUNICATIONS) or by_role.get(Role.COMMANDER)
    return found or (None if incident.team else incident.opened_by)
