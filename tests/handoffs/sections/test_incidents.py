"""Open and resolved incidents in a handoff."""

import pytest

from handoffs.sections import assemble
from handoffs.sections.incidents import find_open_incidents, find_resolved_incidents
from incidents.models import Incident, Severity
from incidents.services.changing import change_status
from tests.factories import NOW, make_incident
from tests.handoffs.sections.making import DAY, EVIL, HOUR, MINUTE
from tests.incidents.postmortems import make_postmortem, make_resolved
from tests.incidents.updates import send

pytestmark = pytest.mark.django_db


def test_an_open_incident_says_how_it_stands(pier):
    incident = make_incident("No tickets", pier.desk, now=NOW - HOUR)
    entry = pier.only(find_open_incidents)
    assert (entry.key, entry.title, entry.url) == (
        f"incident:{incident.pk}",
        "No tickets",
        f"/incidents/{incident.pk}/",
    )
    assert (entry.tag, entry.tone) == ("SEV-2", "sev2")
    assert entry.facts == (
        incident.reference,
        "Investigating",
        "Ticket desk",
        "no commander",
        "no next step written",
        "no update sent",
    )
    assert dict(entry.times)["since"] == "2026-11-17T02:14:00+00:00"
    assert "investigating since" not in dict(entry.times)


def test_a_status_that_came_later_says_since_when_it_holds(pier):
    incident = make_incident("No tickets", pier.desk, now=NOW - HOUR)
    change_status(incident, "monitoring", user=pier.ada, now=NOW)
    entry = pier.only(find_open_incidents)
    assert entry.facts[1] == "Monitoring"
    assert dict(entry.times)["monitoring since"] == "2026-11-17T03:14:00+00:00"


def test_commander_next_step_and_the_last_update_stand_beside_it(pier):
    incident = make_incident("No tickets", pier.desk, now=NOW - HOUR)
    incident.role_holders.create(role="commander", person=pier.ada, taken_at=NOW)
    Incident.objects.filter(pk=incident.pk).update(next_step="Move the route back")
    incident.refresh_from_db()
    send(incident, pier.ada, now=NOW - 30 * MINUTE, next_update_at=NOW + 30 * MINUTE)
    entry = pier.only(find_open_incidents)
    assert "commander Ada" in entry.facts
    assert "next step: Move the route back" in entry.facts
    assert dict(entry.times)["last update"] == "2026-11-17T02:44:00+00:00"
    assert dict(entry.times)["next update due"] == "2026-11-17T03:44:00+00:00"


def test_an_update_that_is_late_is_said_to_be(pier):
    incident = make_incident("No tickets", pier.desk, now=NOW - HOUR)
    Incident.objects.filter(pk=incident.pk).update(next_update_at=NOW - MINUTE)
    assert dict(pier.only(find_open_incidents).times)["update overdue since"] == "2026-11-17T03:13:00+00:00"


def test_the_worst_comes_first_and_of_the_same_severity_the_longest(pier):
    make_incident("Second", pier.desk, level="SEV-2", now=NOW - HOUR)
    make_incident("Third", pier.desk, level="SEV-3", now=NOW - 3 * HOUR)
    make_incident("First", pier.desk, level="SEV-1", now=NOW)
    make_incident("Before second", pier.desk, level="SEV-2", now=NOW - 2 * HOUR)
    assert pier.titles(find_open_incidents) == ["First", "Before second", "Second", "Third"]


def test_an_incident_of_the_team_without_a_service_is_told_of_and_one_of_others_is_not(pier):
    Incident.objects.filter(pk=make_incident("Ours").pk).update(team=pier.team)
    Incident.objects.filter(pk=make_incident("Theirs").pk).update(team=pier.others)
    make_incident("Nobody's")
    assert pier.titles(find_open_incidents) == ["Ours"]


def test_one_that_touches_two_of_the_services_stands_once(pier):
    make_incident("Both", pier.desk, pier.vault)
    assert pier.titles(find_open_incidents) == ["Both"]


def test_a_confidential_one_of_the_team_is_marked_and_one_of_others_is_left_out(pier):
    make_incident("Ours", pier.vault)
    make_incident("Theirs as well", pier.desk, pier.locker)
    entry = pier.only(find_open_incidents)
    assert (entry.title, entry.secret) == ("Ours", True)


def test_a_plain_one_is_not_marked(pier):
    make_incident("Plain", pier.desk)
    assert not pier.only(find_open_incidents).secret


def test_what_was_resolved_in_the_shift_says_how_long_it_took(pier):
    make_resolved("Gone", pier.desk, hours=2.5, now=NOW - DAY)
    make_resolved("Long gone", pier.desk, now=NOW - 30 * DAY)
    entry = pier.only(find_resolved_incidents)
    assert entry.title == "Gone"
    assert "took 2 h 30 min" in entry.facts
    assert [word for word, _ in entry.times] == ["resolved"]
    assert pier.find(find_open_incidents) == []


def test_a_resolved_one_says_how_far_its_postmortem_is(pier):
    Severity.objects.filter(name="SEV-1").update(wants_postmortem=True)
    Severity.objects.filter(name="SEV-3").update(wants_postmortem=False)
    make_resolved("Owed", pier.desk, level="SEV-1", now=NOW - HOUR)
    begun = make_resolved("Begun", pier.desk, level="SEV-1", now=NOW - 2 * HOUR)
    make_postmortem(pier.ada, begun)
    make_resolved("Small", pier.desk, level="SEV-3", now=NOW - HOUR)
    facts = {entry.title: entry.facts for entry in pier.find(find_resolved_incidents)}
    assert "post-mortem owed" in facts["Owed"]
    assert "post-mortem begun, not in review" in facts["Begun"]
    assert not [fact for fact in facts["Small"] if "post-mortem" in fact]


def test_hostile_words_stay_words(pier):
    make_incident(EVIL, pier.desk)
    assert pier.only(find_open_incidents).title == EVIL


@pytest.mark.parametrize("find", [find_open_incidents, find_resolved_incidents])
def test_a_long_list_is_cut_and_says_how_many_are_left(pier, find, django_assert_num_queries):
    make = make_incident if find is find_open_incidents else make_resolved
    for number in range(53):
        make(f"Incident {number}", pier.desk, now=NOW - 5 * HOUR)
    scope = pier.scope
    with django_assert_num_queries(1):
        entries = find(scope)
    assert len(entries) == 51
    assert (entries[-1].title, entries[-1].url) == ("and 3 more", "/incidents/")


def test_an_incident_never_stands_in_two_sections(pier):
    make_incident("Open", pier.desk)
    make_resolved("Over", pier.desk, now=NOW - HOUR)
    keys = [entry.key for section in assemble(pier.scope) for entry in section.entries]
    assert len(keys) == len(set(keys))
