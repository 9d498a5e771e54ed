"""Done in a row, left out, missed; what is owed and what is not."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks.upkeep.cadence import find_period
from runbooks.upkeep.streaks import Life, Streaks, find_streaks, is_owed, mark_last

MONDAY = dt.date(2026, 11, 16)
DAY = dt.timedelta(days=1)
STATES = {"x": "done", "-": "skipped"}
LONG_AGO = Life(dt.date(2020, 1, 1))


def ticks_of(line, today):
    """`x` done, `-` left out, `.` nothing; the last character is today's."""
    first = today - (len(line) - 1) * DAY
    return {first + i * DAY: STATES[mark] for i, mark in enumerate(line) if mark in STATES}


def streaks(line):
    life = Life(MONDAY - len(line) * DAY)
    return find_streaks("daily", life, ticks_of(line, MONDAY), MONDAY)


@pytest.mark.parametrize(
    ("line", "current", "longest"),
    [
        ("", 0, 0),
        (".", 0, 0),
        ("x", 1, 1),
        ("xxx.", 3, 3),  # the open period breaks nothing
        ("xxx.xx", 2, 3),
        ("xx-xx", 4, 4),  # left out: neither counts nor breaks
        ("---", 0, 0),
        ("xxxx..", 0, 4),
    ],
)
def test_streaks(line, current, longest):
    assert streaks(line) == Streaks(current, longest)


@settings(max_examples=60, deadline=None)
@given(st.text("x-.", max_size=40))
def test_a_streak_is_never_longer_than_what_was_done(line):
    found = streaks(line)
    assert 0 <= found.current <= found.longest <= line.count("x")


def test_the_period_in_which_a_task_begins_is_not_missed():
    life = Life(MONDAY + 2 * DAY)
    assert not is_owed(find_period("weekly", MONDAY), life)
    assert is_owed(find_period("weekly", MONDAY + 7 * DAY), life)
    assert not is_owed(find_period("daily", MONDAY + 2 * DAY), life)
    assert is_owed(find_period("daily", MONDAY + 3 * DAY), life)


def test_the_period_in_which_a_task_ends_is_not_missed():
    life = Life(dt.date(2020, 1, 1), MONDAY + 3 * DAY)
    assert is_owed(find_period("daily", MONDAY + 2 * DAY), life)
    assert not is_owed(find_period("daily", MONDAY + 3 * DAY), life)
    assert not is_owed(find_period("weekly", MONDAY), life)


def test_what_paused_was_not_missed_meanwhile_nor_in_the_period_in_which_it_came_back():
    life = Life(dt.date(2020, 1, 1), None, ((MONDAY, MONDAY + 3 * DAY),))
    owed = [is_owed(find_period("daily", MONDAY + n * DAY), life) for n in range(-1, 5)]
    assert owed == [True, False, False, False, True, True]


def test_marks_are_in_the_order_of_time_and_the_last_is_open():
    marks = mark_last("daily", LONG_AGO, ticks_of("x-..", MONDAY), MONDAY, 4)
    assert [mark.state for mark in marks] == ["done", "skipped", "missed", "open"]


def test_a_task_that_ended_is_not_open():
    marks = mark_last("weekly", Life(dt.date(2020, 1, 1), MONDAY), {}, MONDAY, 2)
    assert [mark.state for mark in marks] == ["missed", "none"]
