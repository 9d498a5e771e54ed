"""Handoffs open by themselves: in time, once for each change, and late rather than never."""

import datetime as dt
import threading

import pytest
from django.db import connection, connections

from accounts.roles import RESPONDER
from handoffs.models import Handoff, OpeningSweep, Policy, State
from handoffs.services.changes import open_due
from handoffs.services.events import record
from oncall.models import HeldShift, Notification
from tests.factories import add_layer, make_rotation, make_team, make_user
from tests.handoffs.rotas import at, cover

pytestmark = pytest.mark.django_db
CHANGE = at("2026-11-23 09:00")
MINUTE = dt.timedelta(minutes=1)
OFFICE = ([0, 1, 2, 3, 4], dt.time(9), dt.time(17))


def before(minutes):
    return CHANGE - minutes * MINUTE


@pytest.fixture
def people(db):
    return [make_user(name, role=RESPONDER) for name in ("ada", "ben", "cy")]


@pytest.fixture
def rotation(people):
    """Ben hands over to Ada on Monday 23 November at 09:00 in Lisbon."""
    return make_rotation(make_team("Harbour", *people), *people[:2])


def test_it_opens_an_hour_before_the_change_and_not_sooner(rotation):
    assert open_due(before(61)) == 0
    assert open_due(before(60)) == 1
    handoff = Handoff.objects.get()
    assert (str(handoff.outgoing), str(handoff.incoming)) == ("Ben", "Ada")
    assert (handoff.shift_starts_at, handoff.changes_at) == (at("2026-11-16 09:00"), CHANGE)
    assert (handoff.state, handoff.opened_by, handoff.opened_at) == (State.DRAFT, None, before(60))
    assert handoff.ticks.count() == 5


def test_both_people_and_the_backup_are_told_once(rotation, people):
    add_layer(rotation, people[2])
    for minutes in (60, 59, 58):
        open_due(before(minutes))
    assert sorted(str(row.person) for row in Notification.objects.all()) == ["Ada", "Ben", "Cy"]


def test_the_outgoing_person_is_written_down_as_responsible_from_the_change_on(rotation, people):
    open_due(before(60))
    held = HeldShift.objects.get()
    assert (held.person, held.successor, held.held_from) == (people[1], people[0], CHANGE)
    assert held.url == Handoff.objects.get().get_absolute_url()


def test_the_notice_of_the_policy_counts(rotation):
    Policy.objects.create(rotation=rotation, open_before=10)
    assert open_due(before(11)) == 0
    assert open_due(before(10)) == 1


def test_a_rotation_that_is_opened_by_hand_is_left_alone(rotation):
    Policy.objects.create(rotation=rotation, is_automatic=False)
    assert open_due(before(30)) == 0


def test_office_hours_open_before_the_last_day_ends(people):
    rotation = make_rotation(make_team("Harbour", *people), *people[:2], windows=[OFFICE])
    rotation.expects = rotation.Expects.HOURS
    rotation.save()
    assert open_due(at("2026-11-20 15:59")) == 0
    assert open_due(at("2026-11-20 16:00")) == 1
    handoff = Handoff.objects.get()
    assert (handoff.shift_ends_at, handoff.changes_at) == (at("2026-11-20 17:00"), CHANGE)
    assert open_due(at("2026-11-23 08:30")) == 0


def test_one_person_alone_gets_no_handoff(people):
    make_rotation(make_team("Harbour", *people), people[0])
    assert open_due(before(30)) == 0


def test_rotations_without_people_and_ended_ones_are_skipped(rotation, people):
    make_rotation(rotation.team, name="Empty")
    rotation.ended_at = before(600)
    rotation.save()
    assert open_due(before(30)) == 0


def test_what_fell_due_while_no_worker_ran_is_opened_afterwards(rotation):
    open_due(before(300))
    assert open_due(CHANGE + dt.timedelta(hours=5)) == 1
    assert open_due(CHANGE + dt.timedelta(hours=6)) == 0


def test_what_is_over_for_more_than_a_day_is_not_opened_any_more(rotation):
    open_due(before(300))
    assert open_due(CHANGE + dt.timedelta(hours=25)) == 0


def test_the_first_sweep_ever_does_not_look_back(rotation):
    assert open_due(CHANGE + MINUTE) == 0
    assert OpeningSweep.objects.get().looked_until == CHANGE + MINUTE


def test_a_clock_that_was_put_back_opens_nothing_twice(rotation):
    assert open_due(before(30)) == 1
    assert open_due(before(90)) == 0
    assert open_due(before(20)) == 0


def test_a_clock_that_ran_ahead_hides_no_change(rotation):
    OpeningSweep.objects.create(looked_until=CHANGE + dt.timedelta(days=400))
    assert open_due(before(30)) == 1


def test_an_override_agreed_upon_at_short_notice_is_handed_over_too(rotation, people):
    open_due(before(3000))
    start = before(2990) + dt.timedelta(seconds=12)
    cover(rotation.layers.get(), people[2], start, start + dt.timedelta(hours=4))
    assert open_due(before(2989)) == 1
    assert Handoff.objects.get().changes_at == start


def test_one_that_somebody_called_off_is_not_opened_again(rotation, people):
    open_due(before(60))
    handoff = Handoff.objects.get()
    Handoff.objects.update(state=State.LAPSED, lapse_reason="Not needed")
    record(handoff, "lapsed", "called it off", person=people[0], now=before(59))
    assert open_due(before(58)) == 0


def test_one_that_lapsed_with_the_schedule_is_opened_again_when_the_change_is_back(rotation):
    open_due(before(60))
    handoff = Handoff.objects.get()
    Handoff.objects.update(state=State.LAPSED, lapse_reason="The schedule changed")
    record(handoff, "lapsed", "the schedule changed", person=None, now=before(59))
    assert open_due(before(58)) == 1


def test_a_change_before_one_that_was_accepted_needs_no_handoff(rotation, people):
    open_due(before(300))
    OpeningSweep.objects.update(looked_until=before(90))
    later = open_later(rotation, people)
    Handoff.objects.filter(pk=later.pk).update(state=State.ACCEPTED, accepted_at=CHANGE, submitted_at=CHANGE, round=1)
    assert open_due(CHANGE + 30 * MINUTE) == 0


def open_later(rotation, people):
    return Handoff.objects.create(
        rotation=rotation, team=rotation.team, outgoing=people[1], incoming=people[0], shift_starts_at=CHANGE,
        shift_ends_at=CHANGE + MINUTE, changes_at=CHANGE + MINUTE, since=CHANGE, opened_at=CHANGE,
    )  # fmt: skip


def test_a_gap_after_the_shift_is_named_in_its_history(people):
    rotation = make_rotation(make_team("Harbour", *people), *people[:2], windows=[OFFICE])
    assert rotation.expects == "always"
    assert open_due(at("2026-11-20 16:30")) == 1
    texts = [event.text for event in Handoff.objects.get().events.all()]
    assert texts[1].startswith("Nobody is on call after this shift: Fri 20 Nov, 17:00 – Mon 23 Nov 2026, 09:00")


def test_a_rotation_that_fails_keeps_no_other_from_its_handoff_and_is_tried_again(rotation, people, caplog):
    other = make_rotation(rotation.team, *people[:2], name="Second")
    with connection.cursor() as cursor:  # the far edge: the database refuses rows of the first rotation
        cursor.execute(
            f"ALTER TABLE handoffs_handoff ADD CONSTRAINT refuse_one CHECK (rotation_id <> {rotation.pk}) NOT VALID"
        )
    assert open_due(before(30)) == 1
    assert Handoff.objects.get().rotation == other
    assert OpeningSweep.objects.get().looked_until < CHANGE
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else what waits for the commit keeps the table as it is
        cursor.execute("ALTER TABLE handoffs_handoff DROP CONSTRAINT refuse_one")
    assert open_due(CHANGE + 30 * MINUTE) == 1


def test_looking_costs_the_same_for_two_rotations_and_for_twenty(rotation, people, django_assert_num_queries):
    open_due(before(300))
    with django_assert_num_queries(11) as few:
        open_due(before(299))
    for number in range(20):
        make_rotation(rotation.team, *people[:2], name=f"Rotation {number}")
    with django_assert_num_queries(len(few)):
        open_due(before(298))


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_open_one():
    people = [make_user(name, role=RESPONDER) for name in ("ada", "ben")]
    make_rotation(make_team("Harbour", *people), *people)
    opened, start = [], threading.Barrier(2)

    def work():
        start.wait()
        try:
            opened.append(open_due(before(30)))
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(opened) == [0, 1]
    assert Handoff.objects.count() == 1
    assert Notification.objects.count() == 2
