"""Queries of a morning do not grow with runbooks, nor with people who have nothing to hear."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from runbooks.models import ReminderZone
from runbooks.services.reminders import send_due
from tests.runbooks.reminders.making import DAY, MORNING, TODAY, make_evidence, make_runbooks

pytestmark = pytest.mark.django_db


def count_queries(now):
    with CaptureQueriesContext(connection) as queries:
        send_due(now)
    return len(queries)


def test_same_number_for_two_runbooks_and_twenty(ada, team):
    for runbook in make_runbooks("A", "B", owner=ada, team=team, next_review_on=TODAY):
        make_evidence(runbook)
    few = count_queries(MORNING)
    for runbook in make_runbooks(*(f"C {n}" for n in range(20)), owner=ada, team=team, next_review_on=TODAY + DAY):
        make_evidence(runbook)
    many = count_queries(MORNING + DAY)
    assert many <= few
    assert few <= 35


def test_people_who_have_nothing_to_hear_cost_no_query(ada):
    before = count_queries(MORNING)
    User.objects.bulk_create(User(email=f"p{n}@example.com", display_name=f"P{n}") for n in range(40))
    assert count_queries(MORNING + DAY) == before


def test_day_that_is_done_costs_two_queries(ada):
    make_runbooks("A", owner=ada, next_review_on=TODAY)
    send_due(MORNING)
    assert ReminderZone.objects.get().day == TODAY
    assert count_queries(MORNING) == 2
