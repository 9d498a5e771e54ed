"""The list of watch items, and one item with its history."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.http import QueryDict
from django.urls import reverse

from accounts.models import Team, User
from incidents.models import Alert, WatchChange, WatchItem
from incidents.models.watch import WatchItemQuerySet
from incidents.pages.watch import WatchLine, describe_watch
from oncall.models import Service

PAGE_SIZE = 50
KNOWN_ALERTS = 200
STATES = (("burning", "Burning"), ("expired", "Expired"), ("closed", "Closed"))


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the address asks for, as far as it is understood."""

    q: str
    team: str
    service: str
    kind: str
    state: str

    @classmethod
    def read(cls, query: QueryDict) -> Wishes:
        state, kind = query.get("state", ""), query.get("kind", "")
        return cls(
            q=" ".join(query.get("q", "").replace("\0", "").split())[:200],
            team=query.get("team", "").replace("\0", "")[:80],
            service=query.get("service", "").replace("\0", "")[:80],
            kind=kind if kind in WatchItem.Kind.values else "",
            state=state if state in dict(STATES) else "burning",
        )

    @property
    def is_filtered(self) -> bool:
        return bool(self.q or self.team or self.service or self.kind)

    def address(self, state: str) -> str:
        """The list with the same filter in another state."""
        given = {"q": self.q, "team": self.team, "service": self.service, "kind": self.kind}
        return "?" + urlencode({"state": state} | {name: value for name, value in given.items() if value})


@dataclass(frozen=True, slots=True)
class Tab:
    """A state of the list, and how many items are in it."""

    value: str
    label: str
    count: int
    url: str


def describe_list(query: QueryDict, user: User, now: dt.datetime) -> dict[str, Any]:
    """One state of the list, filtered; a fixed number of queries."""
    wishes = Wishes.read(query)
    items = _filter(WatchItem.objects.visible_to(user), wishes)
    states = {
        "burning": items.burning(now).order_by("expires_at", "pk"),
        "expired": items.expired(now).order_by("-expires_at", "-pk"),
        "closed": items.closed().order_by("-closed_at", "-pk"),
    }
    counts = _count(items, now)
    page: Page[Any] = Paginator(states[wishes.state].with_names(), PAGE_SIZE).get_page(query.get("page"))
    return {
        "wishes": wishes,
        "page": page,
        "lines": describe_watch(page.object_list, now),
        "tabs": [Tab(value, label, counts[value], wishes.address(value)) for value, label in STATES],
        "kinds": WatchItem.Kind.choices,
        "teams": Team.objects.order_by("name"),
        "services": Service.objects.visible_to(user).order_by("name"),
        "now": now,
    }


@dataclass(frozen=True, slots=True)
class Event:
    """A line of an item's history."""

    person: User
    text: str
    at: dt.datetime
    expired_at: dt.datetime | None = None
    expires_at: dt.datetime | None = None
    reason: str = ""


def describe_item(item: WatchItem, user: User, now: dt.datetime) -> dict[str, Any]:
    """An item with its history, the newest first, and the places where it shows; one query."""
    return {
        "item": item,
        "line": WatchLine(item, now),
        "events": _list_events(item),
        "alerts_url": f"{reverse('incidents:alerts')}?{urlencode({'q': item.alert_name})}" if item.alert_name else "",
        "may_open_service": item.service is not None and _may_open(item.service, user),
        "now": now,
    }


def list_known_alerts(user: User) -> list[str]:
    """Names of alerts that came in, for a field that suggests them."""
    names = Alert.objects.visible_to(user).order_by("name").values_list("name", flat=True).distinct()
    return list(names[:KNOWN_ALERTS])


def _list_events(item: WatchItem) -> list[Event]:
    changes = WatchChange.objects.filter(item=item).select_related("person")
    events = [Event(item.created_by, "lit it", item.created_at)]
    events += [Event(one.person, one.text, one.at, one.expired_at, one.expires_at) for one in changes]
    if item.closed_at is not None and item.closed_by is not None:
        events.append(Event(item.closed_by, "closed it", item.closed_at, reason=item.close_reason))
    return events[::-1]


def _may_open(service: Service, user: User) -> bool:
    is_open = service.classification != "confidential" or user.has_perm("runbooks.view_confidential_runbook")
    return is_open or service.team_id in user.get_team_ids()


def _count(items: WatchItemQuerySet, now: dt.datetime) -> dict[str, int]:
    is_open = Q(closed_at=None)
    return items.order_by().aggregate(
        burning=Count("pk", filter=is_open & Q(expires_at__gt=now)),
        expired=Count("pk", filter=is_open & Q(expires_at__lte=now)),
        closed=Count("pk", filter=~is_open),
    )


def _filter(items: WatchItemQuerySet, wishes: Wishes) -> WatchItemQuerySet:
    for word in wishes.q.split():
        fits = [f"{name}__icontains" for name in ("text", "alert_name", "service__name", "close_reason")]
        person = Q(owner__display_name__icontains=word)
        items = items.filter(person | Q(*((one, word) for one in fits), _connector=Q.OR))
    if wishes.team:
        items = items.filter(team__slug=wishes.team)
    if wishes.service:
        items = items.filter(service__slug=wishes.service)
    if wishes.kind:
        items = items.filter(kind=wishes.kind)
    return items
