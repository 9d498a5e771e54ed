"""What the panel of an escalation says, and to whom it gives which button."""

import datetime as dt

import pytest
from django.template.loader import render_to_string

from accounts.roles import RESPONDER
from incidents.pages.escalation import describe_escalation
from incidents.services.escalating import acknowledge, call_next_now, snooze, sweep
from tests.factories import NOW, make_incident, make_user
from tests.incidents.ladders import MINUTE, open_ladder

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


def test_it_takes_one_query_however_long_the_ladder(ada, ben, django_assert_num_queries):
    incident = open_ladder(*[[ada, ben]] * 6)
    sweep(NOW + 15 * MINUTE)
    with django_assert_num_queries(1):
        panel = describe_escalation(incident, ben, NOW + 20 * MINUTE)
        render_to_string("incidents/_escalation.html", {"incident": incident, "escalation": panel, "plain": True})


def test_it_counts_down_to_the_next_level(ada, ben):
    incident = open_ladder([ada], [ben])
    panel = describe_escalation(incident, ben, NOW + 5 * MINUTE)
    assert (panel.title, panel.left_clock, panel.left_iso) == ("Next escalation: L2", "00:10:00", "PT0H10M0S")
    assert panel.percent == 33
    assert [rung.state for rung in panel.rungs] == ["now", "next"]


def test_what_is_due_is_never_less_than_nothing(ada, ben):
    panel = describe_escalation(open_ladder([ada], [ben]), ben, NOW + 50 * MINUTE)
    assert (panel.is_due, panel.left, panel.percent) == (True, dt.timedelta(0), 100)


def test_behind_the_last_level_it_waits_for_that(ada, ben):
    incident = open_ladder([ada])
    panel = describe_escalation(incident, ben, NOW + MINUTE)
    assert (panel.title, panel.next_label, panel.may_call_next) == ("Waiting for L1", "", False)


def test_it_says_who_answered(ada, ben):
    incident = open_ladder([ada], [ben])
    acknowledge(incident, user=ada, now=NOW + 2 * MINUTE)
    incident.refresh_from_db()
    panel = describe_escalation(incident, ben, NOW + 3 * MINUTE)
    assert (panel.title, panel.rungs[0].said, panel.rungs[0].at) == ("Answered by Ada", "Answered", NOW + 2 * MINUTE)
    assert not (panel.may_acknowledge or panel.may_hold or panel.may_call_next)
    assert panel.may_escalate


def test_it_says_that_nobody_did(ada, ben):
    incident = open_ladder([ada])
    sweep(NOW + 15 * MINUTE)
    panel = describe_escalation(incident, ben, NOW + 16 * MINUTE)
    assert (panel.title, panel.tone) == ("Nobody answered", "danger")
    assert panel.may_acknowledge and panel.may_escalate


def test_it_counts_the_rounds(ada, ben):
    incident = open_ladder([ada])
    sweep(NOW + 15 * MINUTE)
    sweep(NOW + 45 * MINUTE)
    assert describe_escalation(incident, ben, NOW + 46 * MINUTE).round == 2


def test_it_says_who_called_a_level_before_its_time(ada, ben):
    incident = open_ladder([ada], [ben])
    call_next_now(incident, user=ben, now=NOW + MINUTE)
    assert describe_escalation(incident, ben, NOW + MINUTE).rungs[1].said == "Called by Ben"


def test_it_says_why_it_is_held(ada, ben):
    incident = open_ladder([ada], [ben])
    snooze(incident, NOW + 60 * MINUTE, "The vendor calls back", user=ben, now=NOW + MINUTE)
    panel = describe_escalation(incident, ben, NOW + 2 * MINUTE)
    shown = render_to_string("incidents/_escalation.html", {"incident": incident, "escalation": panel})
    assert "The vendor calls back" in shown


def test_without_an_escalation_it_says_that_nobody_was_called(ben):
    panel = describe_escalation(make_incident(), ben, NOW)
    assert (panel.title, panel.may_acknowledge, panel.may_escalate) == ("Nobody was called", True, True)


def test_a_reader_who_was_called_may_answer_and_hold(ada):
    panel = describe_escalation(open_ladder([ada], [ada]), ada, NOW + MINUTE)
    assert panel.may_acknowledge and panel.may_hold and panel.may_call_next
    assert not panel.may_escalate


def test_a_reader_who_was_not_called_has_no_button(ada):
    incident = open_ladder([ada], [ada])
    panel = describe_escalation(incident, make_user("dee"), NOW + MINUTE)
    assert not (panel.may_acknowledge or panel.may_hold or panel.may_call_next or panel.may_escalate)
    assert "<form" not in render_to_string("incidents/_escalation.html", {"incident": incident, "escalation": panel})
