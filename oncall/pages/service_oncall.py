"""Who answers for a service now, and who is next: by its escalation path, else by its team's rotations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.urls import reverse

from accounts.models import Team, User
from oncall.calling import Call, CalledLevel, Hole, Reach, who_would_be_called
from oncall.models import EscalationPath, Rotation, Service, Way
from oncall.pages.rotation import find_seats
from oncall.pages.shifts import Away, load_away
from oncall.rota import zone_named
from oncall.schedule import RotationSchedule, load_schedules

LEVELS = 2  # who answers, and who is next
INSTANT = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class OncallPerson:
    """Whoever is called: a person, a shared line or a channel. `ways` are what the reader may see, phone first.

    `remark` says of somebody that they have not been relieved, `remark_url` where that is done.
    """

    name: str
    url: str = ""
    through: str = ""  # the layer whose turn it is
    until: dt.datetime | None = None
    ways: tuple[Reach, ...] = ()
    problem: str = ""
    remark: str = ""
    remark_url: str = ""

    @property
    def initials(self) -> str:
        words = self.name.replace("@", " ").replace("#", " ").split() or ["?"]
        return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@dataclass(frozen=True, slots=True)
class OncallLevel:
    """A rung: whom it calls, and where nobody is on call. `after` is in minutes from the alert; None without a path."""

    label: str
    people: tuple[OncallPerson, ...] = ()
    holes: tuple[str, ...] = ()
    after: int | None = None


@dataclass(frozen=True, slots=True)
class ServiceOncall:
    """What a page about a service says. `zone` is the team's, for moments that its clock shows differently."""

    levels: tuple[OncallLevel, ...]
    more: int = 0  # levels that are not shown
    path: str = ""
    path_url: str = ""
    team: str = ""
    team_url: str = ""
    zone: str = ""

    @property
    def first(self) -> OncallLevel:
        return self.levels[0]

    @property
    def ends(self) -> Iterable[dt.datetime]:
        """When the shifts end that are spoken of."""
        return (person.until for level in self.levels for person in level.people if person.until is not None)


def describe_service_oncall(service: Service, at: dt.datetime, reader: User) -> ServiceOncall | None:
    """Who is called for the service at that instant, as `reader` may see it.

    None where there is nothing to say: no path, and no team or none with a rotation.
    """
    return describe_oncall(service.escalation_path, service.team, at, reader)


def describe_oncall(
    path: EscalationPath | None, team: Team | None, at: dt.datetime, reader: User
) -> ServiceOncall | None:
    """The same for a path and a team, of which either may be missing."""
    if path is not None:
        levels, more = _from_path(path, at, reader)
    elif team is not None:
        levels, more = _from_rotations(team, at, reader), 0
    else:
        return None
    if not levels:
        return None
    return ServiceOncall(
        levels,
        more,
        path.name if path else "",
        path.get_absolute_url() if path else "",
        team.name if team else "",
        reverse("oncall:team", args=[team.slug]) if team else "",
        team.time_zone if team else "",
    )


def _from_path(path: EscalationPath, at: dt.datetime, reader: User) -> tuple[tuple[OncallLevel, ...], int]:
    called = who_would_be_called(path, at, reader)
    levels = tuple(_level(level, reader) for level in called.levels[:LEVELS])
    return levels, len(called.levels) - len(levels)


def _level(level: CalledLevel, reader: User) -> OncallLevel:
    people = tuple(_called(call, reader) for call in level.calls)
    return OncallLevel(level.label, people, tuple(map(_say_hole, level.holes)), level.minute)


def _called(call: Call, reader: User) -> OncallPerson:
    callee = call.callee
    problem = "has left" if callee.has_left else ""
    if not problem and callee.away_until is not None:
        problem = _say_away(callee.away_until, reader)
    through = call.through or callee.note
    return OncallPerson(
        callee.name, callee.url, through, call.until, callee.ways, problem, call.remark, call.remark_url
    )


def _say_hole(hole: Hole) -> str:
    return f"Nobody is on call in {hole.layer}" + (f", and that is meant: {hole.reason}" if hole.reason else ".")


def _say_away(until: dt.datetime, reader: User) -> str:
    local = until.astimezone(zone_named(reader.time_zone))
    return f"is away until {local:%a} {local.day} {local:%b}, {local:%H:%M}"


def _from_rotations(team: Team, at: dt.datetime, reader: User) -> tuple[OncallLevel, ...]:
    """The first two ranks of the team's rotations; those of the same rank answer side by side."""
    schedules = load_schedules(Rotation.objects.in_use().filter(team=team).order_by("name"), at, at + INSTANT)
    people = _describe_people(schedules, at, reader)
    levels = []
    for rank in sorted({rank for schedule in schedules for rank in schedule.ranks})[:LEVELS]:
        layers = [layer.layer for schedule in schedules for layer in schedule.of_rank(rank)]
        before = [people[layer.pk, True] for layer in layers if (layer.pk, True) in people]
        on_call = [people[layer.pk, False] for layer in layers if (layer.pk, False) in people]
        label = " / ".join(dict.fromkeys(layer.name for layer in layers))
        holes = () if on_call else (f"Nobody is on call in {label}.",)
        levels.append(OncallLevel(label, (*before, *on_call), holes))
    return tuple(levels)


def _describe_people(
    schedules: list[RotationSchedule], at: dt.datetime, reader: User
) -> dict[tuple[int, bool], OncallPerson]:
    """Whoever is on call, by their layer's id and whether they should have been relieved of it."""
    seats = [seat for row in find_seats(schedules, reader, at).values() for seat in row]
    people = {seat.now.person.pk for seat in seats if seat.now} | {
        seat.before.held.person.pk for seat in seats if seat.before
    }
    away = load_away(people, at, at + INSTANT)
    described = {}
    for seat in seats:
        if seat.now is not None:
            one = _describe_person(seat.now.person, seat.ways, away, reader)
            described[seat.layer.pk, False] = replace(one, through=seat.layer.name, until=seat.now.ends_at)
        if seat.before is not None:
            held = seat.before.held
            one = _describe_person(held.person, seat.before.ways, away, reader)
            described[seat.layer.pk, True] = replace(one, remark=held.remark, remark_url=held.url)
    return described


def _describe_person(person: User, ways: list[Way], away: dict[int, list[Away]], reader: User) -> OncallPerson:
    problem = "" if person.is_active else "has left"
    if not problem and person.pk in away:
        problem = _say_away(away[person.pk][0].span.end, reader)
    contact = ways[0].contact if ways else None
    return OncallPerson(
        str(person),
        contact.get_absolute_url() if contact else "",
        ways=tuple(Reach(way.kind, way.value, way.label, way.href) for way in ways),
        problem=problem,
    )
