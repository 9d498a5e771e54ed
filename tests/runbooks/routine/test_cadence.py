"""Periods tile time, and have names for people."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks.upkeep.cadence import (
    CADENCES,
    find_period,
    find_period_before,
    list_last_periods,
    list_periods,
    name_period,
    shorten_period,
)

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2090, 12, 31))
KINDS = st.sampled_from(CADENCES)


@settings(max_examples=60)
@given(KINDS, DAYS)
def test_a_day_is_in_its_period_and_so_is_every_other_day_of_it(cadence, day):
    period = find_period(cadence, day)
    assert day in period
    assert find_period(cadence, period.start) == find_period(cadence, period.last_day) == period
    assert period.end not in period


@settings(max_examples=60)
@given(KINDS, DAYS, st.integers(0, 800))
def test_periods_follow_one_another_without_gap_or_overlap(cadence, since, days):
    until = since + dt.timedelta(days=days)
    found = list_periods(cadence, since, until)
    assert since in found[0]
    assert until in found[-1]
    assert all(one.end == other.start for one, other in pairwise(found))
    assert list_last_periods(cadence, until, len(found)) == found


@given(KINDS, DAYS)
def test_the_one_before_ends_where_this_one_begins(cadence, day):
    period = find_period(cadence, day)
    assert find_period_before(cadence, period).end == period.start


def test_there_is_no_period_between_a_day_and_one_before_it():
    assert list_periods("daily", dt.date(2026, 11, 2), dt.date(2026, 11, 1)) == []


@pytest.mark.parametrize(
    ("cadence", "day", "name", "short"),
    [
        ("daily", dt.date(2026, 11, 21), "Saturday 21 November", "Sat 21 Nov"),
        ("daily", dt.date(2025, 12, 31), "Wednesday 31 December 2025", "Wed 31 Dec 2025"),
        ("weekly", dt.date(2026, 11, 21), "Week 47, 16–22 November", "Week 47"),
        ("weekly", dt.date(2026, 12, 2), "Week 49, 30 November – 6 December", "Week 49"),
        ("weekly", dt.date(2027, 1, 2), "Week 53, 28 December – 3 January 2027", "Week 53"),
        ("weekly", dt.date(2025, 12, 30), "Week 1, 29 December 2025 – 4 January", "Week 1"),
        ("weekly", dt.date(2025, 6, 4), "Week 23, 2–8 June 2025", "Week 23 of 2025"),
        ("monthly", dt.date(2026, 11, 30), "November 2026", "Nov 2026"),
        ("quarterly", dt.date(2026, 11, 1), "Q4 2026", "Q4 2026"),
        ("quarterly", dt.date(2026, 3, 31), "Q1 2026", "Q1 2026"),
        ("annually", dt.date(2026, 3, 31), "2026", "2026"),
    ],
)
def test_periods_are_called_as_people_call_them(cadence, day, name, short):
    period = find_period(cadence, day)
    assert (name_period(cadence, period, 2026), shorten_period(cadence, period, 2026)) == (name, short)
