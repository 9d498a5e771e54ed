"""A handoff that is being written by two people: its page, and what their browsers ask every two seconds."""

from __future__ import annotations

import datetime as dt
import statistics
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership, Team, User
from accounts.roles import RESPONDER
from handoffs.services.opening import ShiftChange, open_handoff
from handoffs.services.writing import write_entry_note
from incidents.models import Severity
from incidents.services.opening import NewIncident, open_incident
from oncall.models import Rotation, Service
from portal.benchmark.figures import Figure, Say
from portal.benchmark.incident import Watch, open_session
from portal.benchmark.instance import Instance
from portal.benchmark.timing import find_percentile

ENTRIES, PAGES = 30, 60


def measure_handoff(instance: Instance, say: Say) -> list[Figure]:
    """The page of a draft and its polls in a running portal, by the two people of it."""
    say(f"a handoff with {ENTRIES} entries, two viewers")
    found = instance.do("handoff")
    path = f"/handoffs/{found['pk']}/"
    polls = Watch(instance.port, path, found["cookies"]).run(seconds=30)
    pages = Watch(instance.port, path, found["cookies"]).run(pages=PAGES).pages
    return [
        Figure(f"queries of a handoff's page, {ENTRIES} entries", found["queries"], "queries", limit=30),
        Figure("handoff's page while it is written, p95", find_percentile(pages, 95), "ms", limit=300),
        Figure("handoff's page while it is written, median", statistics.median(pages), "ms"),
        Figure("unchanged poll of a handoff, p95", find_percentile(polls.unchanged, 95), "ms", limit=5),
        Figure("unchanged poll of a handoff, median", statistics.median(polls.unchanged), "ms", limit=5),
    ]


def sow() -> dict[str, Any]:
    """The handoff, the queries of its page, and a cookie for each of the two."""
    now = timezone.now()
    team = Team.objects.create(name="Pier", slug="pier")
    people = [_make_person(number, team) for number in range(2)]
    rotation = Rotation.objects.create(team=team, name="On call", slug="on-call")
    change = ShiftChange(
        outgoing=people[0],
        incoming=people[1],
        backup=None,
        starts_at=now - dt.timedelta(hours=11),
        ends_at=now + dt.timedelta(hours=1),
        changes_at=now + dt.timedelta(hours=1),
        next_ends_at=now + dt.timedelta(hours=13),
    )
    handoff = open_handoff(rotation, change, user=None, now=now)
    service = Service.objects.create(name="Gangway", slug="gangway", team=team)
    severity = Severity.objects.get(team=None, rank=3)
    for number in range(ENTRIES):
        new = NewIncident(f"Gangway {number} is stuck", severity, (service,), team=team, started_at=now)
        incident = open_incident(new, user=people[0], now=now)
        write_entry_note(
            handoff,
            f"incident:{incident.pk}",
            tried="Oiled **it**.",
            stuck="The hinge is worn.",
            next_step="Call the yard at eight.",
            user=people[0],
            now=now,
        )
    return {"pk": handoff.pk, "queries": _count_queries(handoff.get_absolute_url(), people[0])} | {
        "cookies": [open_session(person) for person in people]
    }


def _make_person(number: int, team: Team) -> User:
    email = f"keeper{number}@benchmark.example"
    user = User.objects.create_user(email, display_name=f"Keeper {number} of the Pier")
    user.groups.add(Group.objects.get(name=RESPONDER))
    Membership.objects.create(user=user, team=team)
    return User.objects.with_access().get(email=email)


def _count_queries(path: str, user: User) -> int:
    """Of the page when it was looked at before."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code}")
    return len(queries)
