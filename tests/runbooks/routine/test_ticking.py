"""Ticking, leaving out, taking back: who may, when, and what two people at once are told."""

import datetime as dt

import pytest

from accounts.errors import NotAllowed
from accounts.roles import APPROVER, READER
from oncall.models import Classification
from runbooks.errors import Refused, WrongStatus
from runbooks.models import RoutineTick
from runbooks.services import retire_runbook
from runbooks.services.routine import AlreadyTicked, tick_task, untick_task
from tests.at_once import at_once
from tests.factories import NOW, make_team, make_user
from tests.runbooks.routine.texts import DAY, get_task, join, make_people, make_routine

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    people = make_people()
    make_routine(team=people[0])
    return people


def test_a_tick_says_who_when_and_which_period(people):
    _, ada, _, _ = people
    tick = tick_task(get_task("Restore a backup"), user=ada, now=NOW, note="  took \n 12 min ")
    assert (tick.state, tick.period, tick.ticked_by, tick.ticked_at) == ("done", dt.date(2026, 11, 16), ada, NOW)
    assert tick.note == "took 12 min"


def test_anybody_with_the_right_who_may_see_the_runbook_may_tick(people):
    *_, cy = people
    assert tick_task(get_task(), user=cy, now=NOW).ticked_by == cy


def test_a_reader_may_not(people):
    dee = make_user("dee", role=READER)
    with pytest.raises(NotAllowed, match="tick routine tasks"):
        tick_task(get_task(), user=dee, now=NOW)
    with pytest.raises(NotAllowed):
        untick_task(get_task(), user=dee, now=NOW)


def test_a_confidential_task_is_none_for_strangers(people):
    team, ada, _, cy = people
    make_routine(
        "Vault",
        team=team,
        text="# V\n\n## Daily\n\n- [ ] Count the coins\n",
        classification=Classification.CONFIDENTIAL,
    )
    with pytest.raises(Refused, match="no such task"):
        tick_task(get_task("Count the coins"), user=cy, now=NOW)
    assert tick_task(get_task("Count the coins"), user=ada, now=NOW)


def test_leaving_out_needs_a_reason(people):
    _, ada, _, _ = people
    with pytest.raises(Refused, match="why"):
        tick_task(get_task(), user=ada, now=NOW, state="skipped", note="  ")
    tick = tick_task(get_task(), user=ada, now=NOW, state="skipped", note="The desk is closed")
    assert (tick.state, tick.note) == ("skipped", "The desk is closed")


@pytest.mark.parametrize(
    ("words", "match"),
    [
        ({"state": "perhaps"}, "either done or left out"),
        ({"note": "x" * 301}, "300 characters"),
        ({"note": "a\0b"}, "NUL"),
        ({"note": "password = " + "Wq9" + "zT4rLm8pXk2v"}, "credential"),
    ],
)
def test_words_that_cannot_be_kept_are_refused(people, words, match):
    with pytest.raises(Refused, match=match):
        tick_task(get_task(), user=people[1], now=NOW, **words)
    assert not RoutineTick.objects.exists()


def test_the_second_is_told_who_did_it(people):
    _, ada, ben, _ = people
    tick_task(get_task(), user=ada, now=NOW)
    with pytest.raises(AlreadyTicked, match="Ada did it already"):
        tick_task(get_task(), user=ben, now=NOW)
    with pytest.raises(AlreadyTicked, match="Ada did it already"):
        tick_task(get_task(), user=ben, now=NOW, state="skipped", note="No time")


def test_the_same_person_may_say_it_twice(people):
    _, ada, _, _ = people
    assert tick_task(get_task(), user=ada, now=NOW) == tick_task(get_task(), user=ada, now=NOW)


def test_a_new_period_is_open_again(people):
    _, ada, ben, _ = people
    tick_task(get_task(), user=ada, now=NOW)
    tick_task(get_task(), user=ben, now=NOW + DAY)
    assert RoutineTick.objects.count() == 2


def test_a_page_of_yesterday_ticks_nothing_today(people):
    _, ada, _, _ = people
    with pytest.raises(WrongStatus, match="“Monday 16 November” is not open any more"):
        tick_task(get_task(), user=ada, now=NOW, period=dt.date(2026, 11, 16))
    assert tick_task(get_task(), user=ada, now=NOW, period=dt.date(2026, 11, 17))


def test_the_author_and_the_team_may_take_it_back_and_nobody_else(people):
    _, _, ben, cy = people
    tick_task(get_task(), user=cy, now=NOW)
    dee = make_user("dee", role=APPROVER)
    with pytest.raises(NotAllowed, match="Only Cy"):
        untick_task(get_task(), user=dee, now=NOW)
    untick_task(get_task(), user=ben, now=NOW)
    tick_task(get_task(), user=cy, now=NOW)
    untick_task(get_task(), user=cy, now=NOW)
    untick_task(get_task(), user=cy, now=NOW)  # twice is no error
    assert not RoutineTick.objects.exists()


def test_the_runbooks_own_team_comes_before_the_services(people):
    _, ada, _, cy = people
    other = make_team("Keepers")
    dee = join(other, "dee")
    task = get_task()
    task.runbook.team = other
    task.runbook.save()
    tick_task(task, user=cy, now=NOW)
    with pytest.raises(NotAllowed):
        untick_task(task, user=ada, now=NOW)
    untick_task(task, user=dee, now=NOW)


def test_after_the_period_nothing_is_taken_back(people):
    _, ada, _, _ = people
    tick_task(get_task(), user=ada, now=NOW)
    with pytest.raises(WrongStatus, match="not open any more"):
        untick_task(get_task(), user=ada, now=NOW + DAY, period=NOW.date())
    untick_task(get_task(), user=ada, now=NOW + DAY)
    assert RoutineTick.objects.count() == 1


def test_what_is_no_task_any_more_is_not_ticked(people):
    task = get_task()
    retire_runbook(task.runbook, user=make_user("dee", role=APPROVER), now=NOW)
    with pytest.raises(WrongStatus, match="no routine task any more"):
        tick_task(task, user=people[1], now=NOW)


@pytest.mark.parametrize(
    ("zone", "at", "day"),
    [
        ("Pacific/Auckland", dt.datetime(2026, 11, 17, 10, 59, tzinfo=dt.UTC), dt.date(2026, 11, 17)),
        ("Pacific/Auckland", dt.datetime(2026, 11, 17, 11, 0, tzinfo=dt.UTC), dt.date(2026, 11, 18)),
        ("Europe/Oslo", dt.datetime(2026, 11, 17, 22, 59, tzinfo=dt.UTC), dt.date(2026, 11, 17)),
        ("Europe/Oslo", dt.datetime(2026, 11, 17, 23, 0, tzinfo=dt.UTC), dt.date(2026, 11, 18)),
        ("Europe/Oslo", dt.datetime(2026, 3, 29, 21, 59, tzinfo=dt.UTC), dt.date(2026, 3, 29)),  # summer time began
        ("Europe/Oslo", dt.datetime(2026, 3, 29, 22, 0, tzinfo=dt.UTC), dt.date(2026, 3, 30)),
        ("Europe/Oslo", dt.datetime(2026, 10, 25, 22, 59, tzinfo=dt.UTC), dt.date(2026, 10, 25)),  # and ended
        ("America/Santiago", dt.datetime(2026, 9, 6, 3, 59, tzinfo=dt.UTC), dt.date(2026, 9, 5)),  # a day without 00:00
        ("America/Santiago", dt.datetime(2026, 9, 6, 4, 0, tzinfo=dt.UTC), dt.date(2026, 9, 6)),
    ],
)
def test_a_day_ends_at_midnight_in_the_teams_zone_whoever_ticks(people, zone, at, day):
    team, ada, _, _ = people
    team.time_zone = zone
    team.save()
    assert tick_task(get_task(), user=ada, now=at).period == day


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_ticks_and_the_other_is_told():
    team, ada, ben, _ = make_people()
    make_routine(team=team)
    task = get_task()
    found = at_once(*(lambda user=user: tick_task(task, user=user, now=NOW) for user in (ada, ben)))
    assert sorted(type(one).__name__ for one in found) == ["AlreadyTicked", "RoutineTick"]
    assert RoutineTick.objects.count() == 1
