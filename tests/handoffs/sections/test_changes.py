"""System changes and maintenance in a handoff."""

import datetime as dt

import pytest

from handoffs.sections.changes import find_changes, find_maintenance
from incidents.models import MaintenanceWindow, SystemChange
from incidents.services.changes import NewChange, record_change
from incidents.services.maintenance import cancel_window
from oncall.models import Classification, Dependency
from tests.factories import NOW, make_service
from tests.handoffs.sections.making import DAY, EVIL, HOUR
from tests.incidents.updates import make_window

pytestmark = pytest.mark.django_db


def make_change(what, service, *, at=NOW - HOUR, **fields):
    return SystemChange.objects.create(what=what, service=service, at=at, recorded_at=at, **fields)


def plan(title, *services, start, hours=2, team=None):
    """A window as it stands in the database, also one that has begun."""
    maker = services[0].team.members.first() if services and services[0].team else team.members.first()
    window = MaintenanceWindow.objects.create(
        title=title,
        impact="Gates stay shut.",
        team=team or (services[0].team if services else None),
        during=(start, start + hours * HOUR),
        created_by=maker,
        created_at=NOW,
    )
    window.services.set(services)
    return window


def test_a_change_of_the_shift_says_what_of_which_service_by_whom(pier):
    made = record_change(NewChange("Desk 2.4.1", service=pier.desk, ticket="PIER-7"), user=pier.ada, now=NOW)
    entry = pier.only(find_changes)
    assert (entry.key, entry.title, entry.tag) == (f"change:{made.pk}", "Desk 2.4.1", "Deployment")
    assert entry.facts == ("Ticket desk", "by Ada", "PIER-7")
    assert entry.times == (("at", "2026-11-17T03:14:00+00:00"),)
    assert entry.url == "/changes/?service=ticket-desk"


def test_the_newest_comes_first_and_what_was_before_the_shift_does_not(pier):
    make_change("First", pier.desk, at=NOW - 3 * HOUR)
    make_change("Second", pier.desk, at=NOW - HOUR)
    make_change("Before", pier.desk, at=NOW - 60 * DAY)
    assert pier.titles(find_changes) == ["Second", "First"]


def test_a_change_of_a_service_that_is_needed_is_told_of(pier):
    database = make_service("Database", team=pier.others)
    Dependency.objects.create(service=pier.desk, needs=database)
    make_change("Database 17", database)
    make_change("Elsewhere", make_service("Lamps", team=pier.others))
    entry = pier.only(find_changes)
    assert (entry.title, entry.facts) == ("Database 17", ("Database, which is needed",))


def test_a_confidential_change_of_the_team_is_marked_and_of_others_left_out(pier):
    Dependency.objects.create(service=pier.desk, needs=pier.locker)
    make_change("In the vault", pier.vault)
    make_change("In the locker", pier.locker)
    entry = pier.only(find_changes)
    assert (entry.title, entry.secret) == ("In the vault", True)


def test_hostile_words_stay_words(pier):
    make_change(EVIL, pier.desk, by=EVIL, ticket=EVIL, url="javascript:alert(1)")
    entry = pier.only(find_changes)
    assert (entry.title, entry.facts[1:]) == (EVIL, (f"by {EVIL}", EVIL))
    assert entry.url.startswith("/")


def test_many_changes_take_one_query_and_the_rest_is_a_link(pier, django_assert_num_queries):
    for number in range(70):
        make_change(f"Change {number}", pier.desk)
    scope = pier.scope
    with django_assert_num_queries(1):
        entries = find_changes(scope)
    assert (len(entries), entries[-1].title, entries[-1].url) == (51, "and 20 more", "/changes/")


def test_maintenance_of_the_coming_shift_says_from_when_to_when(pier):
    window = make_window(pier.ada, pier.desk, start=NOW + DAY)
    entry = pier.only(find_maintenance)
    assert (entry.key, entry.title, entry.tag) == (f"maintenance:{window.pk}", "New winch", "Planned")
    assert entry.url == window.get_absolute_url()
    assert entry.facts == ("Gates stay shut for ten minutes.",)
    assert entry.times == (("from", "2026-11-18T03:14:00+00:00"), ("until", "2026-11-18T05:14:00+00:00"))


def test_what_is_on_now_is_told_of_as_well(pier):
    plan("On now", pier.desk, start=NOW - HOUR)
    plan("Over before the change of shift", pier.desk, start=NOW + dt.timedelta(minutes=5), hours=0.25)
    assert [(entry.title, entry.tag) for entry in pier.find(find_maintenance)] == [
        ("On now", "On now"),
        ("Over before the change of shift", "Planned"),
    ]


def test_what_is_over_called_off_or_after_the_coming_shift_is_not(pier):
    plan("Over", pier.desk, start=NOW - 3 * HOUR)
    plan("After", pier.desk, start=pier.handoff.next_ends_at)
    cancel_window(make_window(pier.ada, pier.desk, start=NOW + DAY), "Rain", user=pier.ada, now=NOW)
    assert pier.find(find_maintenance) == []


def test_one_that_reaches_into_the_shift_from_either_side_is_told_of(pier):
    ends = pier.handoff.next_ends_at
    plan("Over the change", pier.desk, start=pier.handoff.changes_at - HOUR)
    plan("Over the end", pier.desk, start=ends - HOUR)
    assert pier.titles(find_maintenance) == ["Over the change", "Over the end"]


def test_maintenance_of_a_confidential_service_is_marked_and_of_others_left_out(pier):
    plan("Vault", pier.vault, start=NOW + DAY)
    plan("Both", pier.desk, pier.locker, start=NOW + DAY)
    plan("Theirs", make_service("Lamps", team=pier.others), start=NOW + DAY)
    entry = pier.only(find_maintenance)
    assert (entry.title, entry.secret) == ("Vault", True)


def test_a_service_that_became_confidential_marks_what_stands_already(pier):
    plan("Desk", pier.desk, start=NOW + DAY)
    make_change("Desk 2", pier.desk)
    pier.desk.classification = Classification.CONFIDENTIAL
    pier.desk.save()
    assert pier.only(find_maintenance).secret
    assert pier.only(find_changes).secret


def test_many_windows_take_one_query(pier, django_assert_num_queries):
    for number in range(20):
        plan(f"Window {number}", pier.desk, pier.vault, start=NOW + DAY)
    scope = pier.scope
    with django_assert_num_queries(1):
        assert len(find_maintenance(scope)) == 20
