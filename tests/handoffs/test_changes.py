"""The moments at which who answers first changes."""

import datetime as dt

import pytest
from django.utils import timezone

from handoffs.services.changes import find_changes
from handoffs.services.turnover import find_gap
from oncall.models import Layer, Rotation
from oncall.schedule import load_schedules
from tests.factories import add_layer, add_plan, make_rotation, make_team, make_user
from tests.handoffs.rotas import DAYS, at, cover, find_between, say

pytestmark = pytest.mark.django_db
WEEK = dt.timedelta(days=7)
OFFICE = ([0, 1, 2, 3, 4], dt.time(9), dt.time(17))


@pytest.fixture
def ada(db):
    return make_user("ada")


@pytest.fixture
def ben(db):
    return make_user("ben")


@pytest.fixture
def cy(db):
    return make_user("cy")


def first_layer(rotation):
    return rotation.layers.order_by("pk")[0]


def test_a_weekly_rotation_changes_once_a_week(ada, ben):
    rotation = make_rotation(make_team(), ada, ben)
    changes = find_between(rotation, at("2026-11-16 12:00"), at("2026-12-01 12:00"))
    assert say(changes) == ["Ben>Ada Mon 23 09:00", "Ada>Ben Mon 30 09:00"]


def test_a_change_tells_the_window_of_both_turns_and_the_backup(ada, ben, cy):
    rotation = make_rotation(make_team(), ada, ben)
    add_layer(rotation, cy)
    change = find_between(rotation, at("2026-11-23 08:00"), at("2026-11-23 10:00"))[0]
    assert (change.starts_at, change.ends_at) == (at("2026-11-16 09:00"), at("2026-11-23 09:00"))
    assert (change.changes_at, change.next_ends_at) == (at("2026-11-23 09:00"), at("2026-11-30 09:00"))
    assert change.backup == cy


def test_the_backup_is_never_the_incoming_person(ada, ben):
    rotation = make_rotation(make_team(), ada, ben)
    add_layer(rotation, ada, ben)
    change = find_between(rotation, at("2026-11-23 08:00"), at("2026-11-23 10:00"))[0]
    assert change.incoming == ada
    assert change.backup is None


def test_the_end_is_included_and_the_start_is_not(ada, ben):
    rotation = make_rotation(make_team(), ada, ben)
    moment = at("2026-11-23 09:00")
    assert len(find_between(rotation, moment - WEEK, moment)) == 1
    assert find_between(rotation, moment, moment + dt.timedelta(hours=1)) == []


def test_a_rotation_of_one_person_never_changes(ada):
    rotation = make_rotation(make_team(), ada)
    assert find_between(rotation, at("2026-11-01 00:00"), at("2026-12-31 00:00")) == []


def test_a_rotation_without_people_has_no_change():
    rotation = make_rotation(make_team())
    assert find_between(rotation, at("2026-11-01 00:00"), at("2026-12-31 00:00")) == []


def test_a_rotation_without_layers_has_no_change():
    rotation = make_rotation(make_team())
    rotation.layers.update(ended_at=timezone.now().replace(year=2026, month=1))
    assert find_between(rotation, at("2026-11-01 00:00"), at("2026-12-31 00:00")) == []


def test_office_hours_change_when_the_next_person_begins(ada, ben):
    rotation = make_rotation(make_team(), ada, ben, windows=[OFFICE])
    changes = find_between(rotation, at("2026-11-19 00:00"), at("2026-11-27 00:00"))
    assert say(changes) == ["Ben>Ada Mon 23 09:00"]
    assert changes[0].ends_at == at("2026-11-20 17:00")


def test_a_week_of_office_hours_is_one_turn(ada, ben):
    rotation = make_rotation(make_team(), ada, ben, windows=[OFFICE])
    change = find_between(rotation, at("2026-11-20 16:00"), at("2026-11-20 18:00"))[0]
    assert change.starts_at == at("2026-11-16 09:00")
    assert change.next_ends_at == at("2026-11-27 17:00")


def test_office_hours_of_another_person_each_day_change_each_day(ada, ben):
    rotation = make_rotation(make_team(), ada, ben, windows=[OFFICE], turn_unit="days")
    changes = find_between(rotation, at("2026-11-17 00:00"), at("2026-11-19 00:00"))
    assert [one.outgoing == ada for one in changes] in ([True, False], [False, True])
    assert all(one.changes_at - one.ends_at == dt.timedelta(hours=16) for one in changes)


def follow_the_sun(ada, ben, cy):
    team = make_team()
    rotation = make_rotation(team, ada, layer="Europe", windows=[(DAYS, dt.time(8), dt.time(16))], time_zone="UTC")
    hours = {"America": (ben, dt.time(16), dt.time(0)), "Asia": (cy, dt.time(0), dt.time(8))}
    for name, (person, starts, ends) in hours.items():
        add_layer(rotation, person, name=name, rank=1, windows=[(DAYS, starts, ends)], time_zone="UTC")
    return rotation


def test_following_the_sun_changes_between_layers(ada, ben, cy):
    rotation = follow_the_sun(ada, ben, cy)
    changes = find_between(rotation, at("2026-11-17 07:00", "UTC"), at("2026-11-18 07:00", "UTC"))
    assert say(changes, "UTC") == ["Cy>Ada Tue 17 08:00", "Ada>Ben Tue 17 16:00", "Ben>Cy Wed 18 00:00"]
    assert changes[1].starts_at == at("2026-11-17 08:00", "UTC")
    assert changes[1].next_ends_at == at("2026-11-18 00:00", "UTC")


def test_layers_that_overlap_change_when_the_earlier_one_ends(ada, ben):
    rotation = make_rotation(make_team(), ada, layer="Day", windows=[(DAYS, dt.time(8), dt.time(18))])
    add_layer(rotation, ben, name="Night", rank=1, windows=[(DAYS, dt.time(17), dt.time(9))])
    changes = find_between(rotation, at("2026-11-17 12:00"), at("2026-11-18 12:00"))
    assert say(changes) == ["Ada>Ben Tue 17 18:00", "Ben>Ada Wed 18 09:00"]
    assert changes[1].starts_at == at("2026-11-17 17:00")
    assert changes[0].next_ends_at == at("2026-11-18 09:00")


def test_a_second_person_for_the_day_changes_nothing_for_who_stays(ada, ben):
    rotation = make_rotation(make_team(), ada, layer="Always")
    add_layer(rotation, ben, name="Helper", rank=1, windows=[OFFICE])
    assert find_between(rotation, at("2026-11-17 00:00"), at("2026-11-20 00:00")) == []


def test_two_people_side_by_side_hand_over_each_on_their_day(ada, ben, cy):
    rotation = make_rotation(make_team(), ada, ben)
    dan = make_user("dan")
    add_layer(rotation, cy, dan, name="Second", rank=1, anchor_on=dt.date(2026, 1, 8))
    changes = find_between(rotation, at("2026-11-17 00:00"), at("2026-11-24 00:00"))
    assert [f"{one.outgoing}>{one.incoming}" for one in changes] in (["Cy>Dan", "Ben>Ada"], ["Dan>Cy", "Ben>Ada"])


def test_of_two_who_leave_at_once_the_earlier_layer_is_handed_over(ada, ben, cy):
    rotation = make_rotation(make_team(), ada, ben)
    add_layer(rotation, cy, make_user("dan"), name="Second", rank=1)
    changes = find_between(rotation, at("2026-11-17 00:00"), at("2026-11-24 00:00"))
    assert say(changes) == ["Ben>Ada Mon 23 09:00"]


def test_two_layers_that_swap_their_people_change_nothing(ada, ben):
    rotation = make_rotation(make_team(), ada, ben)
    add_layer(rotation, ben, ada, name="Second", rank=1)
    assert find_between(rotation, at("2026-11-17 00:00"), at("2026-11-24 00:00")) == []


def test_an_override_in_a_shift_is_two_changes(ada, ben, cy):
    rotation = make_rotation(make_team(), ada, ben)
    cover(first_layer(rotation), cy, at("2026-11-18 10:00"), at("2026-11-18 14:00"))
    changes = find_between(rotation, at("2026-11-17 00:00"), at("2026-11-24 00:00"))
    assert say(changes) == ["Ben>Cy Wed 18 10:00", "Cy>Ben Wed 18 14:00", "Ben>Ada Mon 23 09:00"]
    assert changes[2].starts_at == at("2026-11-18 14:00")


def test_an_override_across_the_change_moves_it(ada, ben):
    rotation = make_rotation(make_team(), ada, ben)
    cover(first_layer(rotation), ben, at("2026-11-23 09:00"), at("2026-11-23 12:00"))
    changes = find_between(rotation, at("2026-11-20 00:00"), at("2026-11-24 00:00"))
    assert say(changes) == ["Ben>Ada Mon 23 12:00"]
    assert changes[0].starts_at == at("2026-11-16 09:00")


def test_an_override_by_the_same_person_changes_nothing(ada, ben):
    rotation = make_rotation(make_team(), ada, ben)
    cover(first_layer(rotation), ben, at("2026-11-18 10:00"), at("2026-11-18 14:00"))
    assert find_between(rotation, at("2026-11-17 00:00"), at("2026-11-22 00:00")) == []


def test_an_override_at_night_of_office_hours_is_handed_over_to_and_back(ada, ben):
    rotation = make_rotation(make_team(), ada, windows=[OFFICE])
    cover(first_layer(rotation), ben, at("2026-11-18 20:00"), at("2026-11-18 22:00"))
    changes = find_between(rotation, at("2026-11-18 12:00"), at("2026-11-19 12:00"))
    assert say(changes) == ["Ada>Ben Wed 18 20:00", "Ben>Ada Thu 19 09:00"]
    assert changes[1].ends_at == at("2026-11-18 22:00")


def test_nobody_after_the_last_shift_is_no_change(ada, ben):
    rotation = make_rotation(make_team(), ada, ben)
    rotation.layers.update(ended_at=at("2026-11-20 12:00"))
    assert find_between(rotation, at("2026-11-17 00:00"), at("2026-11-27 00:00")) == []


def test_a_layer_that_ends_hands_over_to_the_one_that_begins(ada, ben):
    rotation = make_rotation(make_team(), ada)
    rotation.layers.update(ended_at=at("2026-11-20 12:00"))
    fresh = Layer.objects.create(rotation=rotation, name="New", rank=1)
    add_plan(fresh, ben, effective_from=at("2026-11-20 12:00"))
    changes = find_between(rotation, at("2026-11-17 00:00"), at("2026-11-27 00:00"))
    assert say(changes) == ["Ada>Ben Fri 20 12:00"]


def test_a_new_plan_hands_over_when_it_takes_effect(ada, ben, cy):
    rotation = make_rotation(make_team(), ada, ben)
    add_plan(first_layer(rotation), cy, effective_from=at("2026-11-19 15:00"))
    changes = find_between(rotation, at("2026-11-17 00:00"), at("2026-11-27 00:00"))
    assert say(changes) == ["Ben>Cy Thu 19 15:00"]


def test_a_gap_after_the_turn_is_named_unless_it_is_outside_the_hours(ada, ben):
    rotation = make_rotation(make_team(), ada, ben, windows=[OFFICE])
    start, end = at("2026-09-20 00:00"), at("2027-01-20 00:00")
    schedule = load_schedules(Rotation.objects.filter(pk=rotation.pk), start, end)[0]
    gap = find_gap(schedule, at("2026-11-20 17:00"))
    assert (gap.span.start, gap.span.end) == (at("2026-11-20 17:00"), at("2026-11-23 09:00"))
    rotation.expects = Rotation.Expects.HOURS
    schedule.rotation.expects = Rotation.Expects.HOURS
    assert find_gap(schedule, at("2026-11-20 17:00")) is None


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Oslo", "2026-10-25", 25),
        ("Europe/Oslo", "2026-03-29", 23),
        ("America/Halifax", "2026-11-01", 25),
        ("America/Halifax", "2026-03-08", 23),
        ("Pacific/Auckland", "2026-09-27", 23),
        ("Pacific/Auckland", "2026-04-05", 25),
    ],
)
def test_on_nights_on_which_the_clocks_change_a_turn_is_as_long_as_the_wall_says(ada, ben, zone, day, hours):
    rotation = make_rotation(
        make_team(), ada, ben, turn_unit="days", time_zone=zone, handover_at=dt.time(0), anchor_on=dt.date(2026, 1, 5)
    )
    midnight = at(f"{day} 00:00", zone)
    turn = find_between(rotation, midnight, midnight + dt.timedelta(hours=30))[0]
    assert turn.starts_at == midnight
    assert turn.ends_at - turn.starts_at == dt.timedelta(hours=hours)


def test_a_handover_in_the_hour_that_is_skipped_is_at_the_jump(ada, ben):
    rotation = make_rotation(
        make_team(), ada, ben, turn_unit="days", time_zone="Europe/Oslo", handover_at=dt.time(2, 30)
    )
    start = at("2026-03-28 12:00", "Europe/Oslo")
    changes = find_between(rotation, start, start + dt.timedelta(hours=24))
    assert [one.changes_at for one in changes] == [dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC)]


def test_changes_of_several_rotations_come_in_the_order_of_time(ada, ben):
    team = make_team()
    late = make_rotation(team, ada, ben, name="Late", handover_at=dt.time(18))
    early = make_rotation(team, ada, ben, name="Early", handover_at=dt.time(6))
    start, end = at("2026-11-22 00:00"), at("2026-11-24 00:00")
    schedules = load_schedules(Rotation.objects.order_by("pk"), start - 5 * WEEK, end + 5 * WEEK)
    assert [rotation for rotation, _ in find_changes(schedules, start, end)] == [early, late]
