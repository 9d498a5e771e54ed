"""Reviews in the API."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.roles import EDITOR, READER, RESPONDER
from runbooks.models import Review, Runbook, Snooze
from tests.factories import make_published, make_service, make_team, make_user
from tests.runbooks.reviews.rows import PLAIN, ask

pytestmark = pytest.mark.django_db
URL = "/api/v1/reviews"
ONE = "/api/v1/runbooks/ticket-desk/ticket-desk"


@pytest.fixture
def ada():
    return make_user("ada", role=RESPONDER)


@pytest.fixture
def browser(ada, as_user):
    return as_user(ada)


def days_from_now(days):
    return timezone.localdate() + dt.timedelta(days=days)


def make_due(title="Ticket desk", days=-3, **fields):
    runbook = make_published(title, text=PLAIN, **fields)
    Runbook.objects.filter(pk=runbook.pk).update(next_review_on=days_from_now(days))
    return runbook


def send(browser, url, **body):
    return browser.post(url, body, content_type="application/json")


def titles(browser, **query):
    return [row["title"] for row in browser.get(URL, query).json()["runbooks"]]


def test_what_is_due_is_listed_with_whose_it_is(browser, ada):
    make_due(team=make_team("Harbour", ada), owner=ada)
    make_due("Later", days=60)
    page = browser.get(URL).json()
    assert (page["count"], page["page"], page["pages"]) == (1, 1, 1)
    (row,) = page["runbooks"]
    assert (row["service"], row["slug"], row["team"], row["owner"]) == ("ticket-desk", "ticket-desk", "harbour", "Ada")
    assert row["next_review_on"] == str(days_from_now(-3))
    assert row["url"] == "/runbooks/ticket-desk/ticket-desk/"


def test_the_queue_is_filtered(browser, ada):
    make_due("Overdue", team=make_team("Harbour", ada))
    make_due("Soon", days=5, service=make_service("Pier"))
    ask(make_due("Asked", days=60))
    assert titles(browser, state="overdue") == ["Overdue"]
    assert titles(browser, state="soon") == ["Soon"]
    assert titles(browser, state="evidence") == ["Asked"]
    assert sorted(titles(browser, state="all")) == ["Asked", "Overdue", "Soon"]
    assert titles(browser, team="harbour") == ["Overdue"]
    assert titles(browser, service="pier") == ["Soon"]
    assert browser.get(URL, {"state": "burnt"}).status_code == 422


@pytest.mark.parametrize("query", [{"team": "\0"}, {"service": "x" * 900}, {"page": "-4"}, {"page": "99999999999999"}])
def test_odd_questions_get_an_answer(browser, query):
    assert browser.get(URL, query).status_code == 200


def test_confidential_ones_are_not_listed(browser):
    make_due(classification="confidential")
    assert browser.get(URL).json()["count"] == 0
    assert send(browser, f"{ONE}/reviews", answer="right").status_code == 404


def test_a_list_of_many_takes_as_many_queries_as_of_one(browser, django_assert_num_queries):
    make_due("R0")
    with django_assert_num_queries(3):
        browser.get(URL)
    for number in range(1, 12):
        make_due(f"R{number}")
    with django_assert_num_queries(3):
        assert len(browser.get(URL).json()["runbooks"]) == 12


def test_still_right(browser, ada):
    make_due()
    answered = send(browser, f"{ONE}/reviews", answer="right", note="Read it", version="1.0")
    assert answered.status_code == 201
    body = answered.json()
    assert (body["answer"], body["way"], body["version"], body["reviewed_by"]) == ("right", "api", "1.0", "Ada")
    assert body["next_review_on"] == str(days_from_now(90))
    assert titles(browser) == []


def test_needs_work(browser):
    ed = make_user("ed", role=EDITOR)
    make_due()
    body = {"answer": "work", "text": "New hosts", "owner": "ED@example.com", "due_on": str(days_from_now(7))}
    assert send(browser, f"{ONE}/reviews", **body).status_code == 201
    assert Review.objects.get().task.owner == ed
    assert titles(browser, state="work") == ["Ticket desk"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"answer": "right", "version": "7.0"}, "no version 7.0"),
        ({"answer": "right", "version": "x"}, "is like 1.2"),
        ({"answer": "work", "text": "New hosts"}, "until which day"),
        ({"answer": "work", "text": "x", "due_on": "2199-01-01", "owner": "no@example.com"}, "Nobody here"),
        ({"answer": "work", "text": " ", "due_on": "2199-01-01"}, "what is to be done"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(browser, body, says):
    make_due()
    answered = send(browser, f"{ONE}/reviews", **body)
    assert answered.status_code == 409
    assert says in answered.json()["detail"]
    assert not Review.objects.exists()


def test_a_review_is_put_off(browser):
    make_due()
    assert send(browser, f"{ONE}/snooze", until=str(days_from_now(9)), reason="Migration").status_code == 201
    assert Snooze.objects.get().reason == "Migration"
    assert titles(browser, state="snoozed") == ["Ticket desk"]
    assert send(browser, f"{ONE}/snooze", until=str(days_from_now(99)), reason="x").status_code == 409


def test_a_reader_looks_and_changes_nothing(as_user):
    make_due()
    reader = as_user(make_user("cy", role=READER))
    assert reader.get(URL).json()["count"] == 1
    assert send(reader, f"{ONE}/reviews", answer="right").status_code == 403
    assert send(reader, f"{ONE}/snooze", until=str(days_from_now(9)), reason="x").status_code == 403


def test_without_the_role_it_says_so(as_user):
    cy = make_user("cy", role=READER)
    cy.groups.clear()
    answered = as_user(cy).get(URL)
    assert answered.status_code == 403
    assert "may not see reviews" in answered.json()["detail"]


def test_a_stranger_gets_401(client):
    assert client.get(URL).status_code == 401
    assert send(client, f"{ONE}/reviews", answer="right").status_code == 401
