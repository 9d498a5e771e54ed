"""Alerts in a handoff."""

import pytest

from handoffs.sections.alerts import find_alerts
from tests.factories import NOW, make_incident, make_published
from tests.handoffs.sections.making import DAY, EVIL, HOUR, make_alert

pytestmark = pytest.mark.django_db


def find(pier, kind):
    return [entry for entry in pier.find(find_alerts) if entry.key.startswith(f"{kind}:")]


def test_what_fires_stands_once_by_name_with_its_number_and_since_when(pier):
    runbook = make_published()
    make_alert("DeskDown", pier.desk, at=NOW - 2 * HOUR, runbook=runbook)
    newest = make_alert("DeskDown", pier.desk, at=NOW - HOUR, runbook=runbook)
    make_alert("DeskDown", pier.desk, runbook=runbook, resolved_at=NOW)
    entry = pier.only(find_alerts)
    assert (entry.title, entry.url) == ("DeskDown", f"/alerts/{newest.pk}/")
    assert (entry.tag, entry.tone) == ("critical", "red")
    assert entry.facts == ("2 firing", "Ticket desk")
    assert entry.times == (("since", "2026-11-17T01:14:00+00:00"),)


def test_one_that_fires_since_before_the_shift_is_told_of(pier):
    make_alert("Old", pier.desk, at=NOW - 60 * DAY)
    assert [entry.title for entry in find(pier, "alert")] == ["Old"]
    assert find(pier, "unanswered") == []


def test_a_name_without_a_runbook_is_told_of_once_with_a_way_to_an_answer(pier):
    for _ in range(3):
        make_alert("LampOut", pier.desk, resolved_at=NOW)
    make_alert("Answered", pier.desk, resolved_at=NOW, runbook=make_published())
    entry = pier.only(find_alerts)
    assert (entry.title, entry.tag, entry.url) == ("LampOut", "No runbook", "/r/LampOut?service=ticket-desk")
    assert entry.facts == ("fired 3 times", "Ticket desk")


def test_one_that_fires_without_a_runbook_stands_in_both_parts_under_two_keys(pier):
    make_alert("DeskDown", pier.desk)
    assert len({entry.key for entry in pier.find(find_alerts)}) == 2


def test_an_alert_without_a_service_belongs_to_its_incidents_team(pier):
    make_alert("Ours", incident=make_incident("No tickets", pier.desk))
    make_alert("Nobody's")
    assert [entry.title for entry in find(pier, "alert")] == ["Ours"]


def test_an_alert_of_a_confidential_service_is_marked_and_of_others_left_out(pier):
    incident = make_incident("No tickets", pier.desk)
    make_alert("Ours", pier.vault)
    make_alert("Theirs", pier.locker)
    make_alert("Theirs in ours", pier.locker, incident=incident)
    assert {(entry.title, entry.secret) for entry in pier.find(find_alerts)} == {("Ours", True)}


@pytest.mark.parametrize(
    "name", [EVIL, "..", "a/..", "/", " ", "x" * 300, "Ünïcode/Ärger?x=1#y", "line\nbreak", "javascript:alert(1)"]
)
def test_odd_names_stay_text_and_have_an_address_that_answers(pier, as_user, name):
    make_alert(name, pier.desk)
    client = as_user(pier.ada)
    for entry in pier.find(find_alerts):
        assert len(entry.key) <= 120
        assert entry.url.startswith("/")
        assert client.get(entry.url).status_code in (200, 302, 404)
        assert not entry.url.partition("?")[0].endswith("..")


def test_many_names_are_cut_and_take_one_query(pier, django_assert_num_queries):
    for number in range(60):
        make_alert(f"Alert{number:02}", pier.desk, runbook=None, resolved_at=NOW)
    scope = pier.scope
    with django_assert_num_queries(1):
        entries = find_alerts(scope)
    assert (len(entries), entries[-1].title) == (51, "and 10 more")
