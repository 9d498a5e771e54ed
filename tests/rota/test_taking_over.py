"""A plan that takes over at any moment: whoever begins is on from then on, and hand-overs keep weekday and time."""

import datetime as dt
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oncall.rota import find_skipped, to_wall, zone_named
from oncall.services.plans import PlanSpec, count_from
from tests.rota.rotations import ZONES, moments, times

units = st.one_of(
    st.tuples(st.just("weeks"), st.integers(1, 26)),
    st.tuples(st.just("days"), st.integers(1, 90)),
    st.tuples(st.just("hours"), st.integers(1, 336)),
)


@st.composite
def specs(draw, zone):
    unit, length = draw(units)
    people = draw(st.lists(st.integers(1, 9), min_size=1, max_size=6, unique=True))
    return PlanSpec(
        people=tuple(people),
        time_zone=zone,
        starts_on=dt.date(2026, 1, 1),
        turn_length=length,
        turn_unit=unit,
        weekday=draw(st.integers(0, 6)),
        handover_at=draw(times),
        first=draw(st.sampled_from([None, *people])),
    )


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_whoever_begins_is_on_and_the_others_follow_in_order(zone, data):
    spec, moment = data.draw(specs(zone)), data.draw(moments())
    plan = count_from(spec, moment).turn_plan()
    number = plan.number_at(moment)
    assert plan.person_of(number) == (spec.first or spec.people[0])
    assert tuple(plan.person_of(number + step) for step in range(len(spec.people))) == spec.order


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_hand_overs_keep_weekday_and_time(zone, data):
    spec, moment = data.draw(specs(zone)), data.draw(moments())
    there = zone_named(zone)
    plan = count_from(spec, moment).turn_plan()
    if spec.turn_unit == "hours":
        assert plan.anchor.time() == spec.handover_at
        return
    for _, span in islice(plan.turns(moment, moment + dt.timedelta(days=1500)), 1, 9):
        local = to_wall(span.start, there)
        if find_skipped(spec.handover_at, there, local.date(), 1) is None:
            assert local.time() == spec.handover_at
            assert spec.turn_unit == "days" or local.weekday() == spec.weekday


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_the_turn_that_is_on_began_no_longer_ago_than_one_turn(zone, data):
    spec, moment = data.draw(specs(zone)), data.draw(moments())
    plan = count_from(spec, moment).turn_plan()
    begins, ends = plan.starts(plan.number_at(moment)), plan.starts(plan.number_at(moment) + 1)
    assert begins <= moment < ends
