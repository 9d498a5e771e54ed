"""A worker or a web process killed at each step: it happened whole or not at all, and what is left goes on by itself."""

import datetime as dt

import pytest

from accounts.roles import RESPONDER
from incidents.models import CalledLevel, Escalation, Incident
from incidents.services.escalating import acknowledge, sweep
from oncall.models import Delivery, Notification
from tests.factories import NOW, make_service, make_user
from tests.incidents.faults import dying
from tests.incidents.ladders import MINUTE, make_ladder, open_ladder, pages, running, said

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + 15 * MINUTE


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


@pytest.fixture
def incident(ada, ben):
    return open_ladder([ada], [ben])


@pytest.mark.parametrize("step", [dying.CLAIM, dying.CALLED, dying.MESSAGE, dying.DELIVERY, dying.ENTRY, dying.SAVED])
def test_a_worker_killed_before_the_commit_leaves_the_level_to_another(incident, step):
    dying.die_while("sweep", incident.pk, 0, LATER, step)
    assert pages() == ["Ada"]
    assert CalledLevel.objects.count() == 1
    assert sweep(LATER + dt.timedelta(seconds=2)) == 1
    assert pages() == ["Ada", "Ben"]
    assert said(incident)[-1] == "Paged L2 of Harbour path: Ben"


def test_a_worker_killed_behind_the_commit_has_left_the_messages_to_be_sent(incident):
    dying.die_while("sweep", incident.pk, 0, LATER, dying.COMMIT)
    assert sweep(LATER + dt.timedelta(seconds=2)) == 0
    assert pages() == ["Ada", "Ben"]
    assert Delivery.objects.filter(status="waiting", due_at__lte=LATER).count() == 2


@pytest.mark.parametrize("step", [dying.FROZEN, dying.MESSAGE, dying.SAVED])
def test_a_web_process_killed_while_opening_has_opened_nothing(ada, step):
    desk = make_service(escalation_path=make_ladder([ada]))
    dying.die_while("open", desk.pk, 0, NOW, step)
    assert not Incident.objects.exists()
    assert not Notification.objects.exists()


def test_a_web_process_killed_behind_the_commit_has_called_level_1(ada):
    desk = make_service(escalation_path=make_ladder([ada]))
    dying.die_while("open", desk.pk, 0, NOW, dying.COMMIT)
    assert pages() == ["Ada"]
    assert Delivery.objects.filter(status="waiting").count() == 1
    assert Escalation.objects.get().next_at == LATER


@pytest.mark.parametrize("step", [dying.HELD, dying.SAVED, dying.COMMAND])
def test_an_answer_that_was_cut_off_can_be_given_again(incident, ben, step):
    dying.die_while("acknowledge", incident.pk, ben.pk, NOW + MINUTE, step)
    assert running(incident).is_running
    acknowledge(incident, user=ben, now=NOW + 2 * MINUTE)
    assert len([text for text in said(incident) if text.startswith("acknowledged")]) == 1
    assert incident.role_holders.get().person == ben


def test_an_answer_that_came_through_holds_although_its_process_died(incident, ben):
    dying.die_while("acknowledge", incident.pk, ben.pk, NOW + MINUTE, dying.COMMIT)
    assert sweep(LATER) == 0
    assert pages() == ["Ada"]
