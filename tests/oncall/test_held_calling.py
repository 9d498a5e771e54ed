"""Whoever has not been relieved is called beside whoever is on call: at the same level, once."""

import datetime as dt

import pytest

from incidents.services.opening import NewIncident, open_incident
from oncall.calling import who_would_be_called
from oncall.models import Contact, Notification, Override, PlannedGap
from oncall.services.held import hold, release
from tests.factories import (
    NOW,
    add_layer,
    get_severity,
    make_path,
    make_rotation,
    make_service,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
URL = "/handoffs/7/"


@pytest.fixture
def people():
    return [make_user(name) for name in ("ada", "ben", "cy")]


@pytest.fixture
def rotation(people):
    """At NOW Ada answers first; Ben is the backup."""
    rotation = make_rotation(make_team("Harbour"), *people)
    add_layer(rotation, people[1])
    return rotation


@pytest.fixture
def cy(rotation, people):
    """Not relieved."""
    hold(rotation, people[2], people[0], NOW - HOUR, URL, now=NOW - HOUR)
    return people[2]


def layer(rotation, rank=1):
    return rotation.layers.get(rank=rank)


def called(path, at=NOW, **more):
    levels = who_would_be_called(path, at, make_user("reader"), **more).levels
    return [[call.callee.name for call in level.calls] for level in levels]


def test_both_are_called_at_the_same_level(rotation, cy):
    path = make_path([layer(rotation)], [layer(rotation, 2)])
    assert called(path) == [["Cy", "Ada"], ["Ben"]]


def test_it_says_why(rotation, cy):
    answer = who_would_be_called(make_path([layer(rotation)]), NOW, make_user("reader"))
    call, other = answer.levels[0].calls
    assert (call.remark, call.remark_url, other.remark) == ("stays responsible until Ada accepts the handoff", URL, "")
    (problem,) = [problem for problem in answer.problems if problem.code == "unrelieved"]
    assert problem.text.startswith("Cy has not been relieved")
    assert problem not in answer.serious


def test_after_acceptance_the_schedule_alone_counts(rotation, cy):
    release(rotation, URL, now=NOW)
    assert called(make_path([layer(rotation)])) == [["Ada"]]


def test_a_later_moment_is_told_by_the_plan(rotation, cy):
    assert called(make_path([layer(rotation)]), NOW + HOUR, now=NOW) == [["Ada"]]


def test_whoever_is_called_by_name_in_that_level_is_called_once(rotation, cy):
    contact = Contact.objects.create(name="Cy", user=cy)
    assert called(make_path([layer(rotation), contact])) == [["Cy", "Ada"]]


def test_whoever_is_on_call_again_is_called_once(rotation, cy):
    Override.objects.create(layer=layer(rotation), person=cy, during=(NOW, NOW + HOUR), created_at=NOW, created_by=cy)
    answer = who_would_be_called(make_path([layer(rotation)]), NOW, make_user("reader"))
    assert [(call.callee.name, call.remark) for call in answer.levels[0].calls] == [("Cy", "")]


def test_whoever_is_the_backup_now_is_called_by_both_levels_and_that_is_no_mistake(rotation, people):
    hold(rotation, people[1], people[0], NOW - HOUR, URL, now=NOW)
    path = make_path([layer(rotation)], [layer(rotation, 2)])
    answer = who_would_be_called(path, NOW, make_user("reader"))
    assert [[call.callee.name for call in level.calls] for level in answer.levels] == [["Ben", "Ada"], ["Ben"]]
    assert "twice" not in {problem.code for problem in answer.problems}


def test_in_a_gap_whoever_was_not_relieved_is_called_and_the_gap_is_said(rotation, people, cy):
    ended = layer(rotation)
    ended.ended_at = NOW - HOUR / 2
    ended.save()
    nights = add_layer(rotation, people[0], name="Days", rank=1, windows=[([0, 1, 2, 3, 4], dt.time(9), dt.time(17))])
    PlannedGap.objects.create(
        rotation=rotation, rank=1, during=(NOW - HOUR, NOW + HOUR), reason="Quiet.", marked_by=cy, marked_at=NOW
    )
    (level,) = who_would_be_called(make_path([nights]), NOW, make_user("reader")).levels
    assert [call.callee.name for call in level.calls] == ["Cy"]
    assert [hole.reason for hole in level.holes] == ["Quiet."]


def test_whoever_left_is_said_to_have_left(rotation, cy):
    cy.is_active = False
    cy.save()
    answer = who_would_be_called(make_path([layer(rotation)]), NOW, make_user("reader"))
    assert "Cy has left. Name somebody else." in [problem.text for problem in answer.problems]


def test_an_incident_pages_both_once(rotation, cy):
    desk = make_service(escalation_path=make_path([layer(rotation)], [layer(rotation, 2)]))
    open_incident(NewIncident("Tickets can't be sold", get_severity(), (desk,)), user=None, now=NOW)
    told = list(Notification.objects.filter(key__startswith="page:").values_list("to", flat=True))
    assert sorted(told) == ["Ada", "Cy"]
    texts = dict(Notification.objects.filter(key__startswith="page:").values_list("to", "text"))
    assert "Your shift is over, but you stay responsible until Ada accepts the handoff." in texts["Cy"]
    assert "Your shift is over" not in texts["Ada"]


def test_it_takes_as_many_queries_as_without(rotation, people, django_assert_max_num_queries):
    path = make_path([layer(rotation)], [layer(rotation, 2)])
    reader = make_user("reader")
    with django_assert_max_num_queries(30) as without:
        who_would_be_called(path, NOW, reader)
    hold(rotation, people[2], people[0], NOW - HOUR, URL, now=NOW)
    with django_assert_max_num_queries(len(without)):
        who_would_be_called(path, NOW, reader)


def test_the_page_of_the_path_says_it(rotation, people, as_user):
    hold(rotation, make_user("dan"), people[0], dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC), URL, now=NOW)
    path = make_path([layer(rotation)])
    page = as_user(people[1]).get(path.get_absolute_url()).content.decode()
    assert f'<a href="{URL}">stays responsible until Ada accepts the handoff</a>' in page
