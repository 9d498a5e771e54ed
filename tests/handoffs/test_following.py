"""A handoff that is being written follows the schedule."""

import datetime as dt

import pytest

from accounts.roles import RESPONDER
from handoffs.models import Handoff, State, Tick
from handoffs.services.changes import follow_open, follow_schedule, open_by_hand, open_due
from oncall.models import HeldShift, Notification
from tests.factories import add_layer, make_rotation, make_team, make_user, reload_user
from tests.handoffs.rotas import at, cover

pytestmark = pytest.mark.django_db
CHANGE = at("2026-11-23 09:00")
MINUTE = dt.timedelta(minutes=1)
HOUR = 60 * MINUTE
OPENED, LATER = CHANGE - 60 * MINUTE, CHANGE - 50 * MINUTE


@pytest.fixture
def people(db):
    return [make_user(name, role=RESPONDER) for name in ("ada", "ben", "cy", "dan")]


@pytest.fixture
def rotation(people):
    """Ben hands over to Ada on Monday 23 November at 09:00 in Lisbon; Cy and Dan stand by in turns."""
    rotation = make_rotation(make_team("Harbour", *people), *people[:2])
    add_layer(rotation, people[2])
    return rotation


@pytest.fixture
def handoff(rotation):
    open_due(OPENED)
    return Handoff.objects.get()


def layer(rotation, name="Primary"):
    return rotation.layers.get(name=name)


def texts(handoff):
    return [event.text for event in handoff.events.all()]


def test_nothing_happens_while_the_schedule_stays(handoff):
    assert follow_open(LATER) == 0
    assert Handoff.objects.get().revision == handoff.revision


def test_a_swap_changes_who_takes_over(handoff, rotation, people):
    cover(layer(rotation), people[3], CHANGE, CHANGE + 24 * HOUR)
    assert follow_open(LATER) == 1
    handoff.refresh_from_db()
    assert (handoff.incoming, handoff.next_ends_at) == (people[3], CHANGE + 24 * HOUR)
    assert texts(handoff)[-1] == "Incoming is now Dan, as the schedule changed"
    assert HeldShift.objects.get().successor == people[3]


def test_everybody_concerned_is_told_of_it_once(handoff, rotation, people):
    Notification.objects.all().delete()
    cover(layer(rotation), people[3], CHANGE, CHANGE + 24 * HOUR)
    follow_open(LATER)
    follow_open(LATER + MINUTE)
    told = Notification.objects.all()
    assert sorted(str(row.person) for row in told) == ["Ada", "Ben", "Cy", "Dan"]
    assert "Incoming is now Dan" in told[0].text
    assert "Mon 23 Nov 2026, 09:00 (UTC)" in told[0].text


def test_another_backup_is_followed(handoff, rotation, people):
    cover(layer(rotation, "Backup"), people[3], CHANGE - HOUR, CHANGE + HOUR)
    follow_open(LATER)
    handoff.refresh_from_db()
    assert handoff.backup == people[3]
    assert texts(handoff)[-1] == "Backup is now Dan, as the schedule changed"


def test_a_shift_that_goes_on_for_two_hours_moves_the_change(handoff, rotation, people):
    cover(layer(rotation), people[1], CHANGE, CHANGE + 2 * HOUR)
    follow_open(LATER)
    handoff.refresh_from_db()
    assert (handoff.shift_ends_at, handoff.changes_at) == (CHANGE + 2 * HOUR, CHANGE + 2 * HOUR)
    assert texts(handoff)[-1].startswith("The shift changes Mon 23 Nov 2026, 11:00 (Europe/Lisbon)")
    held = HeldShift.objects.get()
    assert (held.person, held.held_from, held.released_at) == (people[1], CHANGE + 2 * HOUR, None)
    assert open_due(LATER + MINUTE) == 0


def test_somebody_who_takes_the_rest_of_the_shift_takes_it_over_from_then_on(handoff, rotation, people):
    start = LATER + 5 * MINUTE
    cover(layer(rotation), people[3], start, CHANGE)
    follow_open(LATER)
    handoff.refresh_from_db()
    assert (handoff.outgoing, handoff.incoming, handoff.changes_at) == (people[1], people[3], start)
    assert open_due(LATER + MINUTE) == 1
    other = Handoff.objects.exclude(pk=handoff.pk).get()
    assert (other.outgoing, other.incoming, other.changes_at) == (people[3], people[0], CHANGE)


def test_it_lapses_when_the_same_person_goes_on(handoff, rotation, people):
    cover(layer(rotation), people[1], CHANGE, CHANGE + 7 * 24 * HOUR)
    follow_open(LATER)
    handoff.refresh_from_db()
    assert handoff.state == State.LAPSED
    assert handoff.lapse_reason == "As the schedule changed, Ben goes on, and there is no change of shift."
    assert not HeldShift.objects.holding(CHANGE + HOUR).exists()
    assert "has lapsed" in Notification.objects.filter(person=people[0]).order_by("pk").last().text


def test_one_that_somebody_has_written_into_stays_and_says_so_once(handoff, rotation, people):
    Tick.objects.filter(handoff=handoff, position=1).update(done_by=people[1], done_at=OPENED)
    cover(layer(rotation), people[1], CHANGE, CHANGE + 7 * 24 * HOUR)
    assert [follow_schedule(handoff, LATER), follow_schedule(handoff, LATER + MINUTE)] == [True, False]
    handoff.refresh_from_db()
    assert handoff.state == State.DRAFT
    assert texts(handoff)[-1] == "As the schedule changed, Ben goes on, and there is no change of shift"


def test_a_change_that_comes_back_is_opened_again(handoff, rotation, people):
    row = cover(layer(rotation), people[1], CHANGE, CHANGE + 7 * 24 * HOUR)
    follow_open(LATER)
    row.delete()
    assert open_due(LATER + MINUTE) == 1
    assert HeldShift.objects.holding(CHANGE).get().person == people[1]


def test_what_is_chosen_by_hand_does_not_follow(handoff, rotation, people):
    cover(layer(rotation), people[3], CHANGE, CHANGE + 24 * HOUR)
    Handoff.objects.update(follows_schedule=False)
    assert follow_open(LATER) == 0
    assert follow_schedule(handoff, LATER) is False


def test_what_was_signed_for_somebody_else_is_to_be_signed_again(handoff, rotation, people):
    Handoff.objects.update(state=State.SUBMITTED, submitted_at=LATER, round=1)
    assert follow_open(LATER) == 0
    cover(layer(rotation), people[3], CHANGE, CHANGE + 24 * HOUR)
    assert follow_open(LATER) == 1
    handoff.refresh_from_db()
    assert (handoff.state, handoff.incoming) == (State.RETURNED, people[3])
    assert "to be signed again: Incoming is now Dan" in texts(handoff)[-2]


def test_another_backup_takes_nothing_back_that_was_signed(handoff, rotation, people):
    Handoff.objects.update(state=State.SUBMITTED, submitted_at=LATER, round=1)
    cover(layer(rotation, "Backup"), people[3], CHANGE, CHANGE + 24 * HOUR)
    assert follow_open(LATER) == 0


def test_a_returned_one_follows(handoff, rotation, people):
    Handoff.objects.update(state=State.RETURNED, submitted_at=LATER, round=1)
    cover(layer(rotation), people[3], CHANGE, CHANGE + 24 * HOUR)
    assert follow_schedule(handoff, LATER) is True
    assert Handoff.objects.get().incoming == people[3]


def test_nothing_follows_once_the_shift_has_changed(handoff, rotation, people):
    cover(layer(rotation), people[3], CHANGE, CHANGE + 24 * HOUR)
    assert follow_open(CHANGE + MINUTE) == 0


def test_a_change_of_the_next_shift_s_end_is_written_without_a_message(handoff, rotation, people):
    count = Notification.objects.count()
    cover(layer(rotation), people[3], CHANGE + 24 * HOUR, CHANGE + 48 * HOUR)
    follow_open(LATER)
    handoff.refresh_from_db()
    assert handoff.next_ends_at == CHANGE + 24 * HOUR
    assert Notification.objects.count() == count
    assert len(texts(handoff)) == 1


def test_one_that_was_opened_early_begins_after_somebody_stood_in(rotation, people):
    early = CHANGE - 72 * HOUR
    handoff = open_by_hand(rotation, user=reload_user(people[0]), now=early)
    cover(layer(rotation), people[3], early + HOUR, early + 2 * HOUR)
    follow_open(early + HOUR / 2)
    handoff.refresh_from_db()
    assert (handoff.shift_starts_at, handoff.changes_at) == (early + 2 * HOUR, CHANGE)
    revision = handoff.revision
    follow_open(early + 3 * HOUR)
    assert Handoff.objects.get(pk=handoff.pk).revision == revision


def test_looking_costs_the_same_for_two_and_for_ten(rotation, people, django_assert_num_queries):
    open_due(OPENED)
    with django_assert_num_queries(8) as few:
        follow_open(LATER)
    for number in range(9):
        make_rotation(rotation.team, *people[:2], name=f"Rotation {number}")
    open_due(OPENED + MINUTE)
    with django_assert_num_queries(len(few)):
        follow_open(LATER)
