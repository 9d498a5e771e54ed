"""Until when: the end of the next shift, tomorrow morning, on the nights on which the clocks change too."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest

from incidents.errors import BadTime
from incidents.services.watch_ends import End, find_end, find_shift_end
from tests.factories import NOW, make_rotation, make_team, make_user
from tests.incidents.watch.items import DAY, HOUR

pytestmark = pytest.mark.django_db
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


@pytest.fixture
def team():
    return make_team()


def test_four_hours_and_a_week_are_lengths(team):
    assert find_end(End.HOURS, team, "Europe/Berlin", NOW) == NOW + 4 * HOUR
    assert find_end(End.WEEK, team, "Europe/Berlin", NOW) == NOW + 7 * DAY


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        (dt.datetime(2026, 3, 28, 22, tzinfo=dt.UTC), dt.datetime(2026, 3, 29, 7, tzinfo=dt.UTC)),
        (dt.datetime(2026, 10, 24, 20, tzinfo=dt.UTC), dt.datetime(2026, 10, 25, 8, tzinfo=dt.UTC)),
        (dt.datetime(2026, 7, 1, 22, 30, tzinfo=dt.UTC), dt.datetime(2026, 7, 3, 7, tzinfo=dt.UTC)),
    ],
)
def test_tomorrow_at_nine_is_by_the_reader_s_clock_whatever_the_clocks_do(team, now, morning):
    found = find_end(End.TOMORROW, team, "Europe/Berlin", now)
    assert found == morning
    assert found.astimezone(BERLIN).hour == 9


def test_the_next_shift_is_the_one_after_the_running_one(team):
    ada, ben = make_user("ada"), make_user("ben")
    make_rotation(team, ada, ben)  # Mondays at 09:00 in the team's zone
    found = find_shift_end(team, NOW)  # a Tuesday
    assert found is not None
    local = found.astimezone(zoneinfo.ZoneInfo(team.time_zone))
    assert (local.date(), local.time()) == (dt.date(2026, 11, 30), dt.time(9))


def test_of_several_rotations_the_latest_counts(team):
    ada, ben = make_user("ada"), make_user("ben")
    make_rotation(team, ada, ben)
    make_rotation(team, ada, ben, name="Nights", anchor_on=dt.date(2026, 1, 7))  # Wednesdays
    found = find_end(End.SHIFT, team, "UTC", NOW)
    assert found.astimezone(zoneinfo.ZoneInfo(team.time_zone)).date() == dt.date(2026, 11, 30)


def test_a_team_without_shifts_is_told_so(team):
    with pytest.raises(BadTime, match="No shift of Harbour is planned"):
        find_end(End.SHIFT, team, "UTC", NOW)
