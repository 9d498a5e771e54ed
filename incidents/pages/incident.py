"""The page of an incident: one query for what stands in its head, one for its timeline, and at most one for each panel.

What is polled is `Pulse`: one small prepared query that says whether anything changed.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.prepared import PreparedQuery
from incidents.models import (
    OPEN,
    OVER,
    Incident,
    IncidentLink,
    Role,
    RoleHolder,
    Run,
    Status,
    StatusChange,
    TimelineEntry,
)
from incidents.models.incident import IncidentQuerySet
from incidents.pages.live import make_tag
from incidents.pages.timeline import Filter, Timeline, count_kinds, read_timeline
from incidents.pages.times import Clock, say_clock, say_iso
from incidents.pages.watch import find_watch_rows, of_outer_incident
from oncall.models import Classification, Service

SOON = dt.timedelta(minutes=10)


def _pulse_of(number: int) -> IncidentQuerySet:
    return Incident.objects.filter(pk=number).order_by()


_RUNS = Run.objects.filter(incident=OuterRef("pk")).order_by().values("incident").annotate(sum=Sum("revision"))
_WATCH = of_outer_incident().filter(closed_at=None).order_by("-expires_at", "pk")
_WATCH_ROWS = ArraySubquery(_WATCH.values(row=JSONObject(pk="pk", until="expires_at", text="text"))[:20])
_COLUMNS = {
    "counted": F("revision"),
    "due_at": F("next_update_at"),
    "state": F("status"),
    "run_count": Coalesce(Subquery(_RUNS.values("sum")), Value(0)),
    "watched": _WATCH_ROWS,
}
_NUMBER = {"number": -987_654_322}
_TO_ALL = PreparedQuery(lambda number: _pulse_of(number).values(**_COLUMNS), **_NUMBER)
_TO_ONE = PreparedQuery(
    lambda number, user_id: _pulse_of(number).known_to(user_id).values(**_COLUMNS), user_id=-987_654_321, **_NUMBER
)


def find_pulse(user: User, number: int, wanted: Filter, now: dt.datetime) -> str | None:
    """The tag of the page as this person sees it now; None when there is no such incident for them. One query."""
    if number >= 2**63:
        return None
    if user.has_perm("runbooks.view_confidential_runbook"):
        row = _TO_ALL.first(number=number)
    else:
        row = _TO_ONE.first(number=number, user_id=user.pk)
    if row is None:
        return None
    due = _say_nearness(row["due_at"], now) if row["state"] in OPEN else ""
    rights = sorted(one for one in user.get_all_permissions() if one.startswith("incidents."))
    reader = (user.pk, user.time_zone, user.get_team_ids(), rights, timezone.localdate(now))
    watched = map(json.loads, row["watched"])  # a prepared query leaves JSON as it came
    burning = [one for one in watched if _read(one["until"]) > now]
    return make_tag(number, row["counted"], row["run_count"], row["state"], due, burning, wanted, *reader)


def _say_nearness(due_at: dt.datetime | None, now: dt.datetime) -> str:
    """Something that changes as the next update comes nearer: every five minutes, and every minute of the last ten."""
    if due_at is None:
        return ""
    minutes = (due_at - now) // dt.timedelta(minutes=1)
    return str(minutes if 0 <= minutes < 10 else f"{minutes // 5}*5")


def get_incident(user: User, number: int, now: dt.datetime | None = None) -> Incident | None:
    """The incident with everything that its head shows, or None when this person may not know of it; one query.

    With `now`, the watch items that burn at that moment come along.
    """
    if number >= 2**63:
        return None
    found = Incident.objects.visible_to(user).filter(pk=number)
    head = _head() | ({"watch_items": find_watch_rows(user, now)} if now else {})
    return found.select_related("severity", "team", "opened_by", "postmortem").annotate(**head).first()


def _head() -> dict[str, Any]:
    """Rows beside the incident, each kind as one list of dictionaries."""
    of_it = {"incident": OuterRef("pk")}
    services = Service.objects.filter(incidents=OuterRef("pk")).order_by("tier", "name")
    holders = RoleHolder.objects.filter(**of_it).current().order_by("taken_at")
    entries = TimelineEntry.objects.filter(**of_it).order_by()
    by_person = entries.filter(person__isnull=False).values("person", "person__display_name")
    return {
        "service_rows": _rows(services, "name", "slug", "classification", "team_id"),
        "status_rows": _rows(StatusChange.objects.filter(**of_it).order_by("at", "pk"), "status", "at"),
        "holder_rows": _rows(holders, "role", "person_id", name="person__display_name"),
        "link_rows": _rows(IncidentLink.objects.filter(**of_it).order_by("added_at", "pk"), "pk", "label", "url"),
        "kind_rows": _rows(entries.values("kind").annotate(count=Count("pk")), "kind", "count"),
        "person_rows": _rows(
            by_person.annotate(count=Count("pk")).order_by("person__display_name"),
            "person",
            "count",
            name="person__display_name",
        ),
    }


def _rows(queryset: Any, *names: str, **renamed: str) -> ArraySubquery:
    packed = JSONObject(**{name: F(name) for name in names}, **{name: F(path) for name, path in renamed.items()})
    return ArraySubquery(queryset.values(row=packed))


@dataclass(frozen=True)
class Stage:
    """A step of the stepper: a status, and when the incident came to it."""

    label: str
    state: str  # "done", "now" or ""
    time: str = ""
    is_passed_over: bool = False


@dataclass
class IncidentPage:
    """What the page prints. The panels of the rail are described beside it, in the view."""

    incident: Incident
    user: User
    wanted: Filter
    now: dt.datetime
    rows: dict[str, list[dict[str, Any]]] = field(init=False)

    def __post_init__(self) -> None:
        self.rows = {name: vars(self.incident)[name] for name in vars(self.incident) if name.endswith("_rows")}

    @cached_property
    def clock(self) -> Clock:
        team = self.incident.team
        since = min([self.incident.started_at, *(_read(row["at"]) for row in self.rows["status_rows"])])
        zone = timezone.get_current_timezone()
        return Clock(zone, self.now, since, team.time_zone if team else "")

    @cached_property
    def timeline(self) -> Timeline:
        return read_timeline(self.incident, self.wanted, self.clock)

    @cached_property
    def timeline_key(self) -> str:
        """What the parts made from the timeline are cached under: everything in them, so nobody sees an old one.

        They say the same to everybody whose clock and whose right to write are the same.
        """
        clock, offset = self.clock, self.now.astimezone(self.clock.zone).utcoffset()
        reader = (
            clock.zone.key,
            clock.team_zone,
            offset,
            clock.today,
            self.user.has_perm("incidents.add_timelineentry"),
        )
        return make_tag(self.incident.pk, self.incident.revision, self.wanted, *reader)

    @property
    def query(self) -> str:
        """The filter as it stands in the address; the page and what it polls have the same."""
        return self.wanted.as_query(start=self.wanted.start)

    @property
    def services(self) -> list[dict[str, Any]]:
        """Names, and the page of each that this person may open."""
        teams = self.user.get_team_ids()
        sees_all = self.user.has_perm("runbooks.view_confidential_runbook")
        for row in self.rows["service_rows"]:
            is_open = row["classification"] != Classification.CONFIDENTIAL or sees_all or row["team_id"] in teams
            row["url"] = reverse("portal:service_detail", args=[row["slug"]]) if is_open else ""
        return self.rows["service_rows"]

    @property
    def stages(self) -> list[Stage]:
        """From when it began to closed; each status with the last time the incident came to it."""
        reached = {row["status"]: _read(row["at"]) for row in self.rows["status_rows"]}
        order = list(Status.values) if self.incident.status == Status.CLOSED else list(Status.values)[:-1]
        here = order.index(self.incident.status)
        began = Stage("Began", "done", self.clock.say_full(self.incident.started_at))
        return [began, *(self._stage(Status(one), place - here, reached) for place, one in enumerate(order))]

    def _stage(self, status: Status, offset: int, reached: dict[str, dt.datetime]) -> Stage:
        at = reached.get(status)
        if offset > 0:
            return Stage(status.label, "")
        if at is None:
            return Stage(status.label, "", is_passed_over=True)
        time = self._say_stage(at)
        if offset == 0:
            return Stage(status.label, "now", f"since {time}" if self.incident.is_open else time)
        return Stage(status.label, "done", time)

    def _say_stage(self, at: dt.datetime) -> str:
        return self.clock.say(at, with_day=True)

    @property
    def elapsed(self) -> dict[str, str]:
        """The big clock: how long it has been open, or how long it took."""
        end = self.incident.resolved_at
        length = (end or self.now) - self.incident.started_at
        label = "Resolved after" if end else "Open for"
        return {"label": label, "iso": say_iso(length), "shown": say_clock(length), "is_running": "" if end else "1"}

    @property
    def update(self) -> dict[str, str] | None:
        """When others expect the next update, and how near that is; None where nobody waits for one."""
        at = self.incident.next_update_at
        if at is None or not self.incident.is_open:
            return None
        left = at - self.now
        is_over = left <= dt.timedelta(0)
        length = abs(left)
        return {
            "due": "overdue" if is_over else "soon" if left <= SOON else "fresh",
            "said": "Update overdue by" if is_over else "Update due in",
            "clock": "1" if is_over else "-1",
            "iso": say_iso(length),
            "shown": say_clock(length),
            "when": self.clock.say_full(at),
        }

    @property
    def holders(self) -> list[dict[str, Any]]:
        """Who is on it: people with their roles, the commander first."""
        order = list(Role.values)
        return [
            {"name": row["name"], "role": Role(row["role"]).label, "is_me": row["person_id"] == self.user.pk}
            for row in sorted(self.rows["holder_rows"], key=lambda row: order.index(row["role"]))
        ]

    @property
    def links(self) -> list[dict[str, str]]:
        return self.rows["link_rows"]

    @property
    def steps(self) -> list[dict[str, str]]:
        """The buttons of the head: the next status, and over with one tap."""
        return [{"status": status.value, "label": label} for status, label in _NEXT[Status(self.incident.status)]]

    @property
    def kinds(self) -> list[dict[str, Any]]:
        return count_kinds({row["kind"]: row["count"] for row in self.rows["kind_rows"]})

    @property
    def people(self) -> list[dict[str, Any]]:
        return self.rows["person_rows"]

    @property
    def entry_count(self) -> int:
        return sum(row["count"] for row in self.rows["kind_rows"])

    @property
    def is_over(self) -> bool:
        return self.incident.status in OVER


# What one tap does from each status. Every other way (back, skipping one, with a time) stands on the page of the status.
_NEXT: dict[Status, list[tuple[Status, str]]] = {
    Status.INVESTIGATING: [(Status.IDENTIFIED, "Mark identified"), (Status.MITIGATING, "Mark mitigating")],
    Status.IDENTIFIED: [(Status.MITIGATING, "Mark mitigating"), (Status.MONITORING, "Mitigated: monitor")],
    Status.MITIGATING: [(Status.MONITORING, "Mitigated: monitor"), (Status.RESOLVED, "Resolve")],
    Status.MONITORING: [(Status.RESOLVED, "Resolve")],
    Status.RESOLVED: [(Status.CLOSED, "Close"), (Status.MONITORING, "Reopen")],
    Status.CLOSED: [(Status.MONITORING, "Reopen")],
}


def _read(iso: str) -> dt.datetime:
    return dt.datetime.fromisoformat(iso)
