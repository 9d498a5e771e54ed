"""Shifts that go on past their end: held, released, renamed, called off; one of a rotation at a time."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from oncall.models import HeldShift, OncallChange
from oncall.schedule import load_schedule
from oncall.schedule.held import load_held
from oncall.services.held import call_off, hold, release, rename_successor
from tests.factories import NOW, make_rotation, make_team, make_user

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
CHANGE = NOW + HOUR


@pytest.fixture
def people():
    return [make_user(name) for name in ("ada", "ben", "cy")]


@pytest.fixture
def rotation(people):
    return make_rotation(make_team("Harbour"), *people)


def holder(rotation, at):
    """Who is held at that instant, by both ways of asking."""
    row = load_held([rotation], at).get(rotation.pk)
    loaded = next((one for one in reversed(load_schedule(rotation, at, at).held) if one.covers(at)), None)
    assert (row and row.person) == (loaded and loaded.person)
    return row.person.display_name if row else None


def test_somebody_is_held_from_the_change_until_released(rotation, people):
    ada, ben, _ = people
    hold(rotation, ada, ben, CHANGE, "/handoffs/1/", now=NOW)
    assert holder(rotation, CHANGE - HOUR) is None
    assert holder(rotation, CHANGE) == "Ada"
    assert holder(rotation, CHANGE + 99 * HOUR) == "Ada"
    release(rotation, "/handoffs/1/", now=CHANGE + HOUR)
    assert holder(rotation, CHANGE + HOUR / 2) == "Ada"
    assert holder(rotation, CHANGE + HOUR) is None


def test_released_before_the_change_nobody_is_ever_held(rotation, people):
    hold(rotation, people[0], people[1], CHANGE, "/handoffs/1/", now=NOW)
    release(rotation, "/handoffs/1/", now=NOW)
    assert holder(rotation, CHANGE) is None
    assert load_schedule(rotation, NOW, CHANGE + HOUR).held == []


def test_released_twice_it_stays_at_the_first_time(rotation, people):
    hold(rotation, people[0], people[1], CHANGE, "/handoffs/1/", now=NOW)
    release(rotation, "/handoffs/1/", now=CHANGE)
    release(rotation, "/handoffs/1/", now=CHANGE + HOUR)
    assert HeldShift.objects.get().released_at == CHANGE


def test_nobody_is_held_for_themselves(rotation, people):
    assert hold(rotation, people[0], people[0], CHANGE, "/handoffs/1/", now=NOW) is None
    assert not HeldShift.objects.exists()


def test_said_twice_it_is_one_row(rotation, people):
    first = hold(rotation, people[0], people[1], CHANGE, "/handoffs/1/", now=NOW)
    again = hold(rotation, people[2], people[1], CHANGE + HOUR, "/handoffs/1/", now=NOW)
    assert again.pk == first.pk
    assert HeldShift.objects.get().person == people[2]
    assert holder(rotation, CHANGE) is None
    assert holder(rotation, CHANGE + HOUR) == "Cy"


def test_who_goes_on_after_all_is_not_held_any_more(rotation, people):
    hold(rotation, people[0], people[1], CHANGE, "/handoffs/1/", now=NOW)
    hold(rotation, people[0], people[0], CHANGE, "/handoffs/1/", now=NOW)
    assert holder(rotation, CHANGE) is None


def test_the_next_change_frees_whoever_was_held_before(rotation, people):
    ada, ben, cy = people
    hold(rotation, ada, ben, CHANGE, "/handoffs/1/", now=NOW)
    hold(rotation, ben, cy, CHANGE + 5 * HOUR, "/handoffs/2/", now=CHANGE)
    assert holder(rotation, CHANGE + 4 * HOUR) == "Ada"
    assert holder(rotation, CHANGE + 5 * HOUR) == "Ben"
    release(rotation, "/handoffs/2/", now=CHANGE + 6 * HOUR)
    assert holder(rotation, CHANGE + 6 * HOUR) is None


def test_a_change_by_hand_before_a_planned_one_holds_until_that(rotation, people):
    ada, ben, cy = people
    hold(rotation, ben, cy, CHANGE + HOUR, "/handoffs/1/", now=NOW)
    hold(rotation, ada, ben, CHANGE, "/handoffs/2/", now=NOW)
    assert holder(rotation, CHANGE) == "Ada"
    assert holder(rotation, CHANGE + HOUR) == "Ben"


def test_a_planned_change_that_moves_takes_whoever_is_held_before_along(rotation, people):
    ada, ben, cy = people
    hold(rotation, ada, ben, CHANGE, "/handoffs/1/", now=NOW)
    hold(rotation, ben, cy, CHANGE + HOUR, "/handoffs/2/", now=NOW)
    hold(rotation, ben, cy, CHANGE + 3 * HOUR, "/handoffs/2/", now=NOW)
    assert holder(rotation, CHANGE + 2 * HOUR) == "Ada"
    assert holder(rotation, CHANGE + 3 * HOUR) == "Ben"


def test_a_change_that_is_called_off_ahead_frees_nobody(rotation, people):
    ada, ben, cy = people
    hold(rotation, ada, ben, CHANGE, "/handoffs/1/", now=NOW)
    hold(rotation, ben, cy, CHANGE + HOUR, "/handoffs/2/", now=NOW)
    call_off(rotation, "/handoffs/2/", now=CHANGE)
    assert holder(rotation, CHANGE + 2 * HOUR) == "Ada"


def test_called_off_when_it_has_begun_it_frees_its_holder_alone(rotation, people):
    ada, ben, cy = people
    hold(rotation, ada, ben, CHANGE, "/handoffs/1/", now=NOW)
    hold(rotation, ben, cy, CHANGE + HOUR, "/handoffs/2/", now=NOW)
    call_off(rotation, "/handoffs/2/", now=CHANGE + 2 * HOUR)
    assert holder(rotation, CHANGE + 2 * HOUR) is None


def test_a_change_opened_again_after_it_was_called_off_holds_once(rotation, people):
    ada, ben, _ = people
    hold(rotation, ada, ben, CHANGE, "/handoffs/1/", now=NOW)
    call_off(rotation, "/handoffs/1/", now=NOW)
    hold(rotation, ada, ben, CHANGE, "/handoffs/2/", now=NOW)
    assert holder(rotation, CHANGE) == "Ada"
    assert HeldShift.objects.filter(released_at=None).count() == 1


def test_somebody_else_takes_over(rotation, people):
    hold(rotation, people[0], people[1], CHANGE, "/handoffs/1/", now=NOW)
    rename_successor(rotation, "/handoffs/1/", people[2], now=NOW)
    assert load_held([rotation], CHANGE)[rotation.pk].successor == people[2]


def test_the_holder_who_takes_over_is_free(rotation, people):
    hold(rotation, people[0], people[1], CHANGE, "/handoffs/1/", now=NOW)
    rename_successor(rotation, "/handoffs/1/", people[0], now=CHANGE)
    assert holder(rotation, CHANGE) is None


def test_the_database_keeps_one_of_a_rotation(rotation, people):
    hold(rotation, people[0], people[1], CHANGE, "/handoffs/1/", now=NOW)
    with pytest.raises(IntegrityError, match="held_shift_one_per_rotation"), transaction.atomic():
        HeldShift.objects.create(
            rotation=rotation, person=people[1], successor=people[2], held_from=CHANGE, url="/handoffs/2/"
        )


def test_each_change_is_counted_for_pages_that_keep_who_is_on_call(rotation, people):
    def number():
        return OncallChange.objects.values_list("number", flat=True).get()

    before = number()
    hold(rotation, people[0], people[1], CHANGE, "/handoffs/1/", now=NOW)
    held = number()
    release(rotation, "/handoffs/1/", now=CHANGE)
    assert before < held < number()


def test_rotations_do_not_touch_each_other(rotation, people):
    other = make_rotation(rotation.team, *people, name="Nights")
    hold(rotation, people[0], people[1], CHANGE, "/handoffs/1/", now=NOW)
    hold(other, people[1], people[2], CHANGE, "/handoffs/2/", now=NOW)
    release(other, "/handoffs/2/", now=CHANGE)
    assert holder(rotation, CHANGE) == "Ada"
    assert load_held([rotation, other.pk], CHANGE).keys() == {rotation.pk}


def test_asking_is_one_query_for_any_number(rotation, people, django_assert_num_queries):
    rotations = [make_rotation(rotation.team, *people, name=f"No {n}") for n in range(3)]
    for number, one in enumerate(rotations):
        hold(one, people[0], people[1], CHANGE, f"/handoffs/{number}/", now=NOW)
    with django_assert_num_queries(1):
        assert {row.person.display_name for row in load_held(rotations, CHANGE).values()} == {"Ada"}
