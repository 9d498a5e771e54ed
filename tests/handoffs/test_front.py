"""Handoffs on the front page: what waits for whom."""

import datetime as dt

import pytest

from accounts.roles import RESPONDER
from handoffs.models import Handoff, State
from handoffs.pages.front import describe_front_handoffs
from tests.factories import NOW, make_handoff, make_rotation, make_team, make_user, reload_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return [make_user(name, role=RESPONDER) for name in ("ada", "ben", "cy")]


def lines(user, now=NOW):
    return [(line.asks, line.is_late) for line in describe_front_handoffs(user, now)]


def test_whoever_hands_over_is_asked_and_the_other_sees_it_coming(people):
    ada, ben, cy = people
    make_handoff(ada, ben)
    assert (lines(ada), lines(ben), lines(cy)) == ([("Hand over", False)], [("", False)], [])


def test_once_it_is_submitted_the_incoming_person_is_asked(people):
    ada, ben, _ = people
    handoff = make_handoff(ada, ben)
    Handoff.objects.filter(pk=handoff.pk).update(state=State.SUBMITTED, round=1, submitted_at=NOW)
    assert (lines(ada), lines(ben)) == ([("", False)], [("Accept", False)])
    assert describe_front_handoffs(ada, NOW)[0].waits == f"waits for {ben} to accept"


def test_a_late_one_shows_to_its_whole_team(people):
    ada, ben, cy = people
    make_handoff(ada, ben, rotation=make_rotation(make_team("Pier", ada, ben, cy), ada, ben))
    cy = reload_user(cy)
    assert lines(cy) == []
    assert lines(cy, NOW + dt.timedelta(hours=1)) == [("", True)]


def test_it_costs_one_query_however_many(people, django_assert_num_queries):
    ada, ben, _ = people
    team = make_team("Pier", ada, ben)
    for number in range(4):
        make_handoff(ada, ben, rotation=make_rotation(team, ada, ben, name=f"Rota {number}"))
    ada.has_perm("handoffs.view_handoff")
    ada.get_team_ids()
    with django_assert_num_queries(1):
        assert len(describe_front_handoffs(ada, NOW)) == 4
