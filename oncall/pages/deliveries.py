"""Lists of what the portal told, and what became of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.db.models.query import QuerySet
from django.http import QueryDict

from accounts.models import User
from oncall.forms.delivery import DeliveryFilter
from oncall.models import Delivery, Notification
from oncall.models.delivery import NotificationQuerySet

PAGE_SIZE = 50
MOST_GIVEN_UP = 20
LOST_DAYS = 30


def list_own(user: User, number: str | None) -> Page[Notification]:
    """What a person was told, the newest first, each with its deliveries; three queries."""
    told = Notification.objects.filter(person=user).prefetch_related("deliveries")
    return Paginator(told, PAGE_SIZE).get_page(number)


def describe_all(query: QueryDict, now: dt.datetime) -> dict[str, Any]:
    """Everybody's deliveries under the filters of the address, with those given up, and what had nowhere to go, on top."""
    form = DeliveryFilter(query)
    wanted = form.values()
    deliveries = _filter(Delivery.objects.order_by("-pk"), wanted).select_related("notification")
    given_up = Delivery.objects.given_up().order_by("-finished_at", "-pk")
    return {
        "form": form,
        "is_filtered": bool(wanted),
        "page": Paginator(deliveries, PAGE_SIZE).get_page(query.get("page")),
        "given_up": given_up.select_related("notification")[:MOST_GIVEN_UP],
        "given_up_count": given_up.count(),
        "lost": _lost(now)[:MOST_GIVEN_UP],
        "now": now,
    }


def _filter(deliveries: QuerySet[Delivery], wanted: dict[str, str]) -> QuerySet[Delivery]:
    if "state" in wanted:
        deliveries = deliveries.filter(status=wanted["state"])
    if "kind" in wanted:
        deliveries = deliveries.filter(notification__kind=wanted["kind"])
    for word in wanted.get("who", "").replace("\x00", "").split():
        deliveries = deliveries.filter(
            Q(notification__to__icontains=word)
            | Q(notification__person__email__icontains=word)
            | Q(shown_target__icontains=word)
        )
    return deliveries


def _lost(now: dt.datetime) -> NotificationQuerySet:
    """Notifications of the last thirty days for somebody without an address: they went nowhere."""
    since = now - dt.timedelta(days=LOST_DAYS)
    return Notification.objects.filter(created_at__gt=since, deliveries__isnull=True)
