"""Two people who change a rotation at the same moment: one goes after the other, and nothing is torn."""

import datetime as dt
from dataclasses import replace

import pytest

from accounts.roles import EDITOR
from oncall.models import Plan, PublishedShift, Rotation
from oncall.services.rotations import LayerSpec, PlanSpec, change_plan, create_rotation, end_rotation
from tests.at_once import at_once
from tests.factories import NOW, make_team, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people():
    return [make_user(name, role=EDITOR) for name in ("ada", "ben")]


@pytest.fixture
def spec(people):
    return PlanSpec(tuple(person.pk for person in people), "Europe/Lisbon", dt.date(2026, 11, 16))


@pytest.fixture
def rotation(people, spec):
    return create_rotation(make_team(), "On call", user=people[0], now=NOW, layers=[LayerSpec("Primary", spec)])


def test_of_two_changes_from_the_same_page_one_is_told(rotation, people, spec):
    layer = rotation.layers.get()
    seen = layer.plans.get().pk
    results = at_once(
        *(
            lambda person=person: change_plan(
                layer, replace(spec, people=(person.pk,)), user=person, now=NOW, seen=seen
            )
            for person in people
        )
    )
    assert sorted(type(result).__name__ for result in results) == ["Plan", "WrongState"]
    assert Plan.objects.count() == 2


def test_two_changes_without_a_look_leave_one_plan_for_the_moment(rotation, people, spec):
    layer = rotation.layers.get()
    at_once(
        *(
            lambda person=person: change_plan(layer, replace(spec, people=(person.pk,)), user=person, now=NOW)
            for person in people
        )
    )
    latest = Plan.objects.latest("effective_from")
    assert Plan.objects.count() == 2
    to_come = PublishedShift.objects.filter(is_cancelled=False, starts_at__gte=latest.effective_from)
    assert set(to_come.values_list("person", flat=True)) == {latest.members.get().person_id}


def test_a_name_is_given_once(people, spec):
    team = make_team()
    results = at_once(
        *(
            lambda person=person: create_rotation(
                team, "On call", user=person, now=NOW, layers=[LayerSpec("Primary", spec)]
            )
            for person in people
        )
    )
    assert sorted(type(result).__name__ for result in results) == ["BadPlan", "Rotation"]


def test_a_change_comes_before_the_end_or_not_at_all(rotation, people, spec):
    layer = rotation.layers.get()
    at_once(
        lambda: change_plan(layer, spec, user=people[0], now=NOW),
        lambda: end_rotation(rotation, user=people[1], now=NOW),
    )
    assert Rotation.objects.get().ended_at == NOW
    assert not Plan.objects.filter(effective_from__gt=NOW).exists()
