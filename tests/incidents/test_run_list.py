"""The list of runs, and those that go on for the front page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import RESPONDER
from incidents.pages.run_front import describe_front_runs
from incidents.services.runs import settle_step, stop_run
from tests.factories import NOW, make_incident, make_published, make_service, make_team, make_user, reload_user
from tests.incidents.runs import CHECKLIST, go_through, make_run, minutes

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


def listed(client, query=""):
    response = client.get(f"/runs/{query}")
    assert response.status_code == 200
    return response.content.decode()


def make_named(user, name, **fields):
    service = make_service(f"{name} service")
    return make_run(user, runbook=make_published(name, text=CHECKLIST, service=service), **fields)


def test_going_ones_come_first_with_progress(ben, as_ada):
    going = make_named(ben, "Lamp")
    settle_step(going.steps.first(), user=ben, now=minutes(1))
    go_through(make_named(ben, "Gate", now=minutes(5)), ben, now=minutes(5))
    page = listed(as_ada)
    assert page.index("Lamp") < page.index("Over") < page.rindex("Gate: Restart")
    assert "1 of 4" in page and "Now: Drain the queue" in page


def test_what_is_over_leads_to_its_summary(ben, as_ada):
    run = go_through(make_run(ben), ben)
    assert f'href="/runs/{run.pk}/summary/"' in listed(as_ada)


@pytest.mark.parametrize(
    "query", ["service=lamp-service", "purpose=drill", "outcome=stopped", "person={person}", "runbook={runbook}"]
)
def test_each_filter_leaves_its_own(ben, as_ada, query):
    lamp = make_named(ben, "Lamp")
    stop_run(lamp, "Enough", user=ben, now=minutes(1))
    make_named(make_user("cy", role=RESPONDER), "Gate", incident=make_incident())
    page = listed(as_ada, "?" + query.format(person=ben.pk, runbook=lamp.runbook_id))
    assert "Lamp: Restart" in page and "Gate: Restart" not in page


def test_a_person_is_found_by_what_they_did(ben, as_ada):
    cy = make_user("cy", role=RESPONDER)
    run = make_named(ben, "Lamp")
    settle_step(run.steps.first(), user=cy, now=minutes(1))
    make_named(ben, "Gate")
    page = listed(as_ada, f"?person={cy.pk}")
    assert "Lamp: Restart" in page and "Gate: Restart" not in page


@pytest.mark.parametrize("query", ["?page=0&runbook=x&person=-1", "?purpose=zz&outcome=%00&service=%00", "?page=99"])
def test_what_the_address_does_not_mean_is_ignored(ben, as_ada, query):
    make_run(ben)
    assert as_ada.get(f"/runs/{query}").status_code == 200


def test_nothing_found_says_so(ben, as_ada):
    assert "Nothing was run yet" in listed(as_ada)
    assert "No run is like that" in listed(as_ada, "?outcome=done")


def test_runs_of_confidential_runbooks_are_not_told_of(ben, as_ada, as_user):
    make_run(ben, runbook=make_published("Secret", text=CHECKLIST, classification="confidential", owner=ben))
    assert "Secret" not in listed(as_ada)
    assert "Secret" in listed(as_user(ben))


def test_the_list_has_pages(ben, as_ada):
    runbook = make_published(text=CHECKLIST)
    for number in range(32):
        stop_run(make_run(ben, runbook=runbook, now=minutes(number)), f"Reason {number}", user=ben, now=minutes(number))
    first, second = listed(as_ada), listed(as_ada, "?page=2")
    assert first.count('class="row__title"') == 30 and second.count('class="row__title"') == 2
    assert "1 to 30 of 32" in first


def test_the_list_costs_the_same_for_two_and_for_twenty(ben, as_ada):
    runbook = make_published(text=CHECKLIST)

    def count():
        with CaptureQueriesContext(connection) as queries:
            listed(as_ada)
        return len(queries)

    for _ in range(2):
        make_run(ben, runbook=runbook)
    listed(as_ada)
    few = count()
    for _ in range(18):
        make_run(ben, runbook=runbook)
    assert count() == few <= 8


def test_the_front_page_has_mine_and_my_teams_in_one_query(ben, django_assert_num_queries):
    cy = make_user("cy")
    service = make_service("Gate service", team=make_team("Harbour", cy))
    make_named(ben, "Lamp")
    gate = make_run(ben, runbook=make_published("Gate", text=CHECKLIST, service=service))
    go_through(make_named(ben, "Buoy"), ben)
    cy = reload_user(cy)
    with django_assert_num_queries(1):
        assert [line.run for line in describe_front_runs(cy)] == [gate]
    assert {line.run.title for line in describe_front_runs(ben)} == {"Lamp: Restart", "Gate: Restart"}
    assert describe_front_runs(make_user("dee")) == []


def test_on_the_front_page_a_quiet_one_comes_first(ben):
    quiet = make_named(ben, "Lamp")
    make_named(ben, "Gate", now=minutes(30))
    type(quiet).objects.filter(pk=quiet.pk).update(asked_at=NOW)
    assert describe_front_runs(ben)[0].run == quiet
    assert describe_front_runs(ben)[0].run.is_asked
