"""Nights on which the clocks change, hour by hour. London: forward 2026-03-29 at 01:00, back 2026-10-25 at 02:00."""

import datetime as dt
from itertools import pairwise

import pytest

from oncall.rota import (
    LayerPlan,
    TimedPlan,
    TurnPlan,
    UnknownZone,
    Window,
    find_shifts,
    find_skipped,
    to_utc,
    zone_named,
)

UTC = dt.UTC
LONDON = "Europe/London"
ADA, BEN, CY = 1, 2, 3
HOUR, DAY, WEEK = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(weeks=1)
EVERY_DAY = frozenset(range(7))


def layer(turn, anchor, *, people=(ADA, BEN), zone=LONDON, windows=()):
    start = dt.datetime(2020, 1, 1, tzinfo=UTC)
    return LayerPlan((TimedPlan(start, TurnPlan(people, anchor, turn, zone, windows)),))


def at(month, day, hour=0, minute=0, year=2026):
    return dt.datetime(year, month, day, hour, minute, tzinfo=UTC)


def lengths(layer, start, end):
    return [(shift.person, shift.span.length / HOUR) for shift in find_shifts(layer, start, end)]


def test_a_day_has_23_hours_when_the_clocks_go_forward():
    daily = layer(DAY, dt.datetime(2026, 3, 27, 9))
    assert lengths(daily, at(3, 27, 12), at(3, 29, 12)) == [(ADA, 24), (BEN, 23), (ADA, 24)]


def test_a_day_has_25_hours_when_the_clocks_go_back():
    daily = layer(DAY, dt.datetime(2026, 10, 23, 9))
    assert lengths(daily, at(10, 23, 12), at(10, 25, 12)) == [(ADA, 24), (BEN, 25), (ADA, 24)]


def test_a_weekly_hand_over_stays_at_nine_on_the_wall():
    weekly = layer(WEEK, dt.datetime(2026, 3, 23, 9))
    starts = [shift.span.start for shift in find_shifts(weekly, at(3, 23, 12), at(4, 6, 12))]
    assert starts == [at(3, 23, 9), at(3, 30, 8), at(4, 6, 8)]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", dt.datetime(2026, 3, 8), 23),
        ("America/New_York", dt.datetime(2026, 11, 1), 25),
        ("Australia/Lord_Howe", dt.datetime(2026, 4, 5), 24.5),
        ("Australia/Lord_Howe", dt.datetime(2026, 10, 4), 23.5),
        ("Antarctica/Troll", dt.datetime(2026, 3, 29), 22),
        ("Antarctica/Troll", dt.datetime(2026, 10, 25), 26),
        ("Africa/Casablanca", dt.datetime(2026, 2, 15), 25),
        ("Africa/Casablanca", dt.datetime(2026, 3, 22), 23),
        ("Asia/Kathmandu", dt.datetime(2026, 3, 29), 24),
        ("Pacific/Apia", dt.datetime(2026, 4, 5), 24),
        ("America/St_Johns", dt.datetime(2026, 3, 8), 23),
    ],
)
def test_the_length_of_a_day_from_midnight_to_midnight(zone, day, hours):
    daily = layer(DAY, day, zone=zone)
    noon = to_utc(day.replace(hour=12), zone_named(zone))
    assert lengths(daily, noon, noon + HOUR) == [(ADA, hours)]


def test_a_day_that_a_zone_leaves_out_is_nobody_s():
    """Samoa had no 30 December 2011: Ben's day is not there, and Cy follows Ada."""
    daily = layer(DAY, dt.datetime(2011, 12, 29), people=(ADA, BEN, CY), zone="Pacific/Apia")
    daily = LayerPlan((TimedPlan(at(1, 1, year=2011), daily.plans[0].plan),))
    found = lengths(daily, at(12, 29, 11, year=2011), at(12, 31, 9, year=2011))
    assert found == [(ADA, 24), (CY, 24)]


def test_hours_go_on_without_a_gap_through_the_hour_that_is_skipped():
    hourly = layer(HOUR, dt.datetime(2026, 3, 29, 0), people=(ADA, BEN, CY))
    assert lengths(hourly, at(3, 29, 0), at(3, 29, 3)) == [(ADA, 1), (CY, 1), (ADA, 1)]  # Ben's hour was skipped


def test_the_hour_that_comes_twice_is_one_turn():
    hourly = layer(HOUR, dt.datetime(2026, 10, 25, 0), people=(ADA, BEN, CY))
    assert lengths(hourly, at(10, 24, 23), at(10, 25, 3)) == [(ADA, 1), (BEN, 2), (CY, 1)]


def test_half_hours_of_the_doubled_hour_change_at_the_first_of_them():
    half_past = layer(HOUR, dt.datetime(2026, 10, 25, 0, 30))
    assert lengths(half_past, at(10, 25, 0), at(10, 25, 2)) == [(ADA, 1), (BEN, 2)]


def test_a_hand_over_that_is_skipped_happens_when_the_clocks_jump():
    daily = layer(DAY, dt.datetime(2026, 3, 28, 1, 30))
    starts = [shift.span.start for shift in find_shifts(daily, at(3, 28, 12), at(3, 30, 12))]
    assert starts == [at(3, 28, 1, 30), at(3, 29, 1), at(3, 30, 0, 30)]


def test_a_skipped_time_is_found_with_its_day():
    zone = zone_named(LONDON)
    assert find_skipped(dt.time(1, 30), zone, dt.date(2026, 1, 1), 365) == dt.date(2026, 3, 29)
    assert find_skipped(dt.time(2), zone, dt.date(2026, 1, 1), 365) is None


def test_a_night_is_an_hour_longer_or_shorter_in_hours_too():
    nights = (Window(EVERY_DAY, dt.time(22), dt.time(6)),)
    weekly = layer(WEEK, dt.datetime(2026, 3, 23, 12), windows=nights)
    assert lengths(weekly, at(3, 27, 12), at(3, 30, 6)) == [(ADA, 8), (ADA, 7), (ADA, 8)]
    assert lengths(weekly, at(10, 24, 12), at(10, 25, 12)) == [(ADA, 9)]


def test_hours_that_touch_leave_no_hole_on_the_night_of_a_change():
    halves = (Window(EVERY_DAY, dt.time(1, 30), dt.time(13)), Window(EVERY_DAY, dt.time(13), dt.time(1, 30)))
    daily = layer(DAY, dt.datetime(2026, 3, 1, 9), windows=halves)
    for first in (at(3, 28), at(10, 24)):
        shifts = find_shifts(daily, first, first + 3 * DAY)
        assert all(one.span.end == two.span.start for one, two in pairwise(shifts))


def test_a_weekend_is_two_whole_days_one_of_them_short():
    weekend = (Window(frozenset({5, 6}), dt.time(0), dt.time(0)),)
    weekly = layer(WEEK, dt.datetime(2026, 3, 23, 9), windows=weekend)
    assert lengths(weekly, at(3, 26), at(3, 30)) == [(ADA, 47)]


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "Europe", "/usr/share"])
def test_a_zone_that_does_not_exist_is_refused(name):
    with pytest.raises(UnknownZone):
        zone_named(name)
