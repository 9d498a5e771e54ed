"""Telling of maintenance: the channels that were chosen, and the teams of the services; each cause once."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from incidents.models import MaintenanceWindow
from incidents.services.update_facts import say_time
from oncall.models import Channel, Classification, Kind, Service
from oncall.outbox import notify
from oncall.outbox.notifying import find_team_recipients


class Cause(enum.StrEnum):
    """Why somebody is told."""

    ANNOUNCED = "announced"
    CHANGED = "changed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Told:
    """Somebody who is told, and the teams for which they are."""

    to: User | Channel
    team_ids: frozenset[int]

    @property
    def key(self) -> str:
        return f"{'user' if isinstance(self.to, User) else 'channel'}:{self.to.pk}"


def find_told(window: MaintenanceWindow) -> list[Told]:
    """Whom the window concerns, each once: its channels with an address, its team, and the teams of its services."""
    services = list(window.services.select_related("team"))
    teams = {service.team for service in services if service.team} | ({window.team} if window.team else set())
    found: dict[str, Told] = {}

    def add(to: User | Channel, team_id: int | None) -> None:
        one = Told(to, frozenset() if team_id is None else frozenset({team_id}))
        known = found.get(one.key)
        found[one.key] = Told(to, known.team_ids | one.team_ids) if known else one

    for channel in window.channels.filter(addresses__is_enabled=True).distinct().order_by("pk"):
        add(channel, channel.team_id)
    for team in sorted(teams, key=lambda team: team.pk):
        for to in find_team_recipients(team):
            add(to, team.pk)
    return list(found.values())


def tell_of_window(window: MaintenanceWindow, cause: Cause, *, now: dt.datetime, also: Iterable[Told] = ()) -> None:
    """Write the messages, in the transaction of the cause; `also` are those who knew of it before.

    A service that is Confidential is named to its own team only; who may not know of all services gets no link.
    """
    services = list(window.services.all())
    moment = "" if cause is Cause.ANNOUNCED else f":{now.isoformat()}"
    recipients = {one.key: one for one in (*also, *find_told(window))}
    for one in recipients.values():
        known = [service for service in services if _may_know(service, one)]
        notify(
            key=f"maintenance-{cause}:{window.pk}{moment}:{one.key}",
            kind=Kind.INCIDENT,
            to=one.to,
            subject=_say_subject(window, cause),
            text=_say_text(window, cause, known, hidden=len(services) - len(known)),
            now=now,
            url=window.get_absolute_url() if len(known) == len(services) else "",
            action="See the maintenance" if len(known) == len(services) else "",
        )


def say_window(window: MaintenanceWindow, zone: str) -> str:
    """From when until when, by that zone's clock and in UTC."""
    return f"From {say_time(window.during.lower, zone)} to {say_time(window.during.upper, zone)}"


def _may_know(service: Service, one: Told) -> bool:
    return service.classification != Classification.CONFIDENTIAL or service.team_id in one.team_ids


def _say_subject(window: MaintenanceWindow, cause: Cause) -> str:
    said = {
        Cause.ANNOUNCED: "Maintenance",
        Cause.CHANGED: "Maintenance changed",
        Cause.CANCELLED: "Maintenance called off",
    }
    return f"{said[cause]}: {window.title}"


def _say_text(window: MaintenanceWindow, cause: Cause, known: list[Service], *, hidden: int) -> str:
    zone = window.team.time_zone if window.team else "UTC"
    when = f"{say_window(window, zone)}."
    names = ", ".join(map(str, known))
    more = f"{names} and others" if names and hidden else names
    concerned = f"Services: {more}." if more else ""
    if cause is Cause.CANCELLED:
        parts = ["It was called off.", f"Reason: {window.cancel_reason}", f"It had been planned: {when}", concerned]
    else:
        changed = "This is what is planned now." if cause is Cause.CHANGED else ""
        parts = [changed, when, concerned, f"What others will notice: {window.impact}"]
    return "\n\n".join(filter(None, parts))
