"""What is said to be wrong with whom a path calls: levels in, sentences out."""

import dataclasses
import datetime as dt

from oncall.calling import Call, CalledLevel, Callee, Hole, find_problems

NOW = dt.datetime(2026, 11, 17, 3, 14, tzinfo=dt.UTC)
ADA = Callee("user:1", "person", "Ada", confirmed_at=NOW)
DESK = Callee("channel:1", "channel", "#desk", confirmed_at=NOW)


def level(label, *callees, minutes=15, holes=()):
    return CalledLevel(label, 0, minutes, calls=tuple(Call(callee) for callee in callees), holes=holes)


def find(*levels, zone="UTC"):
    return [(problem.code, problem.level, problem.tone) for problem in find_problems(levels, NOW, zone)]


def change(callee=ADA, **fields):
    return dataclasses.replace(callee, **fields)


def test_nothing_is_wrong_with_somebody_who_was_just_confirmed():
    assert find(level("L1", ADA, DESK)) == []


def test_a_single_minute_is_said_as_one():
    (problem,) = find_problems([level("L1", minutes=1), level("L2", ADA)], NOW)
    assert problem.text == "L1 reaches nobody, so 1 minute passes before L2 is called."


def test_the_worst_comes_first():
    gone = change(key="user:2", has_left=True)
    assert find(level("L1", change(confirmed_at=None)), level("L2", gone)) == [
        ("last-level", "L2", "danger"),
        ("left", "L2", "danger"),
        ("unconfirmed", "L1", "info"),
    ]


def test_a_hole_beside_a_channel_is_as_bad_as_nobody():
    hole = (Hole("Primary"),)
    assert find(level("L1", DESK, holes=hole)) == [("hole", "L1", "danger")]
    assert find(level("L1", ADA, holes=hole)) == [("hole", "L1", "warn")]


def test_a_confirmation_of_thirty_days_ago_still_counts():
    days = dt.timedelta(days=30)
    assert find(level("L1", change(confirmed_at=NOW - days))) == []
    assert find(level("L1", change(confirmed_at=NOW - days - dt.timedelta(minutes=1)))) == [
        ("unconfirmed", "L1", "info")
    ]


def test_leave_is_said_by_the_readers_clock():
    away = change(away_until=dt.datetime(2026, 11, 20, 18, tzinfo=dt.UTC))
    (problem,) = find_problems([level("L1", away)], NOW, "Pacific/Auckland")
    assert problem.text == "Ada is away until 21 Nov 2026, 07:00 NZDT."


def test_a_channel_may_be_told_by_every_level():
    assert find(level("L1", ADA, DESK), level("L2", change(key="user:2"), DESK)) == []


def test_a_channel_without_an_address_is_a_hint_where_somebody_is_called_too():
    deaf = change(DESK, is_reachable=False)
    assert find(level("L1", ADA, deaf)) == [("unreachable", "L1", "info")]
    assert find(level("L1", deaf)) == [("unreachable", "L1", "warn")]


def test_each_person_is_spoken_of_once():
    silent = change(is_reachable=False)
    assert find(level("L1", silent), level("L2", silent)) == [("unreachable", "L1", "warn"), ("twice", "L2", "warn")]
