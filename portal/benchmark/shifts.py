"""How long it takes to compute shifts: a year of a rotation with three layers, loaded from the database each time."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from typing import Any

from django.db import transaction

from accounts.models import Team, User
from oncall.models import Layer, Override, Plan, PlanMember, PlanWindow, Rotation
from oncall.rota import clock
from oncall.schedule import load_schedule
from portal.benchmark.figures import Figure

START = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
END = dt.datetime(2028, 1, 1, tzinfo=dt.UTC)
ROUNDS = 25
LIMIT = 50  # milliseconds
NIGHTLY = ([0, 1, 2, 3, 4, 5, 6], dt.time(18), dt.time(8))


def measure_shifts(rounds: int = ROUNDS) -> dict[str, Any]:
    """Milliseconds, median of the rounds, and how many shifts there were; leaves nothing behind."""
    with transaction.atomic():
        rotation = _sow()
        cold = [_time(rotation, forget=True)[0] for _ in range(rounds)]
        warm = [_time(rotation, forget=False) for _ in range(rounds)]
        transaction.set_rollback(True)
    return {"cold": statistics.median(cold), "warm": statistics.median(ms for ms, _ in warm), "shifts": warm[0][1]}


def make_figures(measured: dict[str, Any]) -> list[Figure]:
    """The figures beside their limit."""
    name = f"a year of shifts, three layers ({measured['shifts']:,} shifts), with loading"
    return [
        Figure(name, measured["cold"], "ms", limit=LIMIT),
        Figure("the same, its hand-overs computed before in the process", measured["warm"], "ms"),
    ]


def _time(rotation: Rotation, *, forget: bool) -> tuple[float, int]:
    if forget:
        clock.to_utc.cache_clear()
    started = time.perf_counter()
    shifts = load_schedule(rotation, START, END).shifts(START, END)
    return (time.perf_counter() - started) * 1000, len(shifts)


def _sow() -> Rotation:
    """Six people: a week each, a day each, and nights; in a zone that changes its clocks, with thirty overrides."""
    team = Team.objects.create(name="Benchmark of shifts", slug="benchmark-of-shifts", time_zone="Europe/Lisbon")
    people = [
        User.objects.create(email=f"shift-{number}@example.com", display_name=f"Person {number}") for number in range(6)
    ]
    rotation = Rotation.objects.create(team=team, name="On call", slug="on-call")
    primary = _add(rotation, "Primary", 1, people, turn_unit=Plan.Unit.WEEKS)
    _add(rotation, "Backup", 2, people[::-1], turn_unit=Plan.Unit.DAYS)
    nights = _add(rotation, "Nights", 3, people, turn_unit=Plan.Unit.WEEKS)
    weekdays, starts, ends = NIGHTLY
    PlanWindow.objects.create(plan=nights.plans.get(), weekdays=weekdays, starts_at=starts, ends_at=ends)
    Override.objects.bulk_create(
        Override(layer=primary, person=people[number % 6], during=(at, at + dt.timedelta(hours=9)), created_at=START)
        for number in range(30)
        for at in [START + dt.timedelta(days=12 * number, hours=3)]
    )
    return rotation


def _add(rotation: Rotation, name: str, rank: int, people: list[User], **fields: Any) -> Layer:
    layer = Layer.objects.create(rotation=rotation, name=name, rank=rank)
    plan = Plan.objects.create(
        layer=layer,
        effective_from=START - dt.timedelta(days=400),
        anchor_on=dt.date(2025, 11, 24),
        time_zone=rotation.team.time_zone,
        created_at=START,
        **fields,
    )
    PlanMember.objects.bulk_create(
        PlanMember(plan=plan, person=person, position=position) for position, person in enumerate(people)
    )
    return layer
