"""Loading rotations and asking who is on call."""

import datetime as dt

import pytest

from oncall.models import Override, PlannedGap, Rotation
from oncall.schedule import load_schedule, load_schedules
from tests.factories import NOW, add_layer, add_plan, make_rotation, make_team, make_user

UTC = dt.UTC
pytestmark = pytest.mark.django_db


def day(month, number, hour=9):
    return dt.datetime(2026, month, number, hour, tzinfo=UTC)


@pytest.fixture
def people():
    return [make_user(name) for name in ("ada", "ben", "cy")]


@pytest.fixture
def rotation(people):
    return make_rotation(make_team("Harbour", *people), *people)


def test_turns_follow_the_list(rotation, people):
    schedule = load_schedule(rotation, day(1, 5), day(1, 26))
    assert [shift.person for shift in schedule.shifts(day(1, 5), day(1, 26))] == people


def test_now_and_next(rotation, people):
    schedule = load_schedule(rotation, day(1, 7), day(1, 7, 10))
    now, coming = schedule.layers[0].now_and_next(day(1, 7))
    assert (now.person, coming.person, coming.starts_at) == (people[0], people[1], day(1, 12))


def test_an_override_comes_before_the_plan(rotation, people):
    Override.objects.create(
        layer=rotation.layers.get(), person=people[2], during=(day(1, 7), day(1, 8)), created_at=NOW
    )
    schedule = load_schedule(rotation, day(1, 5), day(1, 12))
    shifts = schedule.shifts(day(1, 5), day(1, 12))
    assert [(shift.person, shift.starts_at) for shift in shifts] == [
        (people[0], day(1, 5)),
        (people[2], day(1, 7)),
        (people[0], day(1, 8)),
    ]


def test_a_new_plan_leaves_the_past_as_it_was(rotation, people):
    add_plan(rotation.layers.get(), people[1], effective_from=day(1, 19), anchor_on=dt.date(2026, 1, 19))
    schedule = load_schedule(rotation, day(1, 5), day(2, 2))
    shifts = schedule.shifts(day(1, 5), day(2, 2))
    assert [shift.person for shift in shifts] == [people[0], people[1], people[1], people[1]]


def test_a_missing_person_of_business_hours_is_no_gap_where_only_hours_are_expected(people):
    office = [([0, 1, 2, 3, 4], dt.time(9), dt.time(17))]
    rotation = make_rotation(make_team("Harbour"), *people, windows=office)
    assert len(load_schedule(rotation, day(1, 5), day(1, 12)).gaps(day(1, 5), day(1, 12))) == 5
    Rotation.objects.update(expects=Rotation.Expects.HOURS)
    assert load_schedule(rotation, day(1, 5), day(1, 12)).gaps(day(1, 5), day(1, 12)) == []


def test_a_planned_gap_carries_its_reason(people):
    nights = [([0, 1, 2, 3, 4, 5, 6], dt.time(9), dt.time(0))]
    rotation = make_rotation(make_team("Harbour"), *people, windows=nights)
    PlannedGap.objects.create(rotation=rotation, during=(day(1, 6, 0), day(1, 6, 5)), reason="No ships", marked_at=NOW)
    gaps = load_schedule(rotation, day(1, 5), day(1, 7, 0)).gaps(day(1, 5), day(1, 7, 0))
    assert [(gap.reason, gap.span.start) for gap in gaps] == [("No ships", day(1, 6, 0)), ("", day(1, 6, 5))]


def test_layers_of_one_rank_stand_in_for_one_another(people):
    east = [([0, 1, 2, 3, 4, 5, 6], dt.time(0), dt.time(12))]
    west = [([0, 1, 2, 3, 4, 5, 6], dt.time(12), dt.time(0))]
    rotation = make_rotation(make_team("Harbour"), people[0], layer="East", windows=east, handover_at=dt.time(0))
    add_layer(rotation, people[1], name="West", rank=1, windows=west, handover_at=dt.time(0))
    schedule = load_schedule(rotation, day(1, 6), day(1, 9))
    assert schedule.gaps(day(1, 6), day(1, 9)) == []
    assert [shift.person for shift in schedule.on_call(day(1, 7, 13), rank=1)] == [people[1]]


def test_queries_do_not_grow_with_rotations(people, django_assert_num_queries):
    for number in range(12):
        rotation = make_rotation(make_team(f"Team {number}"), *people)
        add_layer(rotation, *people)
    with django_assert_num_queries(7):
        schedules = load_schedules(Rotation.objects.in_use(), NOW, NOW)
        assert len([shift for schedule in schedules for shift in schedule.on_call(NOW)]) == 24
