"""Routine tasks in a handoff. It is Tuesday, 17 November; the shift began a week ago and ends now, the next one on the 24th."""

import datetime as dt

import pytest

from handoffs.sections.routine import find_routine
from oncall.models import Classification
from runbooks.models import RoutineTask, Runbook
from runbooks.services.routine import tick_task
from tests.factories import NOW, make_service
from tests.handoffs.sections.making import EVIL
from tests.runbooks.routine.texts import DAY, get_task, make_routine, tick_on

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
ONE = "# Desk\n\n## {0} checks\n\n- [ ] Look at the winch\n"


def make_one(pier, cadence="Daily", *, since=TODAY, **extra):
    """One task that was ticked on every day before the shift began, by being new."""
    runbook = make_routine("Winch", text=ONE.format(cadence), service=extra.pop("service", pier.desk), **extra)
    RoutineTask.objects.update(started_on=since)
    return runbook


def test_what_is_open_until_the_coming_shift_ends_is_told_with_its_end(pier):
    make_one(pier)
    entry = pier.only(find_routine)
    assert (entry.title, entry.tag, entry.tone) == ("Look at the winch", "Open", "amber")
    assert entry.facts == ("daily", "Winch", "Ticket desk", "Tue 17 Nov is open")
    assert entry.times == (("open until", "2026-11-18T00:00:00+00:00"),)
    assert entry.url == get_task("Look at the winch").get_absolute_url()


def test_what_ends_after_the_coming_shift_is_not_told(pier):
    make_one(pier, "Monthly")
    assert pier.find(find_routine) == []
    pier.handoff.next_ends_at = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    assert pier.only(find_routine).facts[-1] == "Nov 2026 is open"


def test_what_was_missed_in_the_shift_comes_first(pier):
    make_one(pier, since=TODAY - 4 * DAY)
    tick_on(get_task("Look at the winch"), TODAY - 2 * DAY, pier.ada)
    make_routine("New", text="# N\n\n## Daily\n\n- [ ] Sweep\n", service=pier.desk)
    RoutineTask.objects.filter(text="Sweep").update(started_on=TODAY)
    first, second, done = pier.find(find_routine)
    assert (first.title, first.tag, first.tone) == ("Look at the winch", "Missed", "red")
    assert first.facts[1] == "missed Sat 14 Nov, Mon 16 Nov"
    assert (second.title, second.tag) == ("Sweep", "Open")
    assert done.lines == ("Look at the winch: done by Ada",)


def test_what_was_missed_before_the_last_handoff_was_told_then(pier):
    make_one(pier, "Weekly", since=TODAY - 60 * DAY)
    entry = pier.only(find_routine)
    assert entry.facts[1] == "missed Week 46"  # that week was open when the shift began


def test_what_was_done_is_one_entry_with_a_line_for_each(pier):
    make_one(pier, since=TODAY - DAY)
    task = get_task("Look at the winch")
    tick_on(task, TODAY - DAY, pier.ada)
    tick_task(task, user=pier.ada, now=NOW)
    entry = pier.only(find_routine)
    assert (entry.title, entry.tag) == ("1 task done or left out in the shift", "Done")
    assert entry.lines == ("Look at the winch: done 2× by Ada",)


def test_what_was_left_out_says_why(pier):
    make_one(pier)
    tick_task(get_task("Look at the winch"), user=pier.ada, now=NOW, state="skipped", note="No ships today")
    assert pier.only(find_routine).lines == ("Look at the winch: left out, No ships today",)


def test_confidential_tasks_are_marked_and_never_stand_among_the_others(pier):
    make_one(pier)
    make_routine("Vault", text="# V\n\n## Daily\n\n- [ ] Count the coins\n", service=pier.vault)
    make_routine(
        "Own", text="# O\n\n## Daily\n\n- [ ] Feed the seal\n", service=pier.desk, classification="confidential"
    )
    RoutineTask.objects.update(started_on=TODAY)
    tick_task(get_task("Count the coins"), user=pier.ada, now=NOW)
    entries = pier.find(find_routine)
    assert {entry.title: entry.secret for entry in entries if entry.tag == "Open"} == {
        "Look at the winch": False,
        "Feed the seal": True,
    }
    assert [(entry.secret, entry.lines) for entry in entries if entry.tag == "Done"] == [
        (True, ("Count the coins: done by Ada",))
    ]


def test_tasks_of_others_are_not_told_of(pier):
    make_routine("Theirs", service=make_service("Lamps", team=pier.others))
    given = make_routine("Given away", text="# G\n\n## Daily\n\n- [ ] Polish\n", service=pier.desk)
    Runbook.objects.filter(pk=given.pk).update(team=pier.others)
    make_routine(
        "Secret",
        text="# G\n\n## Daily\n\n- [ ] Hide\n",
        service=pier.locker,
        classification=Classification.CONFIDENTIAL,
    )
    assert pier.find(find_routine) == []


def test_the_day_is_the_teams(pier):
    pier.team.time_zone = pier.handoff.team.time_zone = "Pacific/Auckland"
    pier.team.save()
    make_one(pier)
    assert pier.only(find_routine).times == (("open until", "2026-11-17T11:00:00+00:00"),)


def test_it_asks_one_query_and_hostile_words_stay_words(pier, django_assert_num_queries):
    for number in range(5):
        make_routine(f"Checks {number}", text=f"# N\n\n## Daily\n\n- [ ] `{EVIL}` {number}\n", service=pier.desk)
    with django_assert_num_queries(2):  # the scope's services, and the tasks
        assert len(pier.find(find_routine)) == 5
