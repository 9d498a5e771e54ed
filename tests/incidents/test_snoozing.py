"""Holding an escalation: nobody is called before its end, and then it goes on where it was."""

import datetime as dt

import pytest

from accounts.roles import RESPONDER
from incidents.errors import BadTime, NotAllowed, Refused, WrongState
from incidents.services.escalating import acknowledge, severity_changed, snooze, sweep
from tests.factories import NOW, get_severity, make_incident, make_user
from tests.incidents.ladders import MINUTE, open_ladder, pages, running, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


def test_nobody_is_called_until_it_ends(ada, ben):
    incident = open_ladder([ada], [ben])
    snooze(incident, NOW + 60 * MINUTE, "The vendor calls back", user=ben, now=NOW + MINUTE)
    assert sweep(NOW + 59 * MINUTE) == 0
    assert sweep(NOW + 60 * MINUTE) == 1
    assert pages() == ["Ada", "Ben"]
    assert running(incident).snooze_reason == ""


def test_it_is_in_the_timeline_with_its_reason(ada, ben):
    incident = open_ladder([ada])
    snooze(incident, NOW + 16 * MINUTE, "The vendor\ncalls back", user=ben, now=NOW + MINUTE)
    assert said(incident)[-1] == "held the escalation for 15 minutes: The vendor calls back"


def test_it_brings_nothing_nearer(ada, ben):
    incident = open_ladder([ada], [ben])
    snooze(incident, NOW + 5 * MINUTE, "Looking", user=ben, now=NOW + MINUTE)
    assert running(incident).next_at == NOW + 15 * MINUTE


def test_a_worse_severity_does_not_break_it(ada, ben):
    incident = open_ladder([ada], [ben])
    snooze(incident, NOW + 60 * MINUTE, "Looking", user=ben, now=NOW + MINUTE)
    incident.severity = get_severity("SEV-1")
    incident.save()
    severity_changed(incident, now=NOW + 2 * MINUTE)
    assert running(incident).next_at == NOW + 60 * MINUTE


@pytest.mark.parametrize("minutes", [-1, 0, 24 * 60 + 1])
def test_its_end_is_within_a_day(ada, ben, minutes):
    incident = open_ladder([ada])
    with pytest.raises(BadTime):
        snooze(incident, NOW + minutes * MINUTE, "Looking", user=ben, now=NOW)


def test_a_reason_is_needed(ada, ben):
    with pytest.raises(Refused, match="why"):
        snooze(open_ladder([ada]), NOW + 15 * MINUTE, " \0 ", user=ben, now=NOW)


def test_what_nobody_calls_can_t_be_held(ben):
    with pytest.raises(WrongState, match="no escalation path was begun"):
        snooze(make_incident(), NOW + 15 * MINUTE, "Looking", user=ben, now=NOW)


def test_what_was_answered_can_t_be_held(ada, ben):
    incident = open_ladder([ada])
    acknowledge(incident, user=ben, now=NOW + MINUTE)
    with pytest.raises(WrongState, match="Ben acknowledged"):
        snooze(incident, NOW + 15 * MINUTE, "Looking", user=ada, now=NOW + 2 * MINUTE)


def test_somebody_who_was_not_called_may_not(ada):
    with pytest.raises(NotAllowed):
        snooze(open_ladder([ada]), NOW + dt.timedelta(hours=1), "Looking", user=make_user("dee"), now=NOW)
