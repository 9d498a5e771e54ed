"""Handoffs on their way through the contract, for tests."""

from __future__ import annotations

import datetime as dt

from accounts.roles import RESPONDER
from handoffs.models import Handoff, Tick
from handoffs.services.contract import accept, accept_rest, submit
from oncall.models import ReachTest
from tests.factories import NOW, make_handoff, make_incident, make_rotation, make_service, make_team, make_user

LATER = NOW + dt.timedelta(minutes=20)


def make_two(**fields) -> Handoff:
    """A handoff of ada, in Lisbon, to ben, in Bengaluru, nothing ticked yet."""
    ada = make_user("ada", role=RESPONDER, time_zone="Europe/Lisbon")
    ben = make_user("ben", role=RESPONDER, time_zone="Asia/Kolkata")
    team = make_team("Harbour", ada, ben)
    return reload(make_handoff(ada, ben, rotation=make_rotation(team, ada, ben), **fields))


def add_incident(handoff: Handoff, title: str = "Tickets can't be sold"):
    """An open incident of the handoff's team."""
    service = make_service(f"Desk of {title}", team=handoff.team)
    return make_incident(title, service, team=handoff.team)


def reload(handoff: Handoff) -> Handoff:
    return Handoff.objects.for_list().get(pk=handoff.pk)


def tick_all(handoff: Handoff) -> None:
    Tick.objects.filter(handoff=handoff, done_at=None).update(done_by=handoff.outgoing, done_at=NOW)


def make_submitted(*titles: str, **fields) -> Handoff:
    """Submitted by ada, with an open incident for each title."""
    handoff = make_two(**fields)
    for title in titles:
        add_incident(handoff, title)
    return submit_again(handoff)


def submit_again(handoff: Handoff, now: dt.datetime = NOW) -> Handoff:
    handoff = reload(handoff)
    tick_all(handoff)
    submit(handoff, user=handoff.outgoing, now=now)
    return reload(handoff)


def answer_tests(handoff: Handoff, now: dt.datetime = LATER) -> None:
    """The incoming person answers every test page."""
    ReachTest.objects.filter(person=handoff.incoming, answered_at=None).update(answered_at=now)


def seen(handoff: Handoff) -> dict:
    """What was on the screen: number and digest of the newest snapshot."""
    return {"number": handoff.round, "sha256": handoff.snapshots.get(number=handoff.round).sha256}


def accept_all(handoff: Handoff, now: dt.datetime = LATER, **fields) -> Handoff:
    """Ben answers the test page, takes every entry, and signs."""
    handoff = reload(handoff)
    ben = handoff.incoming
    answer_tests(handoff, now)
    accept_rest(handoff, has_read=True, number=handoff.round, user=ben, now=now)
    accept(handoff, **(seen(handoff) | fields), user=ben, now=now)
    return reload(handoff)
