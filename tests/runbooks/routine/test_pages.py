"""Ticking from pages, the history of a task, and the panels on other pages."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.roles import READER
from oncall.models import Classification
from runbooks.models import RoutineTask, RoutineTick
from runbooks.routine_pages.history import describe_history
from runbooks.routine_pages.panels import describe_front_tasks, describe_service_tasks
from runbooks.services.routine import find_day, tick_task
from tests.factories import NOW, make_user
from tests.runbooks.routine.texts import DAY, get_task, make_people, make_routine, tick_on

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def people():
    people = make_people()
    make_routine(team=people[0])
    return people


@pytest.fixture
def browser(people, as_user):
    return as_user(people[1])


def post(browser, verb="tick", htmx=False, **data):
    headers = {"HX-Request": "true"} if htmx else {}
    return browser.post(f"/routine/{get_task().pk}/{verb}/", data, headers=headers)


def test_a_tick_goes_back_to_the_page_it_came_from(browser, people):
    answer = post(browser, state="done", back="/routine/?team=all#x")
    assert (answer.status_code, answer["Location"]) == (302, f"/routine/?team=all#task-{get_task().pk}")
    assert RoutineTick.objects.get().ticked_by == people[1]


@pytest.mark.parametrize("back", ["", "https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_it_goes_nowhere_else(browser, back):
    assert post(browser, back=back)["Location"] == get_task().get_absolute_url()


def test_with_htmx_the_row_and_the_count_come_back(browser):
    page = post(browser, htmx=True, state="done", back="/routine/").content.decode()
    assert "<html" not in page
    assert 'data-state="done"' in page
    assert "1 of 2 done" in page
    assert 'hx-swap-oob="true"' in page


def test_a_refusal_comes_back_with_the_words_that_were_typed(browser):
    answer = post(browser, state="skipped", note=" ")
    assert answer.status_code == 422
    assert "why it is left out" in answer.content.decode()
    answer = post(browser, htmx=True, note="x" * 301)
    assert answer.status_code == 422
    assert "x" * 301 in answer.content.decode()


@pytest.mark.parametrize("data", [{"state": "maybe"}, {"period": "soon"}, {"period": "2026-13-01"}, {"note": "a\0b"}])
def test_what_no_form_would_send_is_refused(browser, data):
    assert post(browser, **data).status_code == 422
    assert not RoutineTick.objects.exists()


def test_a_page_of_another_period_ticks_nothing(browser):
    assert "not open any more" in post(browser, period="2020-01-01").content.decode()


def test_the_second_person_reads_who_was_first(browser, people, as_user):
    post(as_user(people[2]))
    answer = post(browser, htmx=True)
    assert answer.status_code == 422
    assert "Ben did it already" in answer.content.decode()


def test_taking_back(browser):
    post(browser)
    assert post(browser, "untick").status_code == 302
    assert not RoutineTick.objects.exists()


def test_strangers_get_404_and_readers_403(people, as_user):
    RoutineTask.objects.first().runbook.service.__class__.objects.update(classification=Classification.CONFIDENTIAL)
    stranger = as_user(people[3])
    assert post(stranger).status_code == 404
    assert stranger.get(f"/routine/{get_task().pk}/").status_code == 404
    RoutineTask.objects.first().runbook.service.__class__.objects.update(classification=Classification.INTERNAL)
    reader = as_user(make_user("dee", role=READER))
    assert [post(reader).status_code, post(reader, "untick").status_code] == [403, 403]
    assert reader.get(f"/routine/{get_task().pk}/").status_code == 200


def test_numbers_that_no_task_has_are_not_found(browser):
    assert browser.get(f"/routine/{2**63}/").status_code == 404
    assert browser.post(f"/routine/{2**63}/tick/").status_code == 404
    assert browser.get("/routine/0/").status_code == 404


def test_reading_an_address_that_changes_something_changes_nothing(browser):
    assert browser.get(f"/routine/{get_task().pk}/tick/").status_code == 405


def test_the_history_tells_every_period_and_the_streaks(people):
    _, ada, ben, _ = people
    task = get_task()
    for days, state in ((5, "done"), (4, "done"), (2, "done"), (1, "skipped")):
        tick_on(task, TODAY - days * DAY, ben, state, "Closed" if state == "skipped" else "")
    RoutineTask.objects.update(started_on=TODAY - 6 * DAY)
    tick_task(task, user=ada, now=NOW, note="0.2 %")
    history = describe_history(ada, task.pk, NOW)
    assert [one.word for one in history.periods] == ["Done", "Done", "Missed", "Done", "Left out", "Done"]
    assert (history.streaks.current, history.streaks.longest) == (2, 2)
    assert (history.counts["missed"], history.settled) == (1, 6)
    newest = history.newest_first[0]
    assert (newest.name, newest.tick.by, newest.tick.note) == ("Tuesday 17 November", "Ada", "0.2 %")


def test_the_history_of_a_task_that_ended_stays(browser):
    RoutineTask.objects.update(ended_on=TODAY)
    page = browser.get(f"/routine/{get_task().pk}/").content.decode()
    assert "no routine task any more" in page
    assert "/tick/" not in page


def test_the_history_costs_the_same_for_a_long_one(browser, people, django_assert_num_queries):
    with django_assert_num_queries(12, exact=False) as few:
        browser.get(f"/routine/{get_task().pk}/")
    for days in range(1, 40):
        tick_on(get_task(), TODAY - days * DAY, people[1])
    with django_assert_num_queries(len(few)):
        browser.get(f"/routine/{get_task().pk}/")


def test_a_service_shows_its_tasks_open_ones_first(people, browser, django_assert_num_queries):
    _, ada, _, _ = people
    service = get_task().runbook.service
    tick_task(get_task(), user=ada, now=NOW)
    with django_assert_num_queries(1):
        panel = describe_service_tasks(service, ada, NOW)
    assert [line.state for line in panel.lines] == ["open", "open", "done"]
    assert [(one.label, one.done, one.total) for one in panel.progress] == [("Today", 1, 2), ("This week", 0, 1)]
    assert "Check the disk of the ledger" in browser.get(service.get_absolute_url()).content.decode()


def test_the_front_page_sums_up_the_readers_teams_in_one_query(people, browser, django_assert_num_queries):
    _, ada, _, cy = people
    tick_task(get_task(), user=ada, now=NOW)
    tick_on(get_task("Check the disk of the ledger"), TODAY - DAY, ada)
    with django_assert_num_queries(1):
        found = describe_front_tasks(ada, NOW)
    assert [(one.label, one.done, one.total) for one in found] == [("Today", 1, 2), ("This week", 0, 1)]
    with django_assert_num_queries(0):
        assert describe_front_tasks(cy, NOW) == []
    assert "0 of 2 done" in browser.get("/").content.decode()


def call(browser, body, pk=None):
    return browser.post(f"/api/v1/routine/{pk or get_task().pk}/tick", body, content_type="application/json")


def test_the_api_lists_and_ticks(browser, people, as_user):
    told = browser.get("/api/v1/routine?cadence=daily").json()
    assert (told["count"], told["tasks"][0]["state"]) == (2, "open")
    assert call(browser, {"note": "0.2 %"}).json()["tick"]["note"] == "0.2 %"
    assert call(as_user(people[2]), {}).status_code == 409
    assert call(browser, {"state": "open"}).json()["state"] == "open"
    assert call(browser, {"state": "skipped"}).status_code == 409
    assert call(browser, {"state": "perhaps"}).status_code == 422
    assert call(browser, {}, 2**63).status_code == 404
    assert call(as_user(make_user("dee", role=READER)), {}).status_code == 403


def test_the_period_of_the_api_is_the_teams_day(browser):
    day = find_day(get_task().runbook, timezone.now())
    assert dt.date.fromisoformat(browser.get("/api/v1/routine").json()["tasks"][0]["period"]) == day


def test_the_admin_shows_tasks_and_their_ticks_and_changes_nothing(people, as_user):
    root = make_user("root", is_staff=True, is_superuser=True)
    tick_task(get_task(), user=people[1], now=NOW, note="0.2 %")
    page = as_user(root).get(f"/admin/runbooks/routinetask/{get_task().pk}/change/")
    assert page.status_code == 200
    assert "0.2 %" in page.content.decode()
    assert as_user(root).get("/admin/runbooks/routinetask/add/").status_code == 403
