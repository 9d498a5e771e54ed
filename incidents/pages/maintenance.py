"""Maintenance on pages: what is on and coming, the list by days, and what else touches the same services then."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Page, Paginator
from django.db.models import F, OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.models import User
from incidents.models import MaintenanceWindow
from incidents.models.maintenance import MaintenanceWindowQuerySet
from oncall.models import Dependency, Service

AHEAD = dt.timedelta(days=7)
PAGE_SIZE = 20


@dataclass(frozen=True)
class WindowLine:
    """A window as lists print it."""

    window: MaintenanceWindow
    is_now: bool

    @property
    def services(self) -> list[dict[str, Any]]:
        """`name` and `slug` of each service."""
        rows: list[dict[str, Any]] = vars(self.window).get("service_rows", [])
        return rows

    @property
    def names(self) -> str:
        return ", ".join(row["name"] for row in self.services)


@dataclass(frozen=True)
class Day:
    """The windows that begin on a day of the reader's calendar."""

    day: dt.date
    lines: list[WindowLine]


@dataclass(frozen=True)
class Conflict:
    """Another window at the same time, and why it matters."""

    window: MaintenanceWindow
    why: str


def describe_maintenance(
    services: Iterable[Service] | None, user: User, now: dt.datetime, ahead: dt.timedelta = AHEAD
) -> list[WindowLine]:
    """Windows that are on, and those of the next days, the earliest first; of these services, or of all. One query."""
    windows = for_lists(user).standing().filter(during__overlap=(now, now + ahead))
    if services is not None:
        windows = windows.of_services(list(services))
    return [_line(window, now) for window in windows]


def for_lists(user: User) -> MaintenanceWindowQuerySet:
    """Windows this person may know of, each with its services as rows."""
    services = Service.objects.filter(maintenance_windows=OuterRef("pk")).order_by("name")
    rows = ArraySubquery(services.values(row=JSONObject(name=F("name"), slug=F("slug"))))
    return (
        MaintenanceWindow.objects.visible_to(user)
        .select_related("team", "run")
        .annotate(service_rows=rows)
        .order_by("during", "pk")
    )


def list_on_and_coming(user: User, now: dt.datetime, wanted: Q) -> tuple[list[WindowLine], list[Day]]:
    """What is on, and what comes by days of the reader's calendar; one query."""
    zone = timezone.get_current_timezone()
    windows = for_lists(user).filter(wanted).filter(during__endswith__gt=now)
    lines = [_line(window, now) for window in windows]
    coming = [line for line in lines if line.window.during.lower > now]
    days = groupby(coming, key=lambda line: line.window.during.lower.astimezone(zone).date())
    return [line for line in lines if line.window.during.lower <= now], [Day(day, list(rows)) for day, rows in days]


def list_past(user: User, now: dt.datetime, wanted: Q, number: str | None) -> Page[WindowLine]:
    """What is over, the latest first."""
    windows = for_lists(user).filter(wanted).filter(during__endswith__lte=now).order_by("-during", "-pk")
    page: Any = Paginator(windows, PAGE_SIZE).get_page(number)
    page.object_list = [_line(window, now) for window in page.object_list]
    return page  # type: ignore[no-any-return]  # lines in place of rows


def find_conflicts(
    services: Iterable[Service], start: dt.datetime, end: dt.datetime, *, user: User, but: int | None = None
) -> list[Conflict]:
    """Other windows at that time that touch these services, what they need, or what needs them.

    Needs are followed through: what a needed service needs counts too. Windows this person may not know of are left out.
    """
    own = {service.pk: service.name for service in services}
    others = for_lists(user).standing().filter(during__overlap=(start, end)).exclude(pk=but or 0)
    rows = list(others.prefetch_related("services"))
    if not rows or not own:
        return []
    needs = _load_needs()
    below = {pk: _follow(pk, needs) for pk in {*own, *(s.pk for window in rows for s in window.services.all())}}
    found = [(window, _say_why(own, list(window.services.all()), below)) for window in rows]
    return [Conflict(window, why) for window, why in found if why]


def _line(window: MaintenanceWindow, now: dt.datetime) -> WindowLine:
    is_now = window.cancelled_at is None and window.during.lower <= now < window.during.upper
    return WindowLine(window, is_now)


def _load_needs() -> dict[int, set[int]]:
    needs: dict[int, set[int]] = defaultdict(set)
    for service, needed in Dependency.objects.values_list("service_id", "needs_id"):
        needs[service].add(needed)
    return needs


def _follow(pk: int, needs: dict[int, set[int]]) -> set[int]:
    """Everything that a service needs, however far down; circles end by themselves."""
    found: set[int] = set()
    waiting = [pk]
    while waiting:
        for needed in needs.get(waiting.pop(), ()):
            if needed not in found:
                found.add(needed)
                waiting.append(needed)
    return found - {pk}


def _say_why(own: dict[int, str], theirs: list[Service], below: dict[int, set[int]]) -> str:
    same = sorted(service.name for service in theirs if service.pk in own)
    if same:
        return f"the same services: {', '.join(same)}" if len(same) > 1 else f"the same service, {same[0]}"
    for pk, name in own.items():
        needed = sorted(service.name for service in theirs if service.pk in below[pk])
        if needed:
            return f"{name} needs {', '.join(needed)}"
    for service in theirs:
        needed = sorted(name for pk, name in own.items() if pk in below[service.pk])
        if needed:
            return f"{service.name} needs {', '.join(needed)}"
    return ""
