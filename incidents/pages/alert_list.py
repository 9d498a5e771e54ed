"""The list of alerts, and which alerts no runbook answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Max, Q, QuerySet
from django.http import QueryDict

from accounts.models import User
from incidents.models import Alert, Incident
from incidents.models.alert import AlertQuerySet
from oncall.models import Service
from runbooks.alert_links import AlertName
from runbooks.models import Runbook, SearchEntry
from runbooks.search.words import key_of

PAGE_SIZE = 50
MOST_EARLIER = 10
LONGEST_TITLE = 200
STATES = (("firing", "Firing"), ("ended", "Ended"))


@dataclass(frozen=True)
class Wishes:
    """What the address asks for, as far as it is understood."""

    q: str
    service: str
    state: str
    incident: int | None
    is_without: bool

    @classmethod
    def read(cls, query: QueryDict) -> Wishes:
        state, number = query.get("state", ""), query.get("incident", "")
        return cls(
            q=" ".join(query.get("q", "").replace("\0", "").split())[:200],
            service=query.get("service", "").replace("\0", "")[:80],
            state=state if state in dict(STATES) else "",
            incident=int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else None,
            is_without=query.get("without") == "runbook",
        )

    @property
    def is_filtered(self) -> bool:
        return bool(self.q or self.service or self.state or self.incident is not None)


@dataclass(frozen=True)
class Unanswered:
    """A name of alerts that came without a runbook."""

    name: str
    count: int
    last_at: Any
    services: str
    stub: str  # the query of the page that begins a runbook for it
    is_answered_now: bool  # a runbook that this person may see was written since


def describe_list(query: QueryDict, user: User) -> dict[str, Any]:
    """The firing ones first, then the newest; a fixed number of queries."""
    wishes = Wishes.read(query)
    alerts = _filter(Alert.objects.visible_to(user), wishes, user)
    ordered = alerts.annotate(is_firing=Q(resolved_at=None)).order_by("-is_firing", "-starts_at", "-pk")
    shown = ordered.select_related("service", "incident", "during_maintenance").defer("annotations")
    page = Paginator(shown, PAGE_SIZE).get_page(query.get("page"))
    seen = Incident.objects.visible_to(user).filter(pk__in={alert.incident_id for alert in page.object_list})
    return _frame(wishes, user) | {"page": page, "seen": set(seen.values_list("pk", flat=True))}


def describe_unanswered(query: QueryDict, user: User) -> dict[str, Any]:
    """Names of alerts that came without a runbook, the most frequent first."""
    wishes = Wishes.read(query)
    alerts = _filter(Alert.objects.visible_to(user), wishes, user).filter(runbook=None).order_by()
    names = (
        alerts.values("name")
        .annotate(
            count=Count("pk"), last_at=Max("starts_at"), slug=Max("service__slug"), service_name=Max("service__name")
        )
        .annotate(services=Count("service", distinct=True))
        .order_by("-count", "name")
    )
    page = Paginator(names, PAGE_SIZE).get_page(query.get("page"))
    answered = _find_answered([row["name"] for row in page.object_list], user)
    lines = [_make_line(row, row["name"] in answered) for row in page.object_list]
    return _frame(wishes, user) | {"page": page, "lines": lines}


def _frame(wishes: Wishes, user: User) -> dict[str, Any]:
    services = Service.objects.visible_to(user).filter(alerts__isnull=False).distinct().order_by("name")
    return {"wishes": wishes, "services": services.values_list("slug", "name"), "states": STATES}


def _filter(alerts: AlertQuerySet, wishes: Wishes, user: User) -> AlertQuerySet:
    if wishes.q:
        alerts = alerts.filter(name__icontains=wishes.q)
    if wishes.service:
        alerts = alerts.filter(service__slug=wishes.service)
    if wishes.state:
        alerts = alerts.filter(resolved_at__isnull=wishes.state == "firing")
    if wishes.incident is not None:
        alerts = alerts.filter(incident__in=Incident.objects.visible_to(user).filter(pk=wishes.incident))
    return alerts


def _make_line(row: Mapping[str, Any], is_answered_now: bool) -> Unanswered:
    others = row["services"] - 1
    return Unanswered(
        name=row["name"],
        count=row["count"],
        last_at=row["last_at"],
        services=(row["service_name"] or "") + (f" and {others} more" if others > 0 else ""),
        stub=make_stub(row["name"], row["slug"]),
        is_answered_now=is_answered_now,
    )


def make_stub(name: str, service: str | None) -> str:
    """What the page that begins a runbook is asked with."""
    title = AlertName.parse(name).short[:LONGEST_TITLE]
    return urlencode({"template": "alert", "alert": title, "title": title} | ({"service": service} if service else {}))


def _find_answered(names: list[str], user: User) -> set[str]:
    """Which of these names a runbook in use answers by now; one query."""
    keys = {key_of(form): name for name in names for form in AlertName.parse(name).forms}
    entries = SearchEntry.objects.filter(
        kind=SearchEntry.Kind.ALERT,
        is_active=True,
        key__in=keys.keys() - {""},
        runbook__in=Runbook.objects.visible_to(user).in_use(),
    )
    return {keys[key] for key in entries.values_list("key", flat=True)}


def count_unanswered(user: User) -> int:
    """How many names of alerts came without a runbook."""
    return Alert.objects.visible_to(user).filter(runbook=None).order_by().values("name").distinct().count()


def describe_alert(alert: Alert, user: User) -> dict[str, Any]:
    """One alert with what belongs to it, as far as this person may know of it."""
    runbook = (
        Runbook.objects.visible_to(user).in_use().select_related("service").filter(pk=alert.runbook_id).first()
        if alert.runbook_id
        else None
    )
    incident = Incident.objects.visible_to(user).filter(pk=alert.incident_id).first() if alert.incident_id else None
    return {"alert": alert, "runbook": runbook, "incident": incident, "earlier": _find_earlier(alert, user)}


def _find_earlier(alert: Alert, user: User) -> QuerySet[Alert]:
    """Other firings of the same name, the newest first."""
    others = Alert.objects.visible_to(user).filter(name=alert.name).exclude(pk=alert.pk)
    return others.select_related("service").defer("annotations").order_by("-starts_at", "-pk")[:MOST_EARLIER]
