"""Reviews that are due, in a handoff. The incoming shift ends on 24 November at 04:14 UTC, which is that day in Lisbon."""

import datetime as dt

import pytest

from handoffs.sections.runbooks import find_changed_runbooks, find_due_reviews
from runbooks.models import Runbook
from tests.factories import NOW, make_published, make_service

pytestmark = pytest.mark.django_db


def make_due(title, day, service, **fields):
    runbook = make_published(title, service=service, **fields)
    Runbook.objects.filter(pk=runbook.pk).update(next_review_on=day)
    return runbook


def test_the_longest_overdue_comes_first_and_what_is_due_after_the_shift_does_not(pier):
    make_due("In the shift", dt.date(2026, 11, 24), pier.desk, owner=pier.ben)
    make_due("Later", dt.date(2026, 11, 25), pier.desk)
    make_due("Overdue", dt.date(2026, 11, 5), pier.desk)
    first, second = pier.find(find_due_reviews)
    assert (first.title, first.tag, first.tone) == ("Overdue", "Overdue", "red")
    assert first.facts == ("overdue by 12 days", "Ticket desk", "no owner")
    assert (second.title, second.tag, second.tone) == ("In the shift", "Due", "amber")
    assert second.facts == ("review due 24 Nov 2026", "Ticket desk", "owner Ben")


def test_what_is_due_today_is_not_overdue(pier):
    make_due("Today", NOW.date(), pier.desk)
    assert pier.only(find_due_reviews).tag == "Due"


def test_the_day_is_the_teams(pier):
    pier.team.time_zone = "Pacific/Auckland"
    pier.team.save()
    pier.handoff.team.time_zone = "Pacific/Auckland"
    pier.handoff.next_ends_at = dt.datetime(2026, 11, 23, 20, tzinfo=dt.UTC)  # the 24th in Auckland
    make_due("There it is the 24th", dt.date(2026, 11, 24), pier.desk)
    assert pier.titles(find_due_reviews) == ["There it is the 24th"]


def test_reviews_of_others_are_not_told_of_and_confidential_ones_are_marked(pier):
    make_due("Theirs", NOW.date(), make_service("Lamps", team=pier.others))
    make_due("Secret", NOW.date(), pier.vault)
    entry = pier.only(find_due_reviews)
    assert (entry.title, entry.secret) == ("Secret", True)


def test_a_retired_runbook_needs_no_review(pier):
    runbook = make_due("Gone", NOW.date(), pier.desk)
    Runbook.objects.filter(pk=runbook.pk).update(retired_at=NOW)
    assert pier.find(find_due_reviews) == []


def test_it_asks_nothing_that_was_asked_for_the_changes(pier, django_assert_num_queries):
    make_due("Due", NOW.date(), pier.desk)
    scope = pier.scope
    find_changed_runbooks(scope)
    with django_assert_num_queries(0):
        assert len(find_due_reviews(scope)) == 1
