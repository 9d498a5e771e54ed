"""Reviews of twenty thousand runbooks: the morning on which everybody is reminded, and the two big pages."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import resource
import statistics
import time
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, Team, User
from accounts.roles import RESPONDER
from oncall.models import Delivery, Service
from portal.benchmark import content, sowing
from portal.benchmark.figures import Figure, Say
from portal.benchmark.instance import Instance
from portal.benchmark.timing import find_percentile
from runbooks.models import Evidence, Reminder, Runbook, RunbookVersion, Status
from runbooks.reading.coverage import BITS, COLUMNS
from runbooks.reading.document import SCHEMA
from runbooks.services.reminders import Sent, send_due

RUNBOOKS, PEOPLE, TEAMS, SERVICES = 20_000, 500, 60, 800
ZONES = ("Europe/Lisbon", "America/New_York", "Asia/Kolkata", "Africa/Nairobi", "Asia/Singapore")
ALL_AWAKE = dt.time(15)  # UTC: in each of these zones it is between nine and midnight
PAGES = ("/reviews/", "/coverage/")
ROUNDS = 20
NO_TEXT = hashlib.sha256(b"").hexdigest()
DAY = dt.timedelta(days=1)
MEGABYTE = 1024  # of ru_maxrss, which Linux counts in kilobytes


def measure_reviews(instance: Instance, say: Say) -> list[Figure]:
    """The daily run of reminders, run again, a day later, and what `/reviews/` and `/coverage/` cost then."""
    say(f"{RUNBOOKS:,} runbooks of {PEOPLE} people in {len(ZONES)} zones")
    instance.do("sow_reviews")
    found = instance.do("remind")
    figures = [
        Figure(f"reminders of a morning, {RUNBOOKS:,} runbooks", found["seconds"], "s", limit=30),
        Figure("growth of memory meanwhile", found["growth"], "MB", limit=50),
        Figure("messages of that morning", found["people"], "messages"),
        Figure("lines of that morning", found["reminders"], "lines"),
        Figure("reminders sent by a second run", found["again"], "lines", limit=0),
        Figure("second run", found["again_seconds"], "s"),
        Figure("reminders of the next morning", found["next_seconds"], "s", limit=30),
    ]
    for path in PAGES:
        say(path)
        page = instance.do("time_review_page", path=path)
        figures += [
            Figure(f"queries of {path}", page["queries"], "queries", limit=12),
            Figure(f"{path}, p95", page["p95"], "ms", limit=300),
            Figure(f"{path}, median", page["median"], "ms"),
        ]
    return figures


def sow_reviews() -> dict[str, Any]:
    """Everything in rows: no text is read, as mornings and lists look at dates and people alone."""
    dice, now = random.Random(20_000), timezone.now()
    sowing.clear()
    User.objects.create_superuser("ada@benchmark.example", display_name="Ada")
    people = _make_people()
    teams = _make_teams(people, dice)
    services = Service.objects.bulk_create(
        Service(name=f"Service {number}", slug=f"service-{number}", team=dice.choice(teams))
        for number in range(SERVICES)
    )
    for start in range(0, RUNBOOKS, 2000):
        _make_runbooks(range(start, start + 2000), services, people, teams, now, dice)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {"runbooks": Runbook.objects.count()}


def remind() -> dict[str, Any]:
    """The morning of everybody at once, as after a day without workers; once more; and the one after it."""
    now = dt.datetime.combine(timezone.now().date(), ALL_AWAKE, dt.UTC)
    send_due(now - 7000 * DAY)  # nothing is due so long ago: only what is loaded once is loaded
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds, sent = _time(now)
    growth = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    again_seconds, again = _time(now)
    next_seconds, _ = _time(now + DAY)
    if Reminder.objects.filter(told_at=now).values("notification").distinct().count() != sent.people:
        raise RuntimeError("somebody got more than one message")
    return {
        "seconds": seconds,
        "growth": growth / MEGABYTE,
        "people": sent.people,
        "reminders": sent.reminders,
        "again": again.reminders,
        "again_seconds": again_seconds,
        "next_seconds": next_seconds,
        "deliveries": Delivery.objects.count(),
    }


def time_review_page(path: str) -> dict[str, Any]:
    """Queries of a page, and milliseconds from request to ready answer, without the network, after one to warm up."""
    (queries,) = content.count_queries([path])
    client = Client(SERVER_NAME="localhost")
    client.force_login(content.find_administrator())
    times = list(_time_pages(client, path))
    return {"queries": queries, "median": statistics.median(times), "p95": find_percentile(times, 95)}


def _time(now: dt.datetime) -> tuple[float, Sent]:
    started = time.perf_counter()
    sent = send_due(now)
    return time.perf_counter() - started, sent


def _time_pages(client: Client, path: str) -> Iterator[float]:
    for _ in range(ROUNDS):
        started = time.perf_counter()
        response = client.get(path)
        yield (time.perf_counter() - started) * 1000
        if response.status_code != 200:
            raise RuntimeError(f"{path} answered {response.status_code}")


def _make_people() -> list[User]:
    people = User.objects.bulk_create(
        User(email=f"p{n}@benchmark.example", display_name=f"Person {n}", time_zone=ZONES[n % len(ZONES)], password="!")
        for n in range(PEOPLE)
    )
    Group.objects.get(name=RESPONDER).user_set.add(*people)
    return people


def _make_teams(people: list[User], dice: random.Random) -> list[Team]:
    """Teams of eight; the first of each leads."""
    teams = Team.objects.bulk_create(Team(name=f"Team {number}", slug=f"team-{number}") for number in range(TEAMS))
    Membership.objects.bulk_create(
        Membership(team=team, user=person, is_lead=not place)
        for team in teams
        for place, person in enumerate(dice.sample(people, 8))
    )
    return teams


def _make_runbooks(
    numbers: range,
    services: list[Service],
    people: list[User],
    teams: list[Team],
    now: dt.datetime,
    dice: random.Random,
) -> None:
    """Due between two months ago and four months ahead; a few without owner or team; evidence for one in forty."""
    today = now.date()
    runbooks = Runbook.objects.bulk_create(
        Runbook(
            service=services[number % SERVICES],
            title=f"Runbook {number}",
            slug=f"runbook-{number}",
            owner=dice.choice(people) if number % 10 else None,
            team=dice.choice(teams) if number % 3 else None,
            next_review_on=today + dice.randrange(-60, 120) * DAY,
            last_reviewed_on=today - 90 * DAY,
            freshness=dice.randrange(101),
        )
        for number in numbers
    )
    versions = RunbookVersion.objects.bulk_create(_make_version(runbook, now, dice) for runbook in runbooks)
    for runbook, version in zip(runbooks, versions, strict=True):
        runbook.shown_version = version
    Runbook.objects.bulk_update(runbooks, ["shown_version"])
    Evidence.objects.bulk_create(
        Evidence(
            runbook=runbook,
            kind=Evidence.Kind.FLAG,
            key=f"benchmark:{runbook.pk}",
            text="Somebody says that a step is wrong.",
            asks=True,
            noticed_at=now,
        )
        for runbook in runbooks[::40]
    )


def _make_version(runbook: Runbook, now: dt.datetime, dice: random.Random) -> RunbookVersion:
    """An active version that holds about half of what coverage asks for."""
    codes = [column.code for column in COLUMNS if dice.random() < 0.5]
    return RunbookVersion(
        runbook=runbook,
        major=1,
        minor=0,
        sha256=NO_TEXT,
        schema=SCHEMA,
        parts=dict.fromkeys(codes, "part"),
        part_bits=sum(BITS[code] for code in codes),
        status=Status.ACTIVE,
        status_changed_at=now,
        activated_at=now,
    )
