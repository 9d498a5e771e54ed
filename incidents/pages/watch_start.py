"""Where a watch item is lit from: what the form begins with, and the page to go back to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from accounts.models import Team, User
from incidents.models import Alert, Incident, WatchItem
from incidents.services.watch_ends import End, find_shift_end
from oncall.models import Service


@dataclass(frozen=True)
class Start:
    """What an address says; what can't be read, or is not for this person, is left out."""

    initial: dict[str, Any] = field(default_factory=dict)
    back: str = ""  # a path of the portal
    team: Team | None = None
    shift_ends_at: dt.datetime | None = None  # of that team, the shift that comes next


def read_start(query: QueryDict, user: User, now: dt.datetime) -> Start:
    """`alert` and `incident` are numbers, `service` and `team` slugs, `handoff` the number of the handoff to go back to."""
    found: dict[str, Any] = {"kind": WatchItem.Kind.WATCH}
    back = ""
    services = Service.objects.visible_to(user).select_related("team")
    service = services.filter(slug=query.get("service", "").replace("\0", "")[:80]).first()
    alert = _find(Alert.objects.visible_to(user).select_related("service__team"), query.get("alert", ""))
    incident = _find(Incident.objects.visible_to(user).select_related("team"), query.get("incident", ""))
    if alert is not None:
        found["alert_name"], service, back = alert.name[:200], service or alert.service, alert.get_absolute_url()
    if incident is not None:
        back = incident.get_absolute_url()
        service = service or incident.services.visible_to(user).select_related("team").order_by("tier", "name").first()
    if (number := _read_number(query.get("handoff", ""))) is not None:
        back = f"/handoffs/{number}/"
    team = _find_team(query, service, incident, user)
    ends = find_shift_end(team, now) if team else None
    found |= {"service": service.slug if service else "", "team": team.slug if team else ""}
    found["end"] = End.SHIFT if ends else End.HOURS
    if query.get("kind", "") in WatchItem.Kind.values:
        found["kind"] = query["kind"]
    return Start(found, back, team, ends)


def _find_team(query: QueryDict, service: Service | None, incident: Incident | None, user: User) -> Team | None:
    """The team that is asked for, else that of the service or the incident, else the first of the person's own."""
    asked = Team.objects.filter(slug=query.get("team", "").replace("\0", "")[:80]).first()
    near = asked or (service.team if service else None) or (incident.team if incident else None)
    return near or Team.objects.filter(pk__in=user.get_team_ids()).order_by("name").first()


def _find(rows: Any, text: str) -> Any:
    number = _read_number(text)
    return None if number is None else rows.filter(pk=number).first()


def _read_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
