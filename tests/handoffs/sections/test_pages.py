"""Pages of this shift against those of the one before."""

import pytest

from handoffs.sections.pages import find_pages
from incidents.models import CalledLevel, Escalation
from tests.factories import NOW, make_incident
from tests.handoffs.sections.making import DAY, HOUR

pytestmark = pytest.mark.django_db


def call(service, *moments, called=("Ada", "#harbour")):
    """A ladder of an incident, called at these moments."""
    escalation = Escalation.objects.create(
        incident=make_incident("No tickets", service),
        ladder={"levels": []},
        started_at=NOW,
        state="stopped",
        ended_at=NOW,
    )
    for level, at in enumerate(moments):
        CalledLevel.objects.create(
            escalation=escalation, level=level, label=f"L{level}", due_at=at, called_at=at, called=list(called)
        )


def test_it_counts_the_calls_of_this_shift_and_of_the_one_before(pier):
    call(pier.desk, NOW - HOUR, NOW - 14 * HOUR, NOW - DAY, NOW - 8 * DAY)
    entry = pier.only(find_pages)
    assert (entry.key, entry.title) == ("pages:shift", "3 pages this shift, 1 in the one before")
    assert (entry.tag, entry.tone) == ("More", "amber")


def test_it_says_how_many_came_at_night_on_the_clock_of_whoever_hands_over_and_who_was_called(pier):
    pier.handoff.outgoing.time_zone = "Asia/Kolkata"
    call(pier.desk, NOW - HOUR, NOW - 8 * HOUR)  # 07:44 and 00:44 in Kolkata
    call(pier.desk, NOW - 2 * HOUR, called=["Ben", "Edda Brekke"])  # 06:44
    assert pier.only(find_pages).facts == ("2 between 22:00 and 07:00 in Asia/Kolkata", "Ada 2", "Ben 1")


def test_a_level_that_reached_nobody_is_no_page(pier):
    call(pier.desk, NOW - HOUR, called=())
    assert pier.find(find_pages) == []


def test_a_quiet_shift_after_a_loud_one_says_so(pier):
    call(pier.desk, NOW - 8 * DAY)
    entry = pier.only(find_pages)
    assert (entry.title, entry.tag, entry.tone) == ("0 pages this shift, 1 in the one before", "Fewer", "")


def test_two_quiet_shifts_have_nothing_to_report(pier):
    assert pier.find(find_pages) == []


def test_pages_of_other_teams_are_not_counted(pier):
    call(pier.locker, NOW - HOUR)
    assert pier.find(find_pages) == []
