"""Whoever answers ends the calling."""

import datetime as dt

import pytest

from accounts.roles import RESPONDER
from incidents.errors import NotAllowed, WrongState
from incidents.models import Role, RoleHolder
from incidents.services.changing import change_status
from incidents.services.escalating import acknowledge, sweep
from oncall.models import Delivery
from tests.factories import NOW, make_incident, make_user
from tests.incidents.ladders import MINUTE, open_ladder, pages, running, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


def test_it_ends_the_escalation_and_says_how_long_it_took(ada, ben):
    incident = open_ladder([ada], [ben])
    found = acknowledge(incident, user=ben, now=NOW + 2 * MINUTE)
    assert found.acknowledged_at == NOW + 2 * MINUTE
    assert (running(incident).state, running(incident).ended_by) == ("acknowledged", ben)
    entry = incident.timeline.get(text__startswith="acknowledged")
    assert (entry.text, entry.person, entry.data) == ("acknowledged after 2 minutes", ben, {"minutes": 2})


def test_nobody_is_called_after_it(ada, ben):
    incident = open_ladder([ada], [ben])
    acknowledge(incident, user=ada, now=NOW + MINUTE)
    assert sweep(NOW + dt.timedelta(days=2)) == 0
    assert pages() == ["Ada"]


def test_a_page_that_was_not_sent_yet_stays_home(ada, ben):
    incident = open_ladder([ada, ben])
    acknowledge(incident, user=ben, now=NOW + MINUTE)
    assert set(Delivery.objects.values_list("status", flat=True)) == {"dropped"}
    other = open_ladder([ada], service={"name": "Other desk"})
    assert running(other).is_running
    assert Delivery.objects.filter(status="waiting").count() == 1


def test_it_gives_the_command_that_nobody_has(ben):
    incident = open_ladder([ben])
    acknowledge(incident, user=ben, now=NOW + MINUTE)
    assert incident.role_holders.get().person == ben
    assert incident.timeline.filter(kind="role", person=ben).exists()


def test_it_leaves_the_command_with_whoever_has_it(ada, ben):
    incident = open_ladder([ada])
    RoleHolder.objects.create(incident=incident, role=Role.COMMANDER, person=ada, taken_at=NOW)
    acknowledge(incident, user=ben, now=NOW + MINUTE)
    assert incident.role_holders.get().person == ada


def test_a_reader_who_was_called_may_answer_but_does_not_command(ada):
    incident = open_ladder([ada])
    acknowledge(incident, user=ada, now=NOW + MINUTE)
    assert running(incident).state == "acknowledged"
    assert not incident.role_holders.exists()


def test_a_reader_who_was_not_called_may_not(ada):
    incident = open_ladder([ada])
    with pytest.raises(NotAllowed, match="were not called"):
        acknowledge(incident, user=make_user("dee"), now=NOW + MINUTE)


def test_the_second_one_is_told_who_was_faster(ada, ben):
    incident = open_ladder([ada], [ben])
    acknowledge(incident, user=ben, now=NOW + 2 * MINUTE)
    with pytest.raises(WrongState, match=r"^Ben acknowledged it today at 03:16 \(UTC\)\.$"):
        acknowledge(incident, user=ada, now=NOW + 3 * MINUTE)
    assert len(said(incident)) == 2


def test_an_incident_for_which_nobody_was_called_can_be_acknowledged(ben):
    incident = make_incident()
    assert acknowledge(incident, user=ben, now=NOW + MINUTE).acknowledged_at == NOW + MINUTE


def test_what_is_over_can_t_be_acknowledged(ada, ben):
    incident = open_ladder([ada])
    change_status(incident, "resolved", user=ben, now=NOW + MINUTE)
    with pytest.raises(WrongState, match="is over"):
        acknowledge(incident, user=ada, now=NOW + 2 * MINUTE)


def test_resolving_ends_the_calling(ada, ben):
    incident = open_ladder([ada], [ben])
    change_status(incident, "resolved", user=ben, now=NOW + MINUTE)
    assert running(incident).state == "stopped"
    assert "Nobody is called any more: the incident is over" in said(incident)
