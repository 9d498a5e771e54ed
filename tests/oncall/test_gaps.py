"""Gaps: marked as meant, and told to the team once each."""

import datetime as dt

import pytest

from accounts.roles import EDITOR, RESPONDER
from oncall.errors import NotAllowed, Overlaps, Refused, WrongState
from oncall.models import Layer, Notification, PlannedGap, Rotation
from oncall.schedule import load_schedule
from oncall.services.covers import mark_gap, override_shift, report_gaps, unmark_gap
from tests.factories import make_rotation, make_team, make_user
from tests.oncall.covers import at

pytestmark = pytest.mark.django_db
NOW = at(1, 6, 9, 30)
WEEKEND = (at(1, 10, 0), at(1, 12, 0))


@pytest.fixture
def editor():
    return make_user("dee", role=EDITOR)


@pytest.fixture
def rotation(editor):
    """Somebody from Monday to Friday, nobody on weekends."""
    days = [([0, 1, 2, 3, 4], dt.time(0), dt.time(0))]
    ada = make_user("ada", role=RESPONDER)
    return make_rotation(make_team("Harbour", ada), ada, windows=days, handover_at=dt.time(0))


def gaps(rotation):
    until = at(1, 20)
    return [(*gap.span, gap.reason) for gap in load_schedule(rotation, NOW, until).gaps(NOW, until)]


def test_a_gap_that_is_meant_carries_its_reason(rotation, editor):
    mark_gap(rotation, 1, *WEEKEND, reason=" No  ships ", user=editor, now=NOW)
    assert gaps(rotation) == [(*WEEKEND, "No ships"), (at(1, 17, 0), at(1, 19, 0), "")]


def test_a_responder_may_not_mark_one(rotation, editor):
    mark = mark_gap(rotation, 1, *WEEKEND, reason="No ships", user=editor, now=NOW)
    responder = make_user("eve", role=RESPONDER)
    with pytest.raises(NotAllowed):
        mark_gap(rotation, 1, at(1, 17), at(1, 18), reason="x", user=responder, now=NOW)
    with pytest.raises(NotAllowed):
        unmark_gap(mark, user=responder, now=NOW)


@pytest.mark.parametrize(
    ("start", "end", "reason", "words"),
    [
        (*WEEKEND, "  ", "Say why"),
        (at(1, 12), at(1, 10), "x", "The end must come after the start"),
        (at(1, 3, 0), at(1, 5, 0), "x", "That is over already"),
        (at(1, 10), at(1, 12).replace(year=2027), "x", "longer than a year"),
        (at(1, 7), at(1, 8), "x", "There is no gap in that time"),
    ],
)
def test_what_can_not_be_meant_is_refused(rotation, editor, start, end, reason, words):
    with pytest.raises(Refused, match=words):
        mark_gap(rotation, 1, start, end, reason=reason, user=editor, now=NOW)


def test_nothing_is_marked_twice(rotation, editor):
    mark_gap(rotation, 1, *WEEKEND, reason="No ships", user=editor, now=NOW)
    with pytest.raises(Overlaps, match="marked as meant already"):
        mark_gap(rotation, 1, at(1, 11), at(1, 17, 5), reason="x", user=editor, now=NOW)


def test_a_mark_is_taken_back_and_of_one_under_way_the_past_stays(rotation, editor):
    mark = mark_gap(rotation, 1, *WEEKEND, reason="No ships", user=editor, now=NOW)
    unmark_gap(mark, user=editor, now=at(1, 11))
    mark = PlannedGap.objects.get()
    assert mark.during.upper == at(1, 11)
    with pytest.raises(WrongState, match="That gap is over"):
        unmark_gap(mark, user=editor, now=at(1, 12))
    later = mark_gap(rotation, 1, at(1, 17, 0), at(1, 19, 0), reason="No ships", user=editor, now=NOW)
    unmark_gap(later, user=editor, now=NOW)
    with pytest.raises(WrongState, match="taken back before"):
        unmark_gap(later, user=editor, now=NOW)


def test_the_team_is_told_of_the_gaps_of_two_weeks_in_one_message(rotation):
    assert report_gaps(NOW) == 2
    mail = Notification.objects.get()
    assert mail.subject == "Harbour · On call: 2 gaps in the next two weeks"
    assert "Sat 10 Jan, 00:00 – Mon 12 Jan 2026, 00:00 (Europe/Lisbon): nobody of “Answers first”" in mail.text
    assert mail.url == "/oncall/harbour/on-call/gaps/"


def test_each_gap_is_told_once_and_a_new_one_by_itself(rotation):
    report_gaps(NOW)
    assert report_gaps(NOW + dt.timedelta(minutes=30)) == 0
    assert report_gaps(NOW + dt.timedelta(days=1)) == 0
    assert report_gaps(NOW + dt.timedelta(days=5)) == 1
    last = Notification.objects.order_by("pk").last()
    assert "Sat 24 Jan" in last.text
    assert "Sat 17 Jan" not in last.text


def test_a_gap_under_way_is_still_the_same_gap(rotation):
    report_gaps(NOW)
    assert report_gaps(at(1, 10, 9, 30)) == 1  # the one of the 24th, which has come near
    assert "Sat 24 Jan, 00:00 – Mon 26 Jan 2026, 00:00" in Notification.objects.order_by("pk").last().text
    assert report_gaps(at(1, 11, 9, 30)) == 0


def test_gaps_that_are_meant_or_filled_are_not_told(rotation, editor):
    mark_gap(rotation, 1, *WEEKEND, reason="No ships", user=editor, now=NOW)
    layer = Layer.objects.get()
    override_shift(layer, editor, at(1, 17, 0), at(1, 19, 0), user=editor, now=NOW)
    assert report_gaps(NOW) == 0


def test_hours_that_nobody_expects_are_no_gaps(rotation):
    Rotation.objects.update(expects=Rotation.Expects.HOURS)
    assert report_gaps(NOW) == 0


@pytest.mark.parametrize(("hour", "expected"), [(8, 0), (9, 2), (11, 2), (12, 0), (23, 0)])
def test_it_is_told_in_the_morning_of_the_team(rotation, hour, expected):
    assert report_gaps(at(1, 6, hour, 30)) == expected


def test_the_morning_is_that_of_the_teams_own_zone(rotation):
    rotation.team.time_zone = "Asia/Tokyo"
    rotation.team.save()
    assert report_gaps(at(1, 6, 9, 30)) == 0
    assert report_gaps(at(1, 6, 0, 30)) == 2


def test_without_anybody_to_tell_it_is_told_once_somebody_is_there(rotation):
    rotation.team.memberships.all().delete()
    assert report_gaps(NOW) == 0
    rotation.team.memberships.create(user=make_user("eve"))
    assert report_gaps(NOW) == 2
