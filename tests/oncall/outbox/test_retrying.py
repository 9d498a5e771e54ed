"""Pauses grow, differ from one delivery to the next, and come to an end."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall.models import Kind
from oncall.outbox.retrying import MAX_ATTEMPTS, MAX_PAGE_ATTEMPTS, find_pause, is_last, read_retry_after
from tests.factories import NOW


@pytest.mark.parametrize("kind", [Kind.SHIFT, Kind.PAGE])
def test_pauses_grow(kind):
    pauses = [find_pause(kind, attempts, 7) for attempts in range(1, 12)]
    assert pauses == sorted(pauses)


def test_page_waits_less():
    for attempts in range(1, 30):
        assert find_pause(Kind.PAGE, attempts, 7) <= find_pause(Kind.SHIFT, attempts, 7)
        assert find_pause(Kind.PAGE, attempts, 7) <= dt.timedelta(minutes=6)


def test_pause_of_the_same_delivery_is_the_same_and_others_differ():
    assert find_pause(Kind.SHIFT, 1, 7) == find_pause(Kind.SHIFT, 1, 7)
    assert len({find_pause(Kind.SHIFT, 1, number) for number in range(100)}) == 100


@given(st.integers(0, 10_000), st.integers(1, 2**62))
def test_pause_is_within_a_fifth_of_its_step(attempts, number):
    pause = find_pause(Kind.SHIFT, attempts, number).total_seconds()
    assert any(step <= pause <= step * 1.2 for step in (30, 60, 120, 300, 900, 1800, 3600))


def test_attempts_come_to_an_end():
    assert not is_last(Kind.SHIFT, MAX_ATTEMPTS - 1, dt.timedelta())
    assert is_last(Kind.SHIFT, MAX_ATTEMPTS, dt.timedelta())
    assert is_last(Kind.PAGE, MAX_PAGE_ATTEMPTS, dt.timedelta())


def test_old_news_are_tried_a_few_times_all_the_same():
    """Somebody sends again by hand what is a week old."""
    assert not is_last(Kind.SHIFT, 5, dt.timedelta(days=7))
    assert is_last(Kind.SHIFT, 6, dt.timedelta(days=7))


@given(st.text(max_size=60))
def test_no_retry_after_can_break_it(text):
    pause = read_retry_after(text, NOW)
    assert pause is None or dt.timedelta() <= pause <= dt.timedelta(days=1)
