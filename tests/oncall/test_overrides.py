"""Overrides: put somebody on call, take the shift that is on, take an override back."""

import threading
import time

import pytest
from django.db import connection, transaction

from oncall.errors import NotAllowed, Overlaps, Refused, WrongState
from oncall.models import Notification, Override, PublishedShift
from oncall.services.covers import cancel_override, override_shift, take_shift_now
from tests.factories import add_layer, make_rotation, make_team, make_user
from tests.oncall.covers import at, in_force, on_call, told

pytestmark = pytest.mark.django_db
NOW = at(1, 6, 12)  # a Tuesday in Ada's week


def test_somebody_stands_in_for_a_time_and_the_plan_goes_on_after_it(layer, people):
    ada, ben, cy = people
    override_shift(layer, cy, at(1, 7), at(1, 8), user=ben, now=NOW, reason="Dentist")
    assert [on_call(layer, at(1, day, hour)) for day, hour in ((7, 8), (7, 9), (8, 8), (8, 9))] == [ada, cy, cy, ada]


def test_whoever_is_put_in_and_whoever_is_relieved_are_told_and_nobody_else(layer, people):
    ada, ben, cy = people
    override_shift(layer, cy, at(1, 7), at(1, 8), user=ben, now=NOW, reason="Dentist")
    assert (told(ada), told(ben), told(cy)) == (["override"], [], ["override"])
    mail = Notification.objects.get(person=ada)
    assert mail.subject == "Cy stands in for you: Harbour · On call · Primary"
    assert "Wed 7 Jan, 09:00 – Thu 8 Jan 2026, 09:00" in mail.text
    assert "Reason: Dentist" in mail.text


def test_times_are_told_in_the_zone_of_the_reader_and_of_the_team(layer, people):
    _, ben, cy = people
    cy.time_zone = "Asia/Tokyo"
    cy.save()
    override_shift(layer, cy, at(1, 7), at(1, 7, 12), user=ben, now=NOW)
    text = Notification.objects.get(person=cy).text
    assert "Wed 7 Jan 2026, 18:00–21:00 (Asia/Tokyo), which is Wed 7 Jan 2026, 09:00–12:00 (Europe/Lisbon)" in text


def test_calendars_learn_of_it(layer, people):
    override_shift(layer, people[2], at(1, 7), at(1, 8), user=people[0], now=NOW)
    assert PublishedShift.objects.filter(person=people[2], starts_at=at(1, 7), ends_at=at(1, 8)).exists()


def test_an_overlapping_override_is_refused_with_who_covers_when(layer, people):
    _, ben, cy = people
    override_shift(layer, cy, at(1, 7), at(1, 8), user=ben, now=NOW)
    with pytest.raises(Overlaps, match=r"Cy already stands in: Wed 7 Jan, 09:00 – Thu 8 Jan 2026, 09:00 \(UTC\)"):
        override_shift(layer, ben, at(1, 7, 20), at(1, 9), user=ben, now=NOW)
    assert Override.objects.count() == 1


def test_overrides_may_follow_one_another_without_a_pause(layer, people):
    _, ben, cy = people
    override_shift(layer, cy, at(1, 7), at(1, 8), user=ben, now=NOW)
    override_shift(layer, ben, at(1, 8), at(1, 9), user=ben, now=NOW)
    assert on_call(layer, at(1, 8)) == ben


def test_another_layer_is_another_matter(layer, people):
    _, ben, cy = people
    backup = add_layer(layer.rotation, ben, cy)
    override_shift(layer, cy, at(1, 7), at(1, 8), user=ben, now=NOW)
    override_shift(backup, cy, at(1, 7), at(1, 8), user=ben, now=NOW)
    assert on_call(layer, at(1, 7)) == on_call(backup, at(1, 7)) == cy


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (at(1, 8), at(1, 7), "The end must come after the start"),
        (at(1, 8), at(1, 8), "The end must come after the start"),
        (at(1, 6, 11), at(1, 8), "The start lies in the past"),
        (at(1, 8), at(12, 31), "longer than 92 days"),
        (at(1, 8).replace(year=2028), at(1, 9).replace(year=2028), "more than 400 days from now"),
    ],
)
def test_times_that_can_not_be_are_refused(layer, people, start, end, words):
    with pytest.raises(Refused, match=words):
        override_shift(layer, people[2], start, end, user=people[1], now=NOW)
    assert not Override.objects.exists()


def test_it_may_start_at_this_very_moment(layer, people):
    override_shift(layer, people[2], NOW, at(1, 8), user=people[1], now=NOW)
    assert on_call(layer, NOW) == people[2]


def test_somebody_who_left_is_refused(layer, people):
    people[2].is_active = False
    people[2].save()
    with pytest.raises(Refused, match="Cy is not active any more"):
        override_shift(layer, people[2], at(1, 7), at(1, 8), user=people[1], now=NOW)


def test_somebody_who_is_on_call_anyway_is_refused(layer, people):
    with pytest.raises(Overlaps, match="Ada is on call for all of that time already"):
        override_shift(layer, people[0], at(1, 7), at(1, 8), user=people[1], now=NOW)


def test_a_layer_that_has_ended_is_refused(layer, people):
    layer.ended_at = at(1, 6)
    layer.save()
    with pytest.raises(WrongState, match="Primary has ended"):
        override_shift(layer, people[2], at(1, 7), at(1, 8), user=people[1], now=NOW)


def test_a_reader_may_not(layer, people):
    reader = make_user("dee")
    for change in (
        lambda: override_shift(layer, reader, at(1, 7), at(1, 8), user=reader, now=NOW),
        lambda: take_shift_now(layer, user=reader, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            change()


def test_an_override_that_lies_ahead_is_taken_back_and_stays_as_a_record(layer, people):
    ada, ben, cy = people
    row = override_shift(layer, cy, at(1, 7), at(1, 8), user=ben, now=NOW)
    cancel_override(row, user=ben, now=at(1, 6, 13))
    assert on_call(layer, at(1, 7)) == ada
    row.refresh_from_db()
    assert (row.cancelled_at, row.cancelled_by) == (at(1, 6, 13), ben)
    assert told(ada) == told(cy) == ["override", "override-cancelled"]


def test_an_override_under_way_ends_now_and_what_was_served_stays(layer, people):
    ada, ben, cy = people
    row = override_shift(layer, cy, at(1, 7), at(1, 8), user=ben, now=NOW)
    cancel_override(row, user=ben, now=at(1, 7, 15))
    assert in_force(layer) == [("Cy", at(1, 7), at(1, 7, 15))]
    assert [on_call(layer, at(1, 7, hour)) for hour in (14, 15)] == [cy, ada]
    rest = Override.objects.get(cancelled_at=at(1, 7, 15))
    assert (rest.during.lower, rest.during.upper, rest.cancelled_by) == (at(1, 7, 15), at(1, 8), ben)


@pytest.mark.parametrize("moment", [at(1, 8), at(1, 20)])
def test_what_is_over_can_not_be_taken_back(layer, people, moment):
    row = override_shift(layer, people[2], at(1, 7), at(1, 8), user=people[1], now=NOW)
    with pytest.raises(WrongState, match="That is over"):
        cancel_override(row, user=people[1], now=moment)


def test_nothing_is_taken_back_twice(layer, people):
    row = override_shift(layer, people[2], at(1, 7), at(1, 8), user=people[1], now=NOW)
    cancel_override(row, user=people[1], now=at(1, 6, 13))
    with pytest.raises(WrongState, match="taken back before"):
        cancel_override(row, user=people[1], now=at(1, 6, 14))


def test_the_time_is_free_again_for_another_override(layer, people):
    _, ben, cy = people
    row = override_shift(layer, cy, at(1, 7), at(1, 8), user=ben, now=NOW)
    cancel_override(row, user=ben, now=at(1, 6, 13))
    override_shift(layer, ben, at(1, 7), at(1, 8), user=ben, now=at(1, 6, 14))
    assert on_call(layer, at(1, 7)) == ben


def test_the_shift_is_taken_until_it_ends_and_whoever_is_relieved_is_told(layer, people):
    ada, _, cy = people
    row = take_shift_now(layer, user=cy, now=NOW)
    row.refresh_from_db()
    assert (row.during.lower, row.during.upper) == (NOW, at(1, 12))
    assert (told(ada), told(cy)) == (["override"], [])


def test_the_shift_is_taken_until_a_chosen_time(layer, people):
    ada, _, cy = people
    take_shift_now(layer, user=cy, now=NOW, until=at(1, 6, 18))
    assert [on_call(layer, at(1, 6, hour)) for hour in (11, 12, 17, 18)] == [ada, cy, cy, ada]


def test_taking_beyond_the_shift_relieves_the_next_one_too(layer, people):
    ada, ben, cy = people
    take_shift_now(layer, user=cy, now=NOW, until=at(1, 13))
    assert on_call(layer, at(1, 12, 12)) == cy
    assert told(ada) == told(ben) == ["override"]


def test_taking_from_somebody_who_stands_in_gives_them_the_rest_back(layer, people):
    _, ben, cy = people
    override_shift(layer, ben, at(1, 6, 12), at(1, 8), user=ben, now=NOW)
    take_shift_now(layer, user=cy, now=at(1, 6, 20), until=at(1, 7, 8))
    assert in_force(layer) == [
        ("Ben", at(1, 6, 12), at(1, 6, 20)),
        ("Cy", at(1, 6, 20), at(1, 7, 8)),
        ("Ben", at(1, 7, 8), at(1, 8)),
    ]


def test_what_was_taken_from_somebody_who_stood_in_is_theirs_again_when_it_is_given_back(layer, people):
    _, ben, cy = people
    override_shift(layer, ben, at(1, 6, 12), at(1, 8), user=ben, now=NOW)
    taken = take_shift_now(layer, user=cy, now=at(1, 6, 20))
    cancel_override(taken, user=cy, now=at(1, 6, 22))
    assert [on_call(layer, at(1, 6, hour)) for hour in (19, 21, 22)] == [ben, cy, ben]
    assert told(ben) == ["override", "override-cancelled"]


def test_a_later_override_is_in_the_way_of_taking_for_longer(layer, people):
    _, ben, cy = people
    override_shift(layer, ben, at(1, 7), at(1, 8), user=ben, now=NOW)
    with pytest.raises(Overlaps, match="Ben already stands in"):
        take_shift_now(layer, user=cy, now=NOW, until=at(1, 7, 12))


def test_one_can_not_take_from_oneself(layer, people):
    with pytest.raises(WrongState, match="You are on call in this layer already"):
        take_shift_now(layer, user=people[0], now=NOW)


def test_where_nobody_is_on_call_it_has_to_be_said_until_when(people):
    office = [([0, 1, 2, 3, 4], at(1, 1).time(), at(1, 1, 17).time())]
    layer = make_rotation(make_team("Harbour"), *people, windows=office).layers.get()
    with pytest.raises(Refused, match="Nobody is on call at the moment"):
        take_shift_now(layer, user=people[2], now=at(1, 6, 20))
    take_shift_now(layer, user=people[2], now=at(1, 6, 20), until=at(1, 6, 23))
    assert on_call(layer, at(1, 6, 22)) == people[2]


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_one_is_refused(layer, people):
    _, ben, cy = people
    answers, start = [], threading.Barrier(2)

    def put(person):
        start.wait()
        try:
            answers.append(override_shift(layer, person, at(1, 7), at(1, 8), user=person, now=NOW).person)
        except Overlaps as refusal:
            answers.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=put, args=(person,)) for person in (ben, cy)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Override.objects.count() == 1
    assert sorted("already stands in" in str(answer) for answer in answers) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_a_row_that_comes_past_the_lock_is_refused_by_the_database_in_the_same_words(layer, people):
    """Somebody writes a row by other means; it is not yet there when the service looks, and is when it writes."""
    written = threading.Event()

    def write():
        with transaction.atomic():
            Override.objects.create(layer=layer, person=people[1], during=(at(1, 7), at(1, 8)), created_at=NOW)
            written.set()
            wait_for_somebody_blocked()
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    written.wait(10)
    with pytest.raises(Overlaps, match="Another override of this layer covers part of that time"):
        override_shift(layer, people[2], at(1, 7), at(1, 8), user=people[2], now=NOW)
    thread.join()
    assert Override.objects.get().person == people[1]


def wait_for_somebody_blocked():
    """Until another connection waits for a lock; at the latest after some seconds."""
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
