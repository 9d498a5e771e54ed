"""People who left and are named in runbooks, and paths that call nobody who is there."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import RESPONDER
from oncall.models import Contact
from runbooks.models import Evidence
from runbooks.services import retire_runbook
from runbooks.services.noticing import notice_departed
from runbooks.services.reviews import confirm_runbook
from tests.factories import NOW, make_path, make_published, make_service, make_team, make_user

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=1)
TEXT = """\
# Ferry radio

## Contacts

| Role | Name | Contact | Availability |
|---|---|---|---|
| Owner | Grace Winter | grace@example.net | always |
"""
LADDER = """\
# Ferry radio

## Escalation

| Level | Contact | Response Time SLA |
|---|---|---|
| L1 | On call | 15 minutes |
"""


@pytest.fixture(autouse=True)
def forget():
    cache.clear()


@pytest.fixture
def team():
    return make_team("Harbour")


@pytest.fixture
def service(team):
    return make_service("Ferry radio", team=team)


@pytest.fixture
def grace(team):
    return Contact.objects.create(name="Grace Winter", team=team)


def leave(contact, at=NOW):
    contact.left_at = at
    contact.save()


def test_somebody_who_left_is_noticed_once(service, grace):
    runbook = make_published("Ferry radio", text=TEXT, service=service)
    assert notice_departed(NOW) == 0
    leave(grace)
    assert notice_departed(LATER) == 1
    assert notice_departed(LATER, again=True) == 0
    row = Evidence.objects.get()
    assert (row.kind, row.asks, row.runbook) == ("contact", True, runbook)
    assert row.text == "Grace Winter has left, and the text names them in line 7."
    assert row.url == "/runbooks/ferry-radio/ferry-radio/people/"


def test_nothing_is_looked_at_while_nothing_changed(service, grace, django_assert_num_queries):
    make_published("Ferry radio", text=TEXT, service=service)
    notice_departed(NOW)
    with django_assert_num_queries(4):
        assert notice_departed(LATER) == 0


def test_who_is_back_settles_it_and_who_leaves_again_is_noticed_anew(service, grace):
    make_published("Ferry radio", text=TEXT, service=service)
    leave(grace)
    notice_departed(NOW)
    leave(grace, None)
    notice_departed(LATER)
    assert Evidence.objects.get().settled_at == LATER
    leave(grace)
    assert notice_departed(LATER + dt.timedelta(hours=1)) == 1
    assert Evidence.objects.open().count() == 1


def test_what_a_review_has_answered_is_not_asked_again(service, grace):
    runbook = make_published("Ferry radio", text=TEXT, service=service)
    leave(grace)
    notice_departed(NOW)
    confirm_runbook(runbook, user=make_user("ada", role=RESPONDER), now=LATER)
    assert notice_departed(LATER, again=True) == 0


def test_a_retired_runbook_is_left_in_peace(service, grace):
    runbook = make_published("Ferry radio", text=TEXT, service=service)
    retire_runbook(runbook, user=make_user("boss", role="Approver"), now=NOW)
    leave(grace)
    assert notice_departed(LATER) == 0


def test_a_path_that_calls_somebody_who_left_is_noticed_where_the_text_tells_it(service, grace):
    service.escalation_path = make_path([grace], name="Night path")
    service.save()
    runbook = make_published("Ferry radio", text=LADDER, service=service)
    make_published("Beside", text="# Beside\n\nNo ladder.\n", service=service)
    assert notice_departed(NOW) == 0
    leave(grace)
    assert notice_departed(LATER) == 1
    row = Evidence.objects.get(kind="escalation")
    assert (row.runbook, row.url) == (runbook, "/runbooks/ferry-radio/ferry-radio/escalation/")
    assert row.text == "Night path: Grace Winter has left. Name somebody else."


def test_a_path_without_levels_is_noticed_and_settled(service, grace):
    service.escalation_path = make_path(name="Night path")
    service.save()
    make_published("Ferry radio", text=LADDER, service=service)
    assert notice_departed(NOW) == 1
    make_path([grace], name="Night path")
    notice_departed(LATER)
    assert not Evidence.objects.open().exists()


def test_many_runbooks_take_as_many_queries_as_few(service, grace):
    for number in range(2):
        make_published(f"R{number}", text=TEXT, service=service)
    leave(grace)
    notice_departed(NOW)
    few = count_queries()
    for number in range(2, 12):
        make_published(f"R{number}", text=TEXT, service=service)
    notice_departed(LATER, again=True)
    assert count_queries() == few < 25


def count_queries():
    with CaptureQueriesContext(connection) as queries:
        notice_departed(LATER, again=True)
    return len(queries)
