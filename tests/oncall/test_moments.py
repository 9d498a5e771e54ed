"""Moments in words."""

import datetime as dt

import pytest

from oncall.services.moments import say_both, say_day, say_moment, say_when

AT = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


def test_a_moment_is_said_with_its_zone():
    assert say_moment(AT, "Pacific/Auckland") == "Mon 23 Nov 2026, 22:00 (Pacific/Auckland)"


def test_two_zones_are_said_where_their_clocks_differ():
    assert say_both(AT, "Europe/Paris", "Europe/Oslo") == "Mon 23 Nov 2026, 10:00 (Europe/Paris)"
    assert say_both(AT, "UTC", "Europe/Oslo") == (
        "Mon 23 Nov 2026, 09:00 (UTC), which is Mon 23 Nov 2026, 10:00 (Europe/Oslo)"
    )


@pytest.mark.parametrize(
    ("now", "zone", "words"),
    [
        (AT - dt.timedelta(hours=1), "UTC", "today at 09:00 (UTC)"),
        (AT - dt.timedelta(hours=10), "UTC", "tomorrow at 09:00 (UTC)"),
        (AT - dt.timedelta(hours=10), "Pacific/Auckland", "today at 22:00 (Pacific/Auckland)"),
        (AT - dt.timedelta(days=2), "Europe/Lisbon", "on Monday 23 November at 09:00 (Europe/Lisbon)"),
    ],
)
def test_the_day_is_that_of_the_zone(now, zone, words):
    assert say_when(AT, now, zone) == words


def test_the_night_with_23_hours_is_still_tomorrow():
    at = dt.datetime(2026, 3, 29, 8, tzinfo=dt.UTC)
    assert say_when(at, at - dt.timedelta(hours=23), "Europe/Lisbon") == "tomorrow at 09:00 (Europe/Lisbon)"


def test_a_day_is_that_of_the_zone_too():
    assert say_day(dt.datetime(2026, 11, 23, 23, tzinfo=dt.UTC), "Asia/Tokyo") == "24 Nov 2026"
