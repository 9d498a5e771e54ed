"""What holds for every rotation, in eight zones over two years: nobody twice, no gap that was not planned, the right turn."""

import datetime as dt
from bisect import bisect_right
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oncall.rota import LayerPlan, Span, TimedPlan, clip, find_shifts, find_skipped, merge, to_utc, to_wall, zone_named
from tests.rota.rotations import (
    END,
    START,
    YEARS,
    ZONES,
    anchors,
    covers,
    moments,
    plans,
    spans,
    whole_days,
    windows,
)

some = settings(max_examples=25, deadline=None)
every_zone = pytest.mark.parametrize("zone", ZONES)
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def layer_of(plan, **extra):
    return LayerPlan((TimedPlan(LONG_AGO, plan),), **extra)


def cut(shifts, start, end):
    """What of the shifts lies between those moments."""
    return [(shift.person, span) for shift in shifts if (span := clip(shift.span, start, end))]


@every_zone
@some
@given(data=st.data())
def test_around_the_clock_there_is_always_exactly_one(zone, data):
    shifts = find_shifts(layer_of(data.draw(plans(zone))), START, END)
    assert shifts[0].span.start <= START
    assert shifts[-1].span.end >= END
    for before, after in pairwise(shifts):
        assert before.span.end == after.span.start
        assert before.span.start < before.span.end


@every_zone
@some
@given(data=st.data())
def test_within_hours_there_is_exactly_one_and_outside_of_them_nobody(zone, data):
    plan = data.draw(plans(zone, hours=st.lists(windows, min_size=1, max_size=3).map(tuple)))
    layer = layer_of(plan)
    shifts = find_shifts(layer, START, END)
    assert all(before.span.end <= after.span.start for before, after in pairwise(shifts))
    covered = merge(cut for shift in shifts if (cut := clip(shift.span, *YEARS)))
    assert covered == merge(layer.open_hours(START, END))


@every_zone
@some
@given(data=st.data())
def test_turns_follow_the_list_from_the_anchor_on(zone, data):
    plan = data.draw(plans(zone, turn=whole_days))
    shifts = find_shifts(layer_of(plan), START, END)
    for shift in shifts:
        turn = (to_wall(shift.span.start, zone_named(zone)).date() - plan.anchor.date()) // plan.turn
        assert shift.person == plan.people[turn % len(plan.people)]


@every_zone
@some
@given(data=st.data())
def test_a_hand_over_keeps_its_time_on_the_wall(zone, data):
    plan = data.draw(plans(zone, turn=whole_days))
    at = plan.anchor.time()
    for shift in find_shifts(layer_of(plan), START, END):
        local = to_wall(shift.span.start, zone_named(zone))
        assert local.time() == at or find_skipped(at, zone_named(zone), local.date(), 1) == local.date()


@every_zone
@some
@given(data=st.data())
def test_a_turn_is_longer_or_shorter_by_what_the_clocks_change(zone, data):
    plan = data.draw(plans(zone, turn=whole_days))
    there = zone_named(zone)
    for shift in find_shifts(layer_of(plan), START, END):
        ends = [moment.astimezone(there) for moment in shift.span]
        if any(local.time() != plan.anchor.time() for local in ends):
            continue  # begins or ends at the jump of the clocks
        assert shift.span.length == plan.turn + ends[0].utcoffset() - ends[1].utcoffset()


@every_zone
@some
@given(data=st.data())
def test_the_same_shifts_come_out_whatever_time_is_asked_for(zone, data):
    plan = data.draw(plans(zone, hours=st.lists(windows, max_size=2).map(tuple)))
    layer = layer_of(plan, covers=data.draw(covers()))
    asked = data.draw(spans())
    all_of_them = find_shifts(layer, START, END)
    expected = [shift for shift in all_of_them if shift.span.start < asked.end and shift.span.end > asked.start]
    assert find_shifts(layer, *asked) == expected


@every_zone
@some
@given(data=st.data())
def test_a_cover_wins_exactly_for_its_time(zone, data):
    plan, found = data.draw(plans(zone)), data.draw(covers())
    planned = find_shifts(layer_of(plan), START, END)
    shifts = find_shifts(layer_of(plan, covers=found), START, END)
    assert all(before.span.end == after.span.start for before, after in pairwise(shifts))
    assert [(shift.person, shift.span) for shift in shifts if shift.cover is not None] == [
        (cover.person, cover.span) for cover in found
    ]
    starts = [whole.span.start for whole in planned]
    for shift in shifts:
        if shift.cover is None:
            whole = planned[bisect_right(starts, shift.span.start) - 1]
            assert (shift.person, shift.span) == (whole.person, clip(shift.span, *whole.span))


@every_zone
@some
@given(data=st.data())
def test_a_new_plan_takes_over_at_its_moment_and_changes_nothing_before(zone, data):
    old, new = data.draw(plans(zone)), data.draw(plans(zone))
    moment = data.draw(moments())
    both = LayerPlan((TimedPlan(LONG_AGO, old), TimedPlan(moment, new)))
    shifts = find_shifts(both, START, END)
    assert all(before.span.end == after.span.start for before, after in pairwise(shifts))
    assert cut(shifts, START, moment) == cut(find_shifts(layer_of(old), START, END), START, moment)
    assert cut(shifts, moment, END) == cut(find_shifts(layer_of(new), START, END), moment, END)


@every_zone
@some
@given(data=st.data())
def test_an_ended_layer_has_nobody_afterwards(zone, data):
    ended_at = data.draw(moments())
    layer = layer_of(data.draw(plans(zone)), covers=data.draw(covers()), ended_at=ended_at)
    assert all(shift.span.end <= ended_at for shift in find_shifts(layer, START, END))
    assert find_shifts(layer, ended_at, END) == []


@every_zone
@some
@given(first=anchors, second=anchors)
def test_a_later_time_on_the_wall_is_never_an_earlier_instant(zone, first, second):
    earlier, later = sorted([first, second])
    assert to_utc(earlier, zone_named(zone)) <= to_utc(later, zone_named(zone))


@every_zone
@some
@given(moment=moments())
def test_a_time_on_the_wall_leads_back_to_its_instant_or_to_the_first_of_two(zone, moment):
    there = zone_named(zone)
    back = to_utc(to_wall(moment, there), there)
    assert back == moment or (back < moment and to_wall(back, there) == to_wall(moment, there))


@every_zone
def test_nothing_is_asked_of_no_time(zone):
    layer = LayerPlan((), ended_at=END)
    assert find_shifts(layer, START, END) == []
    assert list(layer.open_hours(*Span(START, END))) == []
