"""Putting a review off."""

import datetime as dt

import pytest

from accounts.roles import APPROVER, READER, RESPONDER
from runbooks.errors import NotAllowed, Refused, WrongStatus
from runbooks.models import Snooze
from runbooks.services import retire_runbook
from runbooks.services.reviews import end_snooze, snooze_runbook
from tests.factories import NOW, make_published, make_user
from tests.runbooks.reviews.rows import PLAIN

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def ada():
    return make_user("ada", role=RESPONDER)


@pytest.fixture
def runbook():
    return make_published(text=PLAIN)


def snooze(runbook, user, days=10, reason="The migration first", now=NOW):
    return snooze_runbook(runbook, until=TODAY + dt.timedelta(days=days), reason=reason, user=user, now=now)


def test_a_new_one_takes_the_place_of_the_former(runbook, ada):
    first = snooze(runbook, ada)
    second = snooze(runbook, ada, 20, now=NOW + dt.timedelta(hours=1))
    first.refresh_from_db()
    assert first.ended_at == NOW + dt.timedelta(hours=1)
    assert runbook.snoozes.get(ended_at__isnull=True) == second


def test_one_that_is_over_gives_way_too(runbook, ada):
    Snooze.objects.create(
        runbook=runbook, until=dt.date(2026, 1, 1), reason="x", snoozed_by=ada, snoozed_at=NOW - dt.timedelta(days=400)
    )
    snooze(runbook, ada)
    assert runbook.snoozes.filter(ended_at__isnull=True).count() == 1


def test_pressed_twice_it_is_one(runbook, ada):
    assert snooze(runbook, ada) == snooze(runbook, ada)


@pytest.mark.parametrize("days", [-1, 0, 91])
def test_it_is_for_a_day_to_ninety(runbook, ada, days):
    with pytest.raises(Refused, match="next 90 days"):
        snooze(runbook, ada, days)


def test_tomorrow_is_a_matter_of_the_clock_on_the_wall(runbook):
    kiritimati = make_user("ben", role=RESPONDER, time_zone="Pacific/Kiritimati")
    at = dt.datetime(2026, 11, 17, 20, tzinfo=dt.UTC)  # the 18th there
    with pytest.raises(Refused):
        snooze(runbook, kiritimati, 1, now=at)


@pytest.mark.parametrize("reason", [" \0\n", "x" * 301, "token=" + "ghp_" + "0123456789abcdefghijklmnopqrstuvwxyz"])
def test_a_reason_is_needed(runbook, ada, reason):
    with pytest.raises(Refused):
        snooze(runbook, ada, reason=reason)
    assert not Snooze.objects.exists()


def test_it_ends_by_hand_once(runbook, ada):
    snooze(runbook, ada)
    end_snooze(runbook, user=ada, now=NOW)
    with pytest.raises(WrongStatus, match="not put off"):
        end_snooze(runbook, user=ada, now=NOW)


def test_a_reader_may_not(runbook):
    with pytest.raises(NotAllowed):
        snooze(runbook, make_user("cy", role=READER))


def test_nobody_is_reminded_of_a_retired_one_anyway(runbook, ada):
    retire_runbook(runbook, user=make_user("boss", role=APPROVER), now=NOW)
    with pytest.raises(WrongStatus, match="retired"):
        snooze(runbook, ada)
