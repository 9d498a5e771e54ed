"""Watch items where people look: the front page, alerts, incidents and services; each panel is one query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, JSONObject, Lower

from accounts.models import Team, User
from incidents.models import Alert, Incident, WatchItem
from incidents.models.watch import WatchItemQuerySet
from oncall.models import Service

SOON = dt.timedelta(hours=1)
MOST = 8  # lines of a panel


@dataclass(frozen=True, slots=True)
class WatchLine:
    """An item as lists print it."""

    item: WatchItem
    now: dt.datetime

    @property
    def state(self) -> str:
        """ "burning", "soon" (an hour is left), "expired" or "closed"."""
        if self.item.closed_at is not None:
            return "closed"
        left = self.item.expires_at - self.now
        if left <= dt.timedelta(0):
            return "expired"
        return "soon" if left <= SOON else "burning"

    @property
    def due(self) -> str:
        """The tone of its end, as `data-due` knows it."""
        return {"expired": "overdue", "soon": "soon"}.get(self.state, "fresh")

    @property
    def keeper(self) -> User:
        """Who hears of its end: its owner, else who lit it."""
        return self.item.owner or self.item.created_by


@dataclass(frozen=True, slots=True)
class WatchPanel:
    """The items of a place, and where the next one is lit."""

    lines: list[WatchLine]
    more: bool  # there are others, which the list of all shows
    new_query: str = ""  # what the page that lights one is asked with


def describe_front_watch(user: User, now: dt.datetime) -> WatchPanel:
    """What burns anywhere the reader may look; what concerns their teams first, then by their ends."""
    teams = user.get_team_ids()
    mine = Q(team__in=teams) | Q(service__team__in=teams) | Q(owner=user.pk) if teams else Q(owner=user.pk)
    rank = Case(When(mine, then=Value(0)), default=Value(1), output_field=IntegerField())
    return _panel(WatchItem.objects.annotate(rank=rank).order_by("rank", "expires_at", "pk"), user, now)


def describe_service_watch(service: Service, user: User, now: dt.datetime) -> WatchPanel:
    """What burns on a service."""
    return _panel(WatchItem.objects.on_services([service]), user, now, f"service={service.slug}")


def describe_alert_watch(alert: Alert, user: User, now: dt.datetime) -> WatchPanel:
    """What burns for an alert of that name, or for every alert of its service."""
    items = WatchItem.objects.answering(alert.name, alert.service_id)
    return _panel(items, user, now, f"alert={alert.pk}")


def describe_incident_watch(incident: Incident, now: dt.datetime) -> WatchPanel:
    """What burns on the services of an incident, or for one of its alerts by name; it came with the incident itself."""
    items = [_read_item(row) for row in vars(incident)["watch_items"]]
    return WatchPanel(describe_watch(items[:MOST], now), len(items) > MOST, f"incident={incident.pk}")


def find_watch_rows(user: User, now: dt.datetime) -> ArraySubquery:
    """Rows for `describe_incident_watch`, as a column of the query for an incident."""
    items = of_outer_incident().visible_to(user).burning(now).order_by("expires_at", "pk")
    names = {
        "team_name": "team__name",
        "zone": "team__time_zone",
        "service_name": "service__name",
        "keeper": Coalesce("owner__display_name", "created_by__display_name"),
        "mail": Coalesce("owner__email", "created_by__email"),
    }
    columns = {name: name for name in ("pk", "kind", "text", "alert_name", "expires_at")}
    return ArraySubquery(items.values(row=JSONObject(**columns, **names))[: MOST + 1])


def _read_item(row: Mapping[str, Any]) -> WatchItem:
    service = Service(name=row["service_name"]) if row["service_name"] else None
    return WatchItem(
        pk=row["pk"],
        kind=row["kind"],
        text=row["text"],
        alert_name=row["alert_name"],
        expires_at=dt.datetime.fromisoformat(row["expires_at"]),
        team=Team(name=row["team_name"], time_zone=row["zone"]),
        service=service,
        created_by=User(display_name=row["keeper"], email=row["mail"]),
    )


def describe_watch(items: Iterable[WatchItem], now: dt.datetime) -> list[WatchLine]:
    """Items, loaded with their names, as lines."""
    return [WatchLine(item, now) for item in items]


def of_outer_incident() -> WatchItemQuerySet:
    """For a column of a query for incidents: items, closed ones too, on their services or on the names of their alerts."""
    number = OuterRef(OuterRef("pk"))
    services = Incident.services.through.objects.filter(incident=number).values("service")
    names = Alert.objects.filter(incident=number).order_by().annotate(lower_name=Lower("name")).values("lower_name")
    named = Q(service=None, lower_alert__in=names) & ~Q(alert_name="")
    return WatchItem.objects.annotate(lower_alert=Lower(F("alert_name"))).filter(Q(service__in=services) | named)


def _panel(items: WatchItemQuerySet, user: User, now: dt.datetime, new_query: str = "") -> WatchPanel:
    found = list(items.visible_to(user).burning(now).with_names()[: MOST + 1])
    return WatchPanel(describe_watch(found[:MOST], now), len(found) > MOST, new_query)
