"""Until acceptance the outgoing person stays responsible: from the opening of a handoff to its end, as the portal says it."""

import datetime as dt

import pytest

from handoffs.services.contract import give_back, lapse
from handoffs.services.reminding import remind_late
from oncall.calling import who_would_be_called
from oncall.models import Delivery
from oncall.pages.board import describe_board
from tests.factories import NOW, make_path, make_user
from tests.handoffs.contracts import accept_all, make_submitted, make_two

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
CHANGE = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)  # Monday, when Ben follows Ada
LATE = CHANGE + 15 * MINUTE


@pytest.fixture
def reader():
    return make_user("reader")


def named(reader, at):
    """Who stands on the board."""
    return [line.person.name for line in describe_board(reader, at).teams[0].lines if line.person]


def called(handoff, reader, at):
    path = make_path([handoff.rotation.layers.get()])
    return [call.callee.name for call in who_would_be_called(path, at, reader).levels[0].calls]


def test_as_soon_as_the_shift_changes_both_are_named_and_called(reader):
    handoff = make_two(changes_at=CHANGE)
    assert named(reader, CHANGE - MINUTE) == ["Ada"]
    assert named(reader, CHANGE) == ["Ada", "Ben"]
    assert called(handoff, reader, CHANGE) == ["Ada", "Ben"]


def test_submitting_changes_nothing_in_that(reader):
    handoff = make_submitted(changes_at=CHANGE)
    assert called(handoff, reader, CHANGE) == ["Ada", "Ben"]


def test_accepted_late_the_incoming_person_is_alone_from_then_on(reader):
    handoff = make_submitted(changes_at=CHANGE)
    accept_all(handoff, LATE)
    assert named(reader, LATE - MINUTE) == ["Ada", "Ben"]
    assert named(reader, LATE) == ["Ben"]
    assert called(handoff, reader, LATE) == ["Ben"]


def test_accepted_ahead_the_shift_changes_by_the_schedule(reader):
    handoff = make_submitted(changes_at=CHANGE)
    accept_all(handoff, CHANGE - 20 * MINUTE)
    assert named(reader, CHANGE - MINUTE) == ["Ada"]
    assert named(reader, CHANGE) == ["Ben"]


def test_returned_the_outgoing_person_stays(reader):
    handoff = make_submitted(changes_at=CHANGE)
    give_back(handoff, "The run is missing.", number=1, user=handoff.incoming, now=LATE)
    assert named(reader, LATE) == ["Ada", "Ben"]


def test_called_off_the_schedule_alone_counts(reader):
    handoff = make_submitted(changes_at=CHANGE)
    handoff.team.memberships.create(user=reader, is_lead=True)
    admin = make_user("root", is_superuser=True)
    lapse(handoff, "Wrong people.", user=admin, now=LATE)
    assert named(reader, LATE) == ["Ben"]


def test_reminders_that_wait_are_not_sent_after_acceptance():
    handoff = make_submitted(changes_at=CHANGE)
    remind_late(LATE)
    waiting = Delivery.objects.filter(status="waiting", notification__key__startswith="handoff-late:")
    assert waiting.exists()
    accept_all(handoff, LATE + MINUTE)
    assert not waiting.exists()
    assert remind_late(LATE + 30 * MINUTE) == 0


def test_a_handoff_opened_by_hand_at_any_time_counts_from_its_change(reader):
    make_two(changes_at=NOW + 5 * MINUTE)
    assert named(reader, NOW + 4 * MINUTE) == ["Ben"]
    assert named(reader, NOW + 5 * MINUTE) == ["Ada", "Ben"]
