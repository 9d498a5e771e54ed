"""Which alerting rules lead to a runbook, and which runbooks no rule leads to.

A rule is answered when a runbook in force names its alert, or when its `runbook_url` leads to a runbook that is here.
Whoever may see that runbook: an answer that is Confidential is an answer, and nothing more is said of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from runbooks.alert_links import AlertName
from runbooks.models import AlertingRule, FormerAddress, Kind, Runbook, SearchEntry, Status
from runbooks.search.words import key_of

_PAGE = re.compile(r"/runbooks/([\w-]{1,100})/([\w-]{1,100})(?:/.*)?")
_ALERT = re.compile(r"/r/(.+?)/?")

Place = tuple[str, str]  # slugs of a service and a runbook


@dataclass(frozen=True, slots=True)
class Loose:
    """An alert that leads nowhere: all rules of one name, put together."""

    name: str
    key: str
    severities: tuple[str, ...]
    files: tuple[str, ...]
    conditions: tuple[str, ...]
    labels: tuple[dict[str, str], ...]
    urls: tuple[str, ...]


def find_loose() -> list[Loose]:
    """Alerts without a runbook, by name; at most four queries."""
    answering = answering_entries().filter(key=OuterRef("key"))
    columns = ("name", "key", "severity", "file__name", "condition", "labels", "runbook_url")
    rows = list(AlertingRule.objects.filter(~Exists(answering) | Q(key="")).order_by("name", "pk").values(*columns))
    is_answered = _answered_by_address(row["runbook_url"] for row in rows)
    kept: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["runbook_url"] not in is_answered:
            kept.setdefault(row["key"] or row["name"], []).append(row)
    return [_put_together(rows) for rows in kept.values()]


def answering_entries() -> Any:
    """Places in force that answer an alert, whoever may see them."""
    return SearchEntry.objects.filter(
        kind=SearchEntry.Kind.ALERT, is_active=True, runbook__retired_at__isnull=True
    ).order_by()


def find_unpointed(user: User) -> list[dict[str, Any]]:
    """Runbooks about alerts that no rule leads to, of those this person may know of; two queries.

    Nothing as long as there are no rules at all: then nobody knows.
    """
    urls = list(AlertingRule.objects.order_by().values_list("runbook_url", flat=True).distinct())
    if not urls:
        return []
    pointed = {place for url in urls if (place := read_place(url)) is not None}
    alerts = SearchEntry.objects.filter(runbook=OuterRef("pk"), kind=SearchEntry.Kind.ALERT, is_active=True).order_by()
    ruled = alerts.filter(Exists(AlertingRule.objects.filter(key=OuterRef("key")).order_by()))
    runbooks = Runbook.objects.visible_to(user).in_use().filter(shown_version__status=Status.ACTIVE)
    about_alerts = runbooks.filter(Q(kind=Kind.MONITORING) | Exists(alerts)).filter(~Exists(ruled))
    columns = ("title", "slug", "kind", "service__name", "service__slug", "service__tier")
    rows = about_alerts.order_by("service__tier", "service__name", "title").values(*columns)
    return [row for row in rows if (row["service__slug"], row["slug"]) not in pointed]


def read_place(url: str) -> Place | None:
    """The runbook that an address of this portal leads to; None for any other."""
    match = _PAGE.fullmatch(_path_here(url))
    return (match[1], match[2]) if match else None


def read_alert(url: str) -> str:
    """The alert's key in an address `/r/<name>` of this portal; "" for any other."""
    match = _ALERT.fullmatch(_path_here(url))
    return key_of(AlertName.parse(unquote(match[1])).last) if match and "{{" not in match[1] else ""


def find_answered(keys: Collection[str]) -> set[str]:
    """Which of these keys of alerts a runbook in force answers; one query."""
    return set(answering_entries().filter(key__in=[key for key in keys if key]).values_list("key", flat=True))


def _answered_by_address(urls: Iterable[str]) -> set[str]:
    """Those addresses that lead to a runbook in force here, under today's name or a former one."""
    places, alerts = {}, {}
    for url in set(urls):
        if place := read_place(url):
            places[url] = place
        elif key := read_alert(url):
            alerts[url] = key
    there = _find_places(set(places.values())) if places else set()
    answered = find_answered(alerts.values()) if alerts else set()
    return {url for url, place in places.items() if place in there} | {
        u for u, key in alerts.items() if key in answered
    }


def _find_places(places: set[Place]) -> set[Place]:
    services, slugs = {service for service, _ in places}, {slug for _, slug in places}
    active = Q(shown_version__status=Status.ACTIVE, retired_at__isnull=True)
    today = Runbook.objects.filter(active, service__slug__in=services, slug__in=slugs).order_by()
    former = FormerAddress.objects.filter(service__slug__in=services, slug__in=slugs, runbook__retired_at__isnull=True)
    found = {*today.values_list("service__slug", "slug"), *former.order_by().values_list("service__slug", "slug")}
    return found & places


def _path_here(url: str) -> str:
    """The path of an address within this portal; "" for one elsewhere."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
    except ValueError:
        return ""
    own = {urlsplit(settings.PORTAL_URL).hostname, *settings.ALLOWED_HOSTS}
    is_here = host in own if parts.netloc else not parts.scheme and url.startswith("/")
    return parts.path if is_here else ""


def _put_together(rows: list[dict[str, Any]]) -> Loose:
    def all_of(column: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(row[column]) for row in rows if row[column]))

    labels = tuple(row["labels"] for row in rows)
    return Loose(
        name=rows[0]["name"],
        key=rows[0]["key"],
        severities=all_of("severity"),
        files=all_of("file__name"),
        conditions=all_of("condition"),
        labels=labels,
        urls=all_of("runbook_url"),
    )
