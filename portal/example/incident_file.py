"""What `incidents.yaml` says, typed. The file itself explains its fields."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass, field
from typing import Any

import yaml

from portal.example.company import FOLDER


@dataclass(frozen=True)
class Event:
    """Something in the story of an incident, `after` so many minutes."""

    after: int
    who: str
    status: str = ""
    note: str = ""
    pinned: bool = False
    update: str = ""
    text: str = ""
    run: str = ""
    section: str = ""
    done: int = 0
    skip: dict[int, str] = field(default_factory=dict)
    flag: dict[int, str] = field(default_factory=dict)
    closed: bool = False


@dataclass(frozen=True)
class ActionEntry:
    text: str
    owner: str
    due: int
    status: str = "open"
    ticket: str = ""


@dataclass(frozen=True)
class PostMortemEntry:
    status: str
    owner: str
    texts: dict[str, str]
    actions: list[ActionEntry]
    lessons: list[dict[str, str]]


@dataclass(frozen=True)
class When:
    """A moment before now: minutes ago, or so many days ago at a time on the wall of a zone."""

    minutes: int | None = None
    days: int = 0
    at: dt.time | None = None

    def moment(self, now: dt.datetime, zone: str) -> dt.datetime:
        """The moment, aware; never after `now`."""
        if self.minutes is not None:
            return now - dt.timedelta(minutes=self.minutes)
        if self.at is None:
            return now - dt.timedelta(days=self.days)
        there = zoneinfo.ZoneInfo(zone)
        day = now.astimezone(there).date() - dt.timedelta(days=self.days)
        return min(dt.datetime.combine(day, self.at, there), now)


@dataclass(frozen=True)
class IncidentEntry:
    title: str
    severity: str
    services: list[str]
    when: When
    by: str
    story: list[Event]
    began: int = 0
    summary: str = ""
    affected: str = ""
    customers: str = ""
    business: str = ""
    resolution: str = ""
    next_step: str = ""
    roles: dict[str, str] = field(default_factory=dict)
    postmortem: PostMortemEntry | None = None


@dataclass(frozen=True)
class ChangeEntry:
    what: str
    kind: str
    service: str
    when: When
    by: str
    ticket: str = ""


@dataclass(frozen=True)
class MaintenanceEntry:
    title: str
    services: list[str]
    in_days: int
    starts_at: dt.time
    ends_at: dt.time
    impact: str
    description: str
    by: str


@dataclass(frozen=True)
class IncidentEntries:
    incidents: list[IncidentEntry]
    changes: list[ChangeEntry]
    maintenance: list[MaintenanceEntry]


def read_incidents() -> IncidentEntries:
    """All of it, as the file has it."""
    data: dict[str, Any] = yaml.safe_load((FOLDER / "incidents.yaml").read_text(encoding="utf-8"))
    return IncidentEntries(
        incidents=[_incident(entry) for entry in data["incidents"]],
        changes=[ChangeEntry(**_timed(entry)) for entry in data["changes"]],
        maintenance=[_maintenance(entry) for entry in data["maintenance"]],
    )


def _incident(entry: dict[str, Any]) -> IncidentEntry:
    known: dict[str, Any] = {"story": [Event(**event) for event in entry["story"]]}
    if "postmortem" in entry:
        known["postmortem"] = _postmortem(dict(entry["postmortem"]))
    return IncidentEntry(**_timed(entry) | known)


def _postmortem(entry: dict[str, Any]) -> PostMortemEntry:
    actions = [ActionEntry(**action) for action in entry.pop("actions", [])]
    lessons = entry.pop("lessons", [])
    return PostMortemEntry(entry.pop("status"), entry.pop("owner"), entry, actions, lessons)


def _timed(entry: dict[str, Any]) -> dict[str, Any]:
    """`minutes`, `days` and `at` as one `when`."""
    rest = {name: value for name, value in entry.items() if name not in ("minutes", "days", "at")}
    at = dt.time.fromisoformat(entry["at"]) if "at" in entry else None
    return rest | {"when": When(entry.get("minutes"), entry.get("days", 0), at)}


def _maintenance(entry: dict[str, Any]) -> MaintenanceEntry:
    rest = {name: value for name, value in entry.items() if name not in ("from", "to")}
    starts_at, ends_at = (dt.time.fromisoformat(entry[name]) for name in ("from", "to"))
    return MaintenanceEntry(**rest, starts_at=starts_at, ends_at=ends_at)
