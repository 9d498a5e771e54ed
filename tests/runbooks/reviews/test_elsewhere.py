"""What other pages say of reviews: the front page, and the reading page."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import EDITOR
from runbooks.services.evidence import Noticed, notice
from runbooks.services.reviews import ask_for_work, confirm_runbook
from tests.factories import make_published, make_team, make_user

pytestmark = pytest.mark.django_db
HOME = "/runbooks/ticket-desk/ticket-desk/"


@pytest.fixture
def ben():
    return make_user("ben", role=EDITOR)


@pytest.fixture
def as_ben(ben, as_user):
    return as_user(ben)


def make_due(title, days, **fields):
    runbook = make_published(title, **fields)
    runbook.next_review_on = timezone.localdate() + dt.timedelta(days=days)
    runbook.save()
    return runbook


def list_mine(client):
    return [row.title for row in client.get("/").context["mine"]["rows"]]


def test_the_front_page_shows_mine_with_evidence_first(as_ben, ben):
    make_due("Own", -5, owner=ben)
    told = make_due("Told", 60, team=make_team("Harbour", ben))
    make_due("Other", -5)
    notice([Noticed(told.pk, "flag", "flag:1", "The pod has another name")], timezone.now())
    assert list_mine(as_user_again(as_ben, ben)) == ["Told", "Own"]
    html = as_ben.get("/").content.decode()
    assert "The pod has another name" in html and "Still right" in html


def as_user_again(client, user):
    """A team was joined since the login; the next look has it."""
    client.force_login(user)
    return client


def test_one_click_on_the_front_page_comes_back_to_it(as_ben, ben):
    runbook = make_due("Ticket desk", -5, owner=ben)
    data = {"answer": "right", "version": runbook.shown_version_id, "next": "/"}
    assert as_ben.post(f"{HOME}review/", data)["Location"] == "/"
    assert list_mine(as_ben) == []


def test_my_open_tasks_stand_on_the_front_page(as_ben, ben):
    runbook = make_due("Ticket desk", 60)
    day = timezone.localdate() + dt.timedelta(days=30)
    ask_for_work(runbook, user=ben, now=timezone.now(), text="Mend the gate", owner=ben, due_on=day)
    assert "Mend the gate" in as_ben.get("/").content.decode()


def test_the_front_page_costs_the_same_for_one_and_for_many(as_ben, ben):
    counts = []
    for numbers in (range(1), range(1, 9)):
        for n in numbers:
            runbook = make_due(f"R{n}", -n, owner=ben)
            notice([Noticed(runbook.pk, "flag", f"flag:{n}", "Wrong")], timezone.now())
        as_ben.get("/")
        with CaptureQueriesContext(connection) as queries:
            as_ben.get("/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_overdue_runbook_says_so_and_stays_readable(as_ben):
    make_due("Ticket desk", -5)
    html = as_ben.get(HOME).content.decode()
    assert "Review overdue since" in html and "it is still readable" in html and f"{HOME}review/" in html
    assert "Sells tickets at the pier" in html


def test_one_that_is_not_due_has_no_banner(as_ben):
    make_due("Ticket desk", 5)
    assert "Review overdue" not in as_ben.get(HOME).content.decode()


def test_the_banner_goes_and_the_reviewer_is_named_once_it_was_answered(as_ben, ben):
    runbook = make_due("Ticket desk", -5)
    assert "Review overdue" in as_ben.get(HOME).content.decode()
    confirm_runbook(runbook, user=ben, now=timezone.now())
    html = as_ben.get(HOME).content.decode()
    assert "Review overdue" not in html and "by Ben" in html


def test_a_look_at_a_page_that_is_kept_costs_no_more_for_it(as_ben):
    make_due("Ticket desk", -5)
    as_ben.get(HOME)
    with CaptureQueriesContext(connection) as queries:
        as_ben.get(HOME)
    assert not [q for q in queries if "runbooks_review" in q["sql"]]
