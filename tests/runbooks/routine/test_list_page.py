"""The page of routine tasks: by team, due when, who is on duty, filters, and its budget."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import READER
from oncall.models import Classification
from runbooks.models import RoutineTask
from runbooks.routine_pages.task_list import RoutineList
from runbooks.services.routine import tick_task
from tests.factories import NOW, make_rotation, make_team, make_user
from tests.runbooks.routine.texts import DAY, get_task, join, make_people, make_routine, tick_on

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
COINS = "# V\n\n## Daily\n\n- [ ] Count the coins\n"


@pytest.fixture
def people():
    people = make_people()
    make_routine(team=people[0])
    RoutineTask.objects.update(started_on=TODAY)
    return people


def texts(user, at=NOW, **wishes):
    return [
        line.text for block in RoutineList(user, wishes, at).blocks for group in block.groups for line in group.lines
    ]


def groups(user, at=NOW, **wishes):
    return [group for block in RoutineList(user, wishes, at).blocks for group in block.groups]


def test_tasks_stand_by_team_and_by_when_they_are_due(people):
    today, week = groups(people[1])
    assert (today.title, today.period_name, today.total) == ("Due today", "Tuesday 17 November", 2)
    assert (week.title, week.period_name, week.total) == ("Due this week", "Week 47, 16–22 November", 1)
    assert week.until == dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


def test_the_counts_say_what_is_done_and_left_out(people):
    _, ada, ben, _ = people
    tick_task(get_task(), user=ada, now=NOW)
    tick_task(get_task("Check the disk of the ledger"), user=ben, now=NOW, state="skipped", note="Closed")
    today, _ = groups(ada)
    assert (today.done, today.skipped, today.total) == (1, 1, 2)
    assert [line.state for line in today.lines] == ["done", "skipped"]
    assert today.lines[0].tick.by == "Ada"


def test_missed_ones_of_the_last_periods_are_named(people):
    task = get_task()
    RoutineTask.objects.update(started_on=TODAY - 5 * DAY)
    tick_on(task, TODAY - 2 * DAY, people[1])
    line = groups(people[1])[0].lines[0]
    assert line.missed == ("Mon 16 Nov", "Sat 14 Nov", "Fri 13 Nov")


def test_my_teams_come_first_and_alone_unless_all_are_asked_for(people):
    _, ada, _, cy = people
    other = make_team("Anchors")
    make_routine("Anchors", team=other, text=COINS)
    assert texts(ada) == ["Look at the error rate", "Check the disk of the ledger", "Restore a backup"]
    assert texts(ada, team="all")[-1] == "Count the coins"
    assert texts(cy)[0] == "Count the coins"  # cy is in no team, and sees all by name
    assert texts(ada, team="anchors") == ["Count the coins"]
    assert texts(ada, team="nobody") == []


@pytest.mark.parametrize(
    ("wishes", "found"),
    [
        ({"cadence": "weekly"}, ["Restore a backup"]),
        ({"cadence": "hourly"}, ["Look at the error rate", "Check the disk of the ledger", "Restore a backup"]),
        ({"state": "done"}, ["Look at the error rate"]),
        ({"state": "skipped"}, ["Restore a backup"]),
        ({"state": "open"}, ["Check the disk of the ledger"]),
        ({"state": "missed"}, ["Check the disk of the ledger"]),
        ({"service": "service-of-ticket-desk", "cadence": "weekly"}, ["Restore a backup"]),
        ({"service": "none"}, []),
        ({"runbook": "service-of-ticket-desk/ticket-desk", "state": "done"}, ["Look at the error rate"]),
        ({"runbook": "x/y"}, []),
        ({"page": "-1\0", "state": "\0", "team": "mine\0", "cadence": "weekly"}, ["Restore a backup"]),
    ],
)
def test_filters(people, wishes, found):
    _, ada, _, _ = people
    RoutineTask.objects.filter(cadence="daily").update(started_on=TODAY - 3 * DAY)
    tick_on(get_task(), TODAY - DAY, ada)
    tick_task(get_task(), user=ada, now=NOW)
    tick_task(get_task("Restore a backup"), user=ada, now=NOW, state="skipped", note="No time")
    assert texts(ada, **wishes) == found


def test_what_was_paused_was_not_missed(people):
    RoutineTask.objects.update(started_on=TODAY - 9 * DAY, pauses=[(TODAY - 3 * DAY, TODAY)])
    assert texts(people[1], state="missed") == []
    today, week = groups(people[1])
    assert week.lines[0].missed == ()
    assert today.lines[0].missed == tuple(f"{d} Nov" for d in ("Fri 13", "Thu 12", "Wed 11", "Tue 10"))


def test_the_day_of_each_team_is_its_own_whatever_the_readers_clock(people):
    team, ada, _, _ = people
    team.time_zone = "Pacific/Auckland"
    team.save()
    oslo = make_team("Oslo")
    oslo.time_zone = "Europe/Oslo"
    oslo.save()
    make_routine("Oslo", team=oslo, text=COINS)
    at = dt.datetime(2026, 11, 17, 11, 30, tzinfo=dt.UTC)  # the 18th, 00:30 in Auckland; the 17th, 12:30 in Oslo
    tick_task(get_task(), user=ada, now=at - dt.timedelta(hours=1))
    mine, _, theirs = groups(ada, at, team="all")
    assert (mine.period_name, mine.done) == ("Wednesday 18 November", 0)
    assert (theirs.period_name, theirs.until) == ("Tuesday 17 November", dt.datetime(2026, 11, 17, 23, tzinfo=dt.UTC))


def test_who_is_on_duty_stands_beside_the_team(people):
    team, ada, ben, _ = people
    make_rotation(team, ben, ada)
    (block,) = RoutineList(ada, {}, NOW).blocks
    assert [(one.name, one.layer) for one in block.on_duty] in ([("Ada", "Primary")], [("Ben", "Primary")])


def test_confidential_tasks_show_in_no_list_count_or_filter_of_strangers(people):
    team, ada, _, cy = people
    make_routine("Vault", team=team, text=COINS, classification=Classification.CONFIDENTIAL)
    assert "Count the coins" in texts(ada)
    found = RoutineList(cy, {}, NOW)
    assert "Count the coins" not in texts(cy)
    assert sum(found.totals.values()) == 3
    assert [slug for slug, _ in found.services] == ["service-of-ticket-desk"]


def test_tasks_of_no_team_are_shown_as_that(people, as_user):
    make_routine("Alone", text=COINS)
    page = as_user(people[3]).get("/routine/?team=all").content.decode()
    assert "Without a team" in page


def test_a_reader_sees_no_buttons(people, as_user):
    page = as_user(make_user("dee", role=READER)).get("/routine/").content.decode()
    assert "Look at the error rate" in page
    assert "/tick/" not in page


def test_hostile_words_are_shown_as_words(people, as_user):
    make_routine("Evil", team=people[0], text="# E\n\n## Daily\n\n- [ ] `<script>alert(1)</script>`\n")
    page = as_user(people[1]).get("/routine/").content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_an_empty_portal_says_where_tasks_come_from(as_ada):
    assert "becomes tasks here" in as_ada.get("/routine/").content.decode()


def count_queries(browser, teams, first):
    for number in range(first, teams):
        team = make_team(f"Team {number}")
        person = join(team, f"p{number}")
        make_rotation(team, person, name=f"Rota {number}")
        text = "# T\n\n## Daily\n\n" + "".join(f"- [ ] Task {i}\n" for i in range(10))
        make_routine(f"Checks {number}", team=team, text=text)
    with CaptureQueriesContext(connection) as queries:
        response = browser.get("/routine/?team=all")
    assert response.context["list"].page.paginator.count == teams * 10
    return len(queries)


def test_three_hundred_tasks_of_thirty_teams_cost_as_many_queries_as_twenty_of_two(as_user):
    browser = as_user(make_user("cy"))
    browser.get("/routine/")
    two = count_queries(browser, 2, 0)
    assert count_queries(browser, 30, 2) == two
    assert two <= 12
