"""Which stage has come, and who stands on which rung: pure arithmetic of days."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.upkeep.stages import FIRST_STAGES, Seen, Watched, find_keys, find_rungs, find_stage

DUE = dt.date(2026, 3, 14)
DAY = dt.timedelta(days=1)
ADA, BEN, CY, LEE = 1, 2, 3, 4
NOTICED = dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC)
people = st.sets(st.integers(1, 6), max_size=4)


@pytest.mark.parametrize(
    ("days", "stage"),
    [
        (-40, None),
        (-15, None),
        (-14, -14),
        (-13, -14),
        (-1, -14),
        (0, 0),
        (6, 0),
        (7, 7),
        (13, 7),
        (14, 14),
        (400, 399),
    ],
)
def test_newest_stage_that_has_come(days, stage):
    assert find_stage(DUE, DUE + days * DAY) == stage


@pytest.mark.parametrize(("days", "stage"), [(-4, None), (-3, -3), (-1, -3), (0, 0), (7, 7)])
def test_task_is_announced_three_days_before(days, stage):
    assert find_stage(DUE, DUE + days * DAY, -3) == stage


@given(st.integers(-60, 900))
def test_stage_never_lies_ahead_and_holds_for_its_time_alone(days):
    stage = find_stage(DUE, DUE + days * DAY)
    if stage is None:
        assert days < -14
    else:
        assert stage <= days < stage + (14 if stage == -14 else 7)


@given(st.integers(-20, 400))
def test_stages_follow_each_other_day_by_day(days):
    before, after = (find_stage(DUE, DUE + number * DAY) for number in (days, days + 1))
    assert before is None or after >= before


@pytest.mark.parametrize(
    ("owner", "members", "leads", "absent", "rungs"),
    [
        (ADA, {BEN}, {LEE}, set(), [{ADA}, {BEN}, {LEE}]),
        (None, {BEN}, {LEE}, set(), [{BEN}, {LEE}]),
        (ADA, set(), set(), set(), [{ADA}]),
        (None, set(), set(), set(), []),
        (ADA, {ADA, BEN}, {LEE}, set(), [{ADA}, {BEN}, {LEE}]),
        (LEE, {BEN}, {LEE}, set(), [{LEE}, {BEN}]),
        (ADA, set(), {LEE}, set(), [{ADA}, {LEE}]),
        (ADA, {BEN, CY}, {LEE}, {BEN}, [{ADA}, {CY}, {LEE}]),
        (ADA, {BEN}, {LEE}, {BEN}, [{ADA}, {LEE}]),
        (ADA, {BEN}, {LEE}, {ADA}, [{ADA}, {BEN}, {LEE}]),  # owner again
        (None, {BEN}, set(), {BEN}, []),
    ],
)
def test_rungs(owner, members, leads, absent, rungs):
    assert list(find_rungs(owner, members, leads, absent)) == rungs


@given(st.none() | st.integers(1, 6), people, people, people)
def test_everybody_stands_on_one_rung_at_most(owner, members, leads, absent):
    rungs = find_rungs(owner, members, leads, absent)
    everybody = [person for rung in rungs for person in rung]
    assert len(everybody) == len(set(everybody))
    assert set(everybody) == ({owner} - {None}) | ((members | leads) - (absent - {owner}))
    assert all(rungs)


def watch(**fields):
    given = {"pk": 9, "due_on": DUE, "last_on": None, "rungs": find_rungs(ADA, {BEN}, {LEE})}
    return Watched(**(given | fields))


def hear(runbook, days):
    """What each of the three hears on that day, as the last part of the key."""
    return {
        name: [key.rpartition(":")[2] for key in find_keys(runbook, person, DUE + days * DAY)]
        for name, person in (("ada", ADA), ("ben", BEN), ("lee", LEE))
    }


@pytest.mark.parametrize(
    ("days", "ada", "ben", "lee"),
    [
        (-15, [], [], []),
        (-14, ["-14"], [], []),
        (0, ["0"], [], []),
        (6, ["0"], [], []),
        (7, ["7"], ["7"], []),
        (14, ["14"], ["14"], ["14"]),
        (30, ["28"], ["28"], ["28"]),
    ],
)
def test_owner_then_team_then_lead(days, ada, ben, lee):
    assert hear(watch(), days) == {"ada": ada, "ben": ben, "lee": lee}


def test_without_an_owner_the_ladder_begins_with_the_team():
    runbook = watch(rungs=find_rungs(None, {BEN}, {LEE}))
    assert hear(runbook, -14) == {"ada": [], "ben": ["-14"], "lee": []}
    assert hear(runbook, 7) == {"ada": [], "ben": ["7"], "lee": ["7"]}


def test_reviewed_within_the_two_weeks_before_it_is_not_announced():
    runbook = watch(last_on=DUE - 7 * DAY)
    assert hear(runbook, -5)["ada"] == []
    assert hear(runbook, 0)["ada"] == ["0"]


def test_reviewed_earlier_it_is_announced():
    assert hear(watch(last_on=DUE - 15 * DAY), -14)["ada"] == ["-14"]


def test_evidence_goes_to_the_lowest_rung_whatever_the_date():
    runbook = watch(due_on=None, evidence=(Seen(41, "flag", NOTICED),))
    assert hear(runbook, 0) == {"ada": ["41"], "ben": [], "lee": []}


def test_snoozed_calendar_is_silent_until_its_day():
    runbook = watch(snoozed_until=DUE + 3 * DAY, snoozed_at=NOTICED)
    assert hear(runbook, 2)["ada"] == []
    assert hear(runbook, 3)["ada"] == ["0"]


def test_snoozed_tells_what_happened_since():
    before, after = (Seen(pk, "flag", NOTICED + hours * dt.timedelta(hours=1)) for pk, hours in ((1, -1), (2, 1)))
    runbook = watch(evidence=(before, after), snoozed_until=DUE + 3 * DAY, snoozed_at=NOTICED)
    assert hear(runbook, 0)["ada"] == ["2"]
    assert hear(runbook, 3)["ada"] == ["0", "1", "2"]


@given(st.integers(-30, 200), people, people, st.none() | st.integers(1, 6))
def test_who_is_told_late_is_told_with_everybody_before(days, members, leads, owner):
    """A higher rung never hears of a stage that a lower one does not."""
    runbook = watch(rungs=find_rungs(owner, members, leads))
    heard = [{bool(find_keys(runbook, person, DUE + days * DAY)) for person in rung} for rung in runbook.rungs]
    assert all(len(one) == 1 for one in heard)
    flat = [one.pop() for one in heard]
    assert flat == sorted(flat, reverse=True)
    assert sum(flat) <= sum(first <= days for first in FIRST_STAGES)
