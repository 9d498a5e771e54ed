"""What a section of a handoff is made from, and what it gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from accounts.models import Team, User
from handoffs.models import Handoff
from oncall.models import Rotation, Service

COMING = dt.timedelta(days=7)  # looked ahead where the incoming shift has no end
Loaded = TypeVar("Loaded")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose shift it is about, and which stretch of time. Moments are aware, in UTC."""

    team: Team
    rotation: Rotation
    services: tuple[Service, ...]  # the team's
    since: dt.datetime  # what happened after this is reported
    now: dt.datetime
    shift_starts_at: dt.datetime
    changes_at: dt.datetime
    next_ends_at: dt.datetime
    outgoing: User
    incoming: User
    loaded: dict[Callable[[Scope], Any], Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def service_ids(self) -> list[int]:
        return [service.pk for service in self.services]

    def once(self, load: Callable[[Scope], Loaded]) -> Loaded:
        """What `load` gives for this scope, asked of the database once however many sections look at it."""
        if load not in self.loaded:
            self.loaded[load] = load(self)
        found: Loaded = self.loaded[load]
        return found


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a section. It says the same to everybody: times stand in `times`, and are printed on the reader's clock."""

    key: str  # what it is, as `incident:12`; the same for as long as the thing is there
    title: str
    url: str = ""  # from the portal's root
    tag: str = ""  # a short word before the title, as `SEV-2`
    tone: str = ""  # of the tag: "sev1" … "sev4", "red", "amber", "green", "info" or ""
    facts: tuple[str, ...] = ()  # short, without times
    times: tuple[tuple[str, str], ...] = ()  # what happens or happened when: a word, and ISO 8601 in UTC
    lines: tuple[str, ...] = ()  # a few lines of preformatted text, as of a difference
    secret: bool = False  # it touches a Confidential service: shown to the team and to those who may see such

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Entry:
        """What `asdict` and JSON made of it, back again. Raises TypeError for a field that is not known."""
        fields = dict(data)
        fields["facts"] = tuple(fields.get("facts", ()))
        fields["lines"] = tuple(fields.get("lines", ()))
        fields["times"] = tuple((word, at) for word, at in fields.get("times", ()))
        return cls(**fields)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of every handoff. `find` asks a fixed number of queries, however many entries there are."""

    key: str
    title: str
    find: Callable[[Scope], list[Entry]]
    source: str = ""  # where it comes from, in a word or two: “from incidents”
    needs_acceptance: bool = True  # whether the incoming person takes each of its entries by name


@dataclass(frozen=True, slots=True)
class Filled:
    """A section with what was found, or with what a snapshot says was found."""

    key: str
    title: str
    source: str
    needs_acceptance: bool
    entries: tuple[Entry, ...]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Filled:
        return cls(**{**data, "entries": tuple(Entry.from_dict(entry) for entry in data["entries"])})


def make_scope(handoff: Handoff, now: dt.datetime) -> Scope:
    """The scope of a handoff whose team, rotation and people are loaded; one query, for the services."""
    return Scope(
        team=handoff.team,
        rotation=handoff.rotation,
        services=tuple(Service.objects.filter(team=handoff.team_id).order_by("tier", "name")),
        since=handoff.since,
        now=now,
        shift_starts_at=handoff.shift_starts_at,
        changes_at=handoff.changes_at,
        next_ends_at=handoff.next_ends_at or handoff.changes_at + COMING,
        outgoing=handoff.outgoing,
        incoming=handoff.incoming,
    )


def fill(section: Section, scope: Scope) -> Filled:
    return Filled(section.key, section.title, section.source, section.needs_acceptance, tuple(section.find(scope)))
