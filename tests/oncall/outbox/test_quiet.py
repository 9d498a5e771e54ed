"""Quiet hours end by the person's own clock, on nights with a change of clocks too."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall.models import QuietHours
from oncall.outbox.quiet import find_end_of_quiet

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def quiet(starts, ends):
    return QuietHours(starts_at=dt.time.fromisoformat(starts), ends_at=dt.time.fromisoformat(ends))


def at(text, zone=BERLIN):
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-06-01T21:59", "2026-06-01T21:59"),
        ("2026-06-01T22:00", "2026-06-02T07:00"),
        ("2026-06-02T03:00", "2026-06-02T07:00"),
        ("2026-06-02T06:59", "2026-06-02T07:00"),
        ("2026-06-02T07:00", "2026-06-02T07:00"),
    ],
)
def test_night_goes_across_midnight(now, end):
    assert find_end_of_quiet(quiet("22:00", "07:00"), at(now), BERLIN) == at(end)


def test_hours_within_a_day():
    assert find_end_of_quiet(quiet("12:00", "13:00"), at("2026-06-01T12:30"), BERLIN) == at("2026-06-01T13:00")
    assert find_end_of_quiet(quiet("12:00", "13:00"), at("2026-06-01T00:30"), BERLIN) == at("2026-06-01T00:30")


@pytest.mark.parametrize(
    ("now", "hours"),
    [("2026-03-28T23:00", 7), ("2026-10-24T23:00", 9)],  # the nights of 23 and of 25 hours
)
def test_morning_stays_where_the_clock_shows_it(now, hours):
    end = find_end_of_quiet(quiet("22:00", "07:00"), at(now), BERLIN)
    assert end.astimezone(BERLIN).time() == dt.time(7)
    assert end - at(now) == dt.timedelta(hours=hours)


def test_end_that_the_night_skips_is_the_jump():
    assert find_end_of_quiet(quiet("22:00", "02:30"), at("2026-03-29T01:30"), BERLIN) == at("2026-03-29T03:00")


def test_hours_that_the_night_skips_hold_back_nothing():
    now = at("2026-03-29T03:10")
    assert find_end_of_quiet(quiet("02:10", "02:50"), now, BERLIN) == now


@given(
    st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 12, 31), timezones=st.just(dt.UTC)),
    st.times(),
    st.times(),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"]),
)
def test_end_is_never_before_now_nor_quiet_nor_far(now, starts, ends, name):
    if starts == ends:
        return
    zone = zoneinfo.ZoneInfo(name)
    hours = QuietHours(starts_at=starts, ends_at=ends)
    end = find_end_of_quiet(hours, now, zone)
    assert now <= end <= now + dt.timedelta(hours=26)
    assert find_end_of_quiet(hours, end, zone) == end
