"""Hours, night hours and weekend hours, also where the clocks change."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall.rota import Span, UnknownZone, to_utc, zone_named
from oncall.rota.hours import tally

LISBON = "Europe/Lisbon"
ZONES = ("UTC", LISBON, "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Chatham")


def span(first, last, zone=LISBON):
    """From one time on the wall to another, as `2026-01-05 09:00`."""
    wall = zone_named(zone)
    return Span(to_utc(dt.datetime.fromisoformat(first), wall), to_utc(dt.datetime.fromisoformat(last), wall))


def hours(*spans, zone=LISBON):
    found = tally(spans, zone)
    return tuple(part / dt.timedelta(hours=1) for part in (found.total, found.nights, found.weekends))


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-01-05 09:00", "2026-01-05 17:00", (8, 0, 0)),
        ("2026-01-05 09:00", "2026-01-06 09:00", (24, 9, 0)),
        ("2026-01-05 23:00", "2026-01-06 01:30", (2.5, 2.5, 0)),
        ("2026-01-05 06:00", "2026-01-05 08:00", (2, 1, 0)),
        ("2026-01-09 20:00", "2026-01-10 08:00", (12, 9, 8)),
        ("2026-01-10 00:00", "2026-01-12 00:00", (48, 18, 48)),
        ("2026-01-11 22:00", "2026-01-12 07:00", (9, 9, 2)),
        ("2026-01-05 09:00", "2026-01-12 09:00", (168, 63, 48)),
    ],
)
def test_hours_nights_and_weekends_are_counted_apart(first, last, expected):
    assert hours(span(first, last)) == expected


def test_the_night_in_which_an_hour_is_skipped_has_eight():
    assert hours(span("2026-03-28 22:00", "2026-03-29 07:00")) == (8, 8, 8)


def test_the_night_in_which_an_hour_comes_twice_has_ten():
    assert hours(span("2026-10-24 22:00", "2026-10-25 07:00")) == (10, 10, 10)


def test_nights_are_those_of_the_persons_own_zone():
    working_day = span("2026-01-05 09:00", "2026-01-05 17:00")
    assert hours(working_day, zone="Pacific/Auckland") == (8, 8, 0)


def test_a_weekend_begins_where_the_person_is():
    friday_evening = span("2026-01-09 20:00", "2026-01-09 22:00")
    assert hours(friday_evening, zone="Asia/Tokyo") == (2, 2, 2)


def test_time_that_overlaps_counts_once():
    assert hours(span("2026-01-05 09:00", "2026-01-05 12:00"), span("2026-01-05 11:00", "2026-01-05 13:00")) == (
        4,
        0,
        0,
    )


def test_nothing_is_nothing():
    assert hours() == (0, 0, 0)


def test_a_zone_that_does_not_exist_is_said():
    with pytest.raises(UnknownZone):
        tally([span("2026-01-05 09:00", "2026-01-05 12:00")], "Mars/Olympus")


@given(
    start=st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 12, 31), timezones=st.just(dt.UTC)),
    minutes=st.integers(2, 30 * 24 * 60),
    cut=st.floats(0.01, 0.99),
    zone=st.sampled_from(ZONES),
)
def test_two_halves_have_together_what_the_whole_has(start, minutes, cut, zone):
    end = start + dt.timedelta(minutes=minutes)
    middle = start + dt.timedelta(minutes=int(minutes * cut))
    whole, one, two = (tally([part], zone) for part in (Span(start, end), Span(start, middle), Span(middle, end)))
    assert whole.total == end - start == one.total + two.total
    assert whole.nights == one.nights + two.nights <= whole.total
    assert whole.weekends == one.weekends + two.weekends <= whole.total
