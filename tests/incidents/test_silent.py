"""When everybody stayed silent: it is said loudly, told again, and called again, three times."""

import pytest

from accounts.models import Membership
from accounts.roles import RESPONDER
from accounts.services import add_member
from incidents.models import Escalation
from incidents.pages.escalation_front import list_unanswered
from incidents.services.escalating import acknowledge, escalate, stop, sweep
from oncall.models import Notification
from tests.factories import NOW, make_team, make_user
from tests.incidents.ladders import MINUTE, make_ladder, open_ladder, pages, running, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


def fall_silent(*levels, **fields):
    """An incident whose levels were all called; gives it and the moment at which nobody was left."""
    incident = open_ladder(*levels, **fields)
    now = NOW
    while running(incident).is_running:
        now = running(incident).next_at
        sweep(now)
    return incident, now


def test_it_is_silent_when_the_last_level_did_not_answer_in_time(ada, ben):
    incident, now = fall_silent([ada], [ben])
    assert (running(incident).state, now) == ("silent", NOW + 30 * MINUTE)
    assert said(incident)[-1] == "Nobody answered: L1, L2 of Harbour path stayed silent"


def test_the_last_level_and_the_leads_are_told_once_more(ada, ben):
    dee = make_user("dee")
    team = make_team("Harbour")
    add_member(team, dee)
    Membership.objects.filter(user=dee).update(is_lead=True)
    incident, _ = fall_silent([ada], [ben], service={"team": team})
    told = Notification.objects.filter(key__startswith="silent:").order_by("to")
    assert [one.to for one in told] == ["Ben", "Dee"]
    assert {one.kind for one in told} == {"page"}
    assert incident.known_to.filter(user=dee).exists()


def test_a_severity_for_one_level_calls_only_that_and_is_silent_then(ada, ben):
    incident, now = fall_silent([ada], [ben], level="SEV-3")
    assert pages() == ["Ada"]
    assert now == NOW + 15 * MINUTE
    assert running(incident).state == "silent"


def test_a_ladder_that_reaches_nobody_is_silent_at_once(ada):
    ada.is_active = False
    ada.save()
    incident = open_ladder([ada])
    assert running(incident).state == "silent"
    assert said(incident)[-1] == "Nobody could be called: no level of Harbour path reaches anybody"


def test_where_the_last_level_can_t_be_told_the_one_before_it_is(ada, ben):
    ben.is_active = False
    ben.save()
    incident, _ = fall_silent([ada], [ben])
    assert Notification.objects.get(key__startswith="silent:").person == ada
    assert said(incident)[-1] == "Nobody answered: L1 of Harbour path stayed silent"


def test_the_ladder_is_called_again_after_half_an_hour(ada, ben):
    incident, now = fall_silent([ada], [ben])
    assert sweep(now + 29 * MINUTE) == 0
    assert sweep(now + 30 * MINUTE) == 1
    assert pages() == ["Ada", "Ben", "Ada"]
    assert running(incident).is_running
    assert "called once more" in said(incident)[-2]


def test_it_is_called_again_three_times_and_no_more(ada):
    incident, now = fall_silent([ada])
    for _ in range(400):
        now += 5 * MINUTE
        sweep(now)
    assert pages() == ["Ada"] * 4
    assert incident.escalations.filter(state="silent").count() == 4


def test_it_is_never_called_again_where_that_is_switched_off(ada, settings):
    settings.ESCALATION_REPEAT_MINUTES = 0
    _, now = fall_silent([ada])
    assert sweep(now + 600 * MINUTE) == 0


def test_a_severity_for_one_level_is_not_called_again(ada):
    _, now = fall_silent([ada], level="SEV-3")
    assert sweep(now + 600 * MINUTE) == 0


@pytest.mark.parametrize("end", ["answered", "resolved"])
def test_nothing_is_called_again_when_it_has_ended(ada, end):
    incident, now = fall_silent([ada])
    if end == "answered":
        acknowledge(incident, user=ada, now=now + MINUTE)
    else:
        stop(incident, now=now + MINUTE)
    assert sweep(now + 60 * MINUTE) == 0
    assert not Escalation.objects.filter(state__in=["running", "silent"]).exists()


def test_the_front_page_shouts_until_somebody_answers(ada, ben):
    incident, now = fall_silent([ada])
    assert [one.incident for one in list_unanswered(ben)] == [incident]
    assert list_unanswered(ben)[0].may_acknowledge
    sweep(now + 30 * MINUTE)
    assert list_unanswered(ben), "also while it is called once more"
    acknowledge(incident, user=ben, now=now + 31 * MINUTE)
    assert list_unanswered(ben) == []


def test_the_front_page_tells_no_stranger_of_what_is_confidential(ada, ben):
    incident, _ = fall_silent([ada], service={"classification": "confidential", "team": make_team("Vault")})
    assert list_unanswered(ben) == []
    assert [one.incident for one in list_unanswered(ada)] == [incident]


def test_the_front_page_asks_once(ada, ben, django_assert_num_queries):
    fall_silent([ada])
    with django_assert_num_queries(1):
        list_unanswered(ben)


def test_another_path_called_by_hand_takes_over(ada, ben):
    incident, now = fall_silent([ada])
    escalate(incident, make_ladder([ben], name="Bridge"), user=ben, now=now + MINUTE)
    assert [one.state for one in incident.escalations.order_by("pk")] == ["stopped", "running"]
    assert pages() == ["Ada", "Ben"]
