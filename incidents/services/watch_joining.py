"""Watch items in the timelines of incidents: whoever is called reads at once what others asked to be watched."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db.models import Q
from django.db.models.functions import Lower

from incidents.models import Alert, EntryKind, Incident, TimelineEntry, WatchItem
from incidents.services.timeline import record
from oncall.models import Service

MOST_ITEMS = 10  # in one incident at a time
MOST_SAID = 3  # in a message


def tell_of_watch_items(found: Sequence[tuple[Incident, Sequence[Alert]]], now: dt.datetime) -> None:
    """Write the burning items that these alerts set off into their incidents, each once for an incident.

    One query, and another where something burns. The incidents are held by the caller.
    """
    items = _find_items([alert for _, alerts in found for alert in alerts], now)
    wanted = [(incident, _choose(items, alerts)) for incident, alerts in found]
    wanted = [(incident, chosen) for incident, chosen in wanted if chosen]
    if not wanted:
        return
    said = _find_said(incident for incident, _ in wanted)
    for incident, chosen in wanted:
        for item in chosen:
            if (incident.pk, item.pk) not in said:
                _write(incident, item, now)


def say_watch_items(services: Sequence[Service], now: dt.datetime) -> list[str]:
    """What burns on these services, as paragraphs of a message; one query. For services of which nothing is secret."""
    if not services:
        return []
    items = WatchItem.objects.burning(now).on_services(services).filter(is_example=False)
    return [f"{_name_kind(item)}: {item.text}" for item in items[:MOST_SAID]]


def _find_items(alerts: Sequence[Alert], now: dt.datetime) -> list[WatchItem]:
    names = {alert.name.lower() for alert in alerts if alert.name}
    services = {alert.service_id for alert in alerts if alert.service_id}
    rows = WatchItem.objects.burning(now).filter(is_example=False).annotate(lower_alert=Lower("alert_name"))
    fits = Q(service=None, lower_alert__in=names) | Q(service__in=services)
    return list(rows.filter(fits).order_by("expires_at", "pk"))


def _choose(items: Iterable[WatchItem], alerts: Sequence[Alert]) -> list[WatchItem]:
    return [item for item in items if any(_answers(item, alert) for alert in alerts)][:MOST_ITEMS]


def _answers(item: WatchItem, alert: Alert) -> bool:
    """As `WatchItemQuerySet.answering` has it: with a name and a service it waits for both."""
    is_named = not item.alert_name or item.alert_name.lower() == alert.name.lower()
    is_there = item.service_id is None or item.service_id == alert.service_id
    return is_named and is_there and bool(item.alert_name or item.service_id)


def _find_said(incidents: Iterable[Incident]) -> set[tuple[int, int]]:
    rows = TimelineEntry.objects.filter(incident__in=list(incidents), kind=EntryKind.FACTS, data__has_key="watch")
    return {(number, data["watch"]) for number, data in rows.order_by().values_list("incident_id", "data")}


def _write(incident: Incident, item: WatchItem, now: dt.datetime) -> None:
    record(
        incident,
        EntryKind.FACTS,
        f"{_name_kind(item)}: {item.text}",
        now=now,
        url=item.get_absolute_url(),
        watch=item.pk,
    )


def _name_kind(item: WatchItem) -> str:
    return "Watch item" if item.kind == WatchItem.Kind.WATCH else item.get_kind_display()
