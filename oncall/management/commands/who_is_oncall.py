"""`who_is_oncall TEAM`: who answers for a team at a moment, until when, and how to reach them."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone

from accounts.models import Team, User
from oncall.models import Rotation, Way
from oncall.rota import to_utc, zone_named
from oncall.schedule import LayerSchedule, RotationSchedule, Shift, load_schedules
from oncall.schedule.ways import load_ways
from oncall.services.moments import say_moment

# Whoever may run commands on this machine may read the database, so nothing is held back.
OPERATOR = User(display_name="Operator", is_active=True, is_superuser=True)
MOST_NAMES = 20


class Command(BaseCommand):
    help = "Who is on call for a team, until when, and how to reach them. Exit status 1 when nobody is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("team", metavar="TEAM", help="The team's name, or the last part of its address.")
        parser.add_argument(
            "--at", metavar="ISO-8601", help="The moment; without an offset, on the team's own clock. Default: now."
        )

    def handle(self, **options: Any) -> None:
        team = find_team(options["team"])
        at = read_moment(options["at"], team) if options["at"] else timezone.now()
        in_use = Q(ended_at__isnull=True) | Q(ended_at__gt=at)
        schedules = load_schedules(Rotation.objects.filter(in_use, team=team).order_by("name"), at, at)
        when = say_moment(at, team.time_zone)
        if not schedules:
            raise CommandError(f"{team} has no rotation, so nobody is on call.")
        shifts = [shift for schedule in schedules for shift in schedule.on_call(at)]
        held = [one for schedule in schedules if (one := schedule.held_at(at)) is not None]
        if not shifts and not held:
            raise CommandError(f"Nobody is on call for {team}: {when}.{say_next(schedules, at, team)}")
        ways = load_ways([*(shift.person for shift in shifts), *(one.person for one in held)], OPERATOR)
        self.stdout.write(f"{team}, {when}")
        for schedule in schedules:
            for line in describe(schedule, at, ways, team):
                self.stdout.write(line)


def find_team(name: str) -> Team:
    """The team of that name or address, upper and lower case alike. Raises CommandError, naming the teams there are."""
    team = Team.objects.filter(Q(slug__iexact=name.strip()) | Q(name__iexact=name.strip())).order_by("pk").first()
    if team is not None:
        return team
    slugs = list(Team.objects.order_by("slug").values_list("slug", flat=True)[: MOST_NAMES + 1])
    known = ", ".join(slugs[:MOST_NAMES]) + (" …" if len(slugs) > MOST_NAMES else "")
    raise CommandError(f"There is no team “{name}”. " + (f"Teams: {known}." if known else "There are no teams yet."))


def read_moment(text: str, team: Team) -> dt.datetime:
    """The instant that an ISO 8601 text says; without an offset, by the team's clock. Raises CommandError."""
    try:
        moment = dt.datetime.fromisoformat(text.strip())
        return to_utc(moment, zone_named(team.time_zone)) if moment.tzinfo is None else moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise CommandError(f"“{text}” is not a time in ISO 8601, such as 2026-11-17T03:14Z.") from None


def describe(schedule: RotationSchedule, at: dt.datetime, ways: dict[int, list[Way]], team: Team) -> Iterator[str]:
    """The rotation, then a line for each of those on call and under it their ways; what nobody answers is said, too."""
    yield f"\n{schedule.rotation}"
    held = schedule.held_at(at)
    if held is not None:
        yield f"  {held.person} {held.remark}"
        yield from (f"    {say_way(way)}" for way in ways[held.person.pk])
    for rank in schedule.ranks:
        shifts = schedule.on_call(at, rank)
        if not shifts:
            yield f"  {' / '.join(one.layer.name for one in schedule.of_rank(rank))}: nobody"
        for shift in shifts:
            yield f"  {shift.layer}: {name_of(shift, ways)}, until {say_moment(shift.ends_at, team.time_zone)}"
            yield from (f"    {say_way(way)}" for way in ways[shift.person.pk])


def name_of(shift: Shift, ways: dict[int, list[Way]]) -> str:
    """The person, with the role that the directory knows."""
    roles = [way.contact.role for way in ways[shift.person.pk] if way.contact is not None and way.contact.role]
    return f"{shift.person} ({roles[0]})" if roles else str(shift.person)


def say_way(way: Way) -> str:
    """`Phone +351 210 000 101 (Mobile)`."""
    return f"{way.get_kind_display()} {way.value}" + (f" ({way.label})" if way.label else "")


def say_next(schedules: list[RotationSchedule], at: dt.datetime, team: Team) -> str:
    """Who is the first to be on call again."""
    layers: list[LayerSchedule] = [layer for schedule in schedules for layer in schedule.layers]
    coming = [shift for layer in layers if (shift := layer.now_and_next(at)[1]) is not None]
    if not coming:
        return ""
    first = min(coming, key=lambda shift: (shift.starts_at, shift.layer.rank))
    return f" Next is {first.person} ({first.layer}), from {say_moment(first.starts_at, team.time_zone)}."
