"""Since when things are new to somebody. Of two people Ada has the week from 9 November, and Ben the one after it."""

import datetime as dt

import pytest

from handoffs.sections.since import find_since_last_shift
from oncall.models import HeldShift, Override
from tests.factories import NOW, add_layer, make_rotation, make_team, make_user
from tests.handoffs.sections.making import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return make_user("ada"), make_user("ben"), make_user("cy")


def at(month, day, hour=9):
    return dt.datetime(2026, month, day, hour, tzinfo=dt.UTC)


def test_it_is_the_end_of_the_last_shift(people):
    ada, ben, _ = people
    rotation = make_rotation(make_team(), ada, ben)
    assert find_since_last_shift(rotation, ada, NOW) == at(11, 16)


def test_a_shift_that_is_still_on_does_not_count(people):
    ada, ben, _ = people
    rotation = make_rotation(make_team(), ada, ben)
    assert find_since_last_shift(rotation, ben, NOW) == at(11, 9)


def test_it_ends_with_the_clock_of_the_rotation_in_summer_too(people):
    rotation = make_rotation(make_team(), *people)
    assert find_since_last_shift(rotation, people[0], at(10, 1)) == at(9, 21, 8)  # 09:00 in Lisbon is 08:00 UTC


def test_somebody_who_was_last_on_call_long_ago_is_found(people):
    ada, ben, cy = people
    rotation = make_rotation(make_team(), ada, ben)
    Override.objects.create(
        layer=rotation.layers.get(), person=cy, during=(NOW - 300 * DAY, NOW - 299 * DAY), created_at=NOW
    )
    assert find_since_last_shift(rotation, cy, NOW) == NOW - 299 * DAY


def test_a_shift_as_backup_counts_and_one_that_goes_on_at_once_in_another_layer_is_one(people):
    ada, ben, cy = people
    rotation = make_rotation(make_team(), ada, ben)
    add_layer(rotation, ben, ada)  # Ada is backup while Ben is first: always on
    assert find_since_last_shift(rotation, ada, NOW) is None
    assert find_since_last_shift(rotation, cy, NOW) is None


def test_somebody_new_has_none(people):
    ada, ben, cy = people
    assert find_since_last_shift(make_rotation(make_team(), ada, ben), cy, NOW) is None


def test_who_was_let_go_late_was_on_call_until_then(people):
    ada, ben, _ = people
    rotation = make_rotation(make_team(), ada, ben)
    for week, late in ((at(11, 16), at(11, 16, 10)), (at(11, 2), at(11, 2, 23)), (at(11, 23), None)):
        HeldShift.objects.create(
            rotation=rotation, person=ada, successor=ben, held_from=week, released_at=late, url="/handoffs/1/"
        )
    assert find_since_last_shift(rotation, ada, NOW) == at(11, 16, 10)


def test_who_was_let_go_before_the_change_was_on_call_until_the_change(people):
    ada, ben, _ = people
    rotation = make_rotation(make_team(), ada, ben)
    HeldShift.objects.create(
        rotation=rotation,
        person=ada,
        successor=ben,
        held_from=at(11, 16),
        released_at=at(11, 16, 8),
        url="/handoffs/1/",
    )
    assert find_since_last_shift(rotation, ada, NOW) == at(11, 16)
