"""The live lines beside items of the checklist."""

import pytest

from handoffs.models import Facts
from handoffs.sections import assemble, describe_facts
from incidents.models import Incident
from oncall.models import Address, Contact, Way
from tests.factories import NOW, make_incident
from tests.handoffs.sections.making import DAY, HOUR, MINUTE, make_alert
from tests.handoffs.sections.test_changes import make_change, plan

pytestmark = pytest.mark.django_db


def facts(pier):
    scope = pier.scope
    return describe_facts(assemble(scope), scope)


def test_there_is_a_line_for_each_kind_of_facts(pier):
    assert set(facts(pier)) == set(Facts.values)


def test_a_quiet_shift_says_so(pier):
    lines = facts(pier)
    assert [lines[name].text for name in ("incidents", "health", "changes", "maintenance")] == [
        "no open incident",
        "nothing fires",
        "nothing was changed",
        "none in the coming shift",
    ]
    assert {lines[name].tone for name in ("incidents", "health", "changes", "maintenance")} == {"good"}


def test_open_incidents_are_counted_with_the_worst_and_with_updates_that_are_late(pier):
    make_incident("Small", pier.desk, level="SEV-3")
    worst = make_incident("Big", pier.desk, level="SEV-1")
    Incident.objects.update(next_update_at=None)
    assert facts(pier)["incidents"].text == "2 open, the worst SEV-1"
    Incident.objects.filter(pk=worst.pk).update(next_update_at=NOW - MINUTE)
    line = facts(pier)["incidents"]
    assert (line.text, line.tone, line.url) == (
        "2 open, the worst SEV-1; 1 update overdue",
        "danger",
        "#open-incidents",
    )


def test_how_bad_a_confidential_incident_is_stays_with_those_who_may_know(pier):
    make_incident("Big", pier.vault, level="SEV-1")
    Incident.objects.update(next_update_at=None)
    assert facts(pier)["incidents"].text == "1 open"


def test_a_cut_list_is_counted_whole(pier):
    for number in range(52):
        make_change(f"Change {number}", pier.desk)
    assert facts(pier)["changes"].text == "52 system changes, 0 runbooks changed"


def test_alerts_and_maintenance_are_counted(pier):
    make_alert("DeskDown", pier.desk)
    plan("On now", pier.desk, start=NOW - HOUR)
    lines = facts(pier)
    assert (lines["health"].text, lines["health"].tone) == ("1 alert firing; 1 without a runbook", "danger")
    assert lines["maintenance"].text == "1 window in the coming shift, 1 on now"


def test_contacts_of_the_team_that_nobody_confirmed_are_counted(pier):
    Contact.objects.create(name="Old", team=pier.team, confirmed_at=NOW - 100 * DAY)
    Contact.objects.create(name="Fresh", team=pier.team, confirmed_at=NOW - DAY)
    fresh = Contact.objects.create(name="Fresh way", user=pier.ada)
    Way.objects.create(contact=fresh, kind="phone", value="+3511", confirmed_at=NOW - DAY)
    Way.objects.create(contact=fresh, kind="phone", value="+3512", confirmed_at=NOW - DAY)
    Contact.objects.create(name="Left", team=pier.team, left_at=NOW)
    Contact.objects.create(name="Theirs", team=pier.others)
    line = facts(pier)["contacts"]
    assert line.text.startswith("1 of 3 contacts not confirmed for 90 days; ")
    assert line.url == "/contacts/?team=pier"


@pytest.mark.parametrize(
    ("answered", "text", "tone"),
    [
        (NOW - DAY, "a test reached Ben", "good"),
        (NOW - 40 * DAY, "no test reached Ben in the last 30 days", "warn"),
        (None, "no test reached Ben in the last 30 days", "warn"),
    ],
)
def test_whether_a_test_reached_the_incoming_person_is_said(pier, answered, text, tone):
    Address.objects.filter(person=pier.ben).delete()
    Address.objects.create(person=pier.ben, transport="email", target="ben@pier.example", answered_at=answered)
    line = facts(pier)["contacts"]
    assert (line.text, line.tone) == (text, tone)


def test_somebody_without_an_address_is_a_danger(pier):
    Address.objects.filter(person=pier.ben).delete()
    line = facts(pier)["contacts"]
    assert (line.text, line.tone) == ("the portal has no address of Ben", "danger")


def test_the_lines_take_two_queries(pier, django_assert_num_queries):
    scope = pier.scope
    filled = assemble(scope)
    with django_assert_num_queries(2):
        describe_facts(filled, scope)
