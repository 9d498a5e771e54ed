"""The quick answer to who is on now and who is next is the same as the one that is looked up in all shifts."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oncall.rota import LayerPlan, TimedPlan, find_shifts
from oncall.rota.now import find_now_and_next
from tests.rota.rotations import START, ZONES, covers, moments, plans, windows

YEAR = dt.timedelta(days=365)


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_it_is_the_shift_of_the_moment_and_the_first_one_after_it(zone, data):
    old = data.draw(plans(zone, hours=st.lists(windows, max_size=2).map(tuple)))
    takes_over = data.draw(moments())
    layer = LayerPlan(
        (TimedPlan(START - YEAR, old), TimedPlan(takes_over, data.draw(plans(zone)))),
        data.draw(st.one_of(st.just(()), covers())),
        data.draw(moments(START + YEAR, START + 4 * YEAR)),
    )
    at = data.draw(moments())
    shifts = find_shifts(layer, at, at + YEAR)
    on = next((shift for shift in shifts if shift.span.start <= at < shift.span.end), None)
    coming = next((shift for shift in shifts if shift.span.start > at), None)
    assert find_now_and_next(layer, at) == (on, coming)
