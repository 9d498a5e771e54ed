"""The board of many teams at one moment: how many queries its page takes, and how long, without the network.

Nothing of it is cached, so every look is as cold as the first one of a process that is warm.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership, Team, User
from oncall.models import Absence, Contact, Layer, Override, Plan, PlanMember, PlannedGap, PlanWindow, Rotation, Way
from portal.benchmark import content, timing
from portal.benchmark.figures import Figure

TEAMS, PEOPLE, ROUNDS = 500, 3, 40
ZONES = ("Europe/London", "Europe/Oslo", "America/Halifax", "America/Denver", "Asia/Kolkata", "Pacific/Auckland", "UTC")
TURNS = (("weeks", 1), ("weeks", 1), ("days", 1), ("days", 3), ("hours", 12), ("weeks", 2))
BOARD = "/oncall/"


def measure_board() -> dict[str, Any]:
    """Sow the teams, and look at the board as a reader of one of them; milliseconds of every look, and its queries."""
    reader = content.make_reader()
    sow_teams(TEAMS, timezone.now(), reader)
    client = Client(SERVER_NAME="localhost")
    client.force_login(reader)
    client.get(BOARD)
    with CaptureQueriesContext(connection) as queries:
        client.get(BOARD)
    asked = len(queries)  # now: the next request empties the log
    times = timing.time_pages(reader, BOARD, [""], ROUNDS)[""]
    return {"queries": asked, "median": statistics.median(times), "p95": timing.find_percentile(times, 95)}


def make_figures(found: dict[str, Any]) -> list[Figure]:
    """The figures beside their limits."""
    return [
        Figure(f"queries of the board of {TEAMS} teams", found["queries"], "queries", limit=10),
        Figure(f"who is on call for {TEAMS} teams, one page, median", found["median"], "ms", limit=100),
        Figure(f"who is on call for {TEAMS} teams, one page, p95", found["p95"], "ms"),
    ]


@transaction.atomic
def sow_teams(number: int, now: dt.datetime, reader: User) -> None:
    """So many teams, each with a rotation of two layers and three people who can be called.

    Zones, turns and hand-overs differ; one layer in ten has office hours; some shifts are covered, some people away.
    """
    teams = Team.objects.bulk_create(
        Team(name=f"Pier {n:03}", slug=f"pier-{n:03}", time_zone=ZONES[n % len(ZONES)]) for n in range(number)
    )
    people = _sow_people(number)
    Membership.objects.create(team=teams[0], user=reader)
    rotations = Rotation.objects.bulk_create(Rotation(team=team, name="On call", slug="on-call") for team in teams)
    layers = Layer.objects.bulk_create(
        Layer(rotation=rotation, name=name, rank=rank)
        for rotation in rotations
        for rank, name in enumerate(("Primary", "Backup"), start=1)
    )
    _sow_plans(layers, people, now)
    _sow_differences(layers, rotations, people, now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _sow_people(teams: int) -> list[User]:
    people = User.objects.bulk_create(
        User(email=f"sailor{n}@benchmark.example", display_name=f"Sailor {n} of the Pier", password="!")
        for n in range(teams * PEOPLE)
    )
    contacts = Contact.objects.bulk_create(Contact(name=str(person), user=person) for person in people)
    Way.objects.bulk_create(
        Way(contact=contact, kind=Way.Kind.PHONE, value=f"+44 20 7946 {n % 1000:04}", is_personal=n % 4 == 0)
        for n, contact in enumerate(contacts)
    )
    Way.objects.bulk_create(
        Way(contact=contact, kind=Way.Kind.EMAIL, value=person.email)
        for contact, person in zip(contacts, people, strict=True)
    )
    return people


def _sow_plans(layers: Sequence[Layer], people: Sequence[User], now: dt.datetime) -> None:
    start = now - dt.timedelta(days=200)
    plans = []
    for number, layer in enumerate(layers):
        unit, length = TURNS[number // 2 % len(TURNS)]
        plan = Plan(
            layer=layer,
            effective_from=start,
            turn_unit=unit,
            turn_length=length,
            anchor_on=start.date() - dt.timedelta(days=number % 7),
            handover_at=dt.time(8 + number % 5, number % 4 * 15),
            time_zone=layer.rotation.team.time_zone,
            created_at=start,
        )
        plans.append(plan)
    Plan.objects.bulk_create(plans)
    PlanMember.objects.bulk_create(
        PlanMember(plan=plan, person=people[number // 2 * PEOPLE + (place + number % 2) % PEOPLE], position=place)
        for number, plan in enumerate(plans)
        for place in range(PEOPLE)
    )
    PlanWindow.objects.bulk_create(
        PlanWindow(plan=plan, weekdays=list(range(5)), starts_at=dt.time(9), ends_at=dt.time(17))
        for plan in plans[::10]
    )


def _sow_differences(
    layers: Sequence[Layer], rotations: Sequence[Rotation], people: Sequence[User], now: dt.datetime
) -> None:
    hour = dt.timedelta(hours=1)
    Override.objects.bulk_create(
        Override(layer=layer, person=people[n], during=(now - hour, now + (n % 9 + 1) * hour), created_at=now)
        for n, layer in enumerate(layers[::12])
    )
    Absence.objects.bulk_create(
        Absence(person=person, during=(now - hour, now + 30 * hour), created_at=now) for person in people[::40]
    )
    PlannedGap.objects.bulk_create(
        PlannedGap(rotation=rotation, during=(now - hour, now + hour), reason="Nothing sails today", marked_at=now)
        for rotation in rotations[::50]
    )
