"""Changing an incident: status, severity, facts, links and runbooks beside it."""

import datetime as dt

import pytest

from accounts.roles import RESPONDER
from incidents.errors import BadTime, EditClash, NotAllowed, Refused, WrongState
from incidents.models import CommandOffer, Escalation, Incident, Severity
from incidents.services.changing import (
    add_link,
    attach_runbook,
    change_facts,
    change_severity,
    change_status,
    remove_link,
)
from incidents.services.roles import offer_command, take_role
from oncall.models import Contact, Notification
from tests.factories import (
    NOW,
    get_severity,
    make_incident,
    make_path,
    make_published,
    make_service,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def ada(db):
    return make_user("ada", role=RESPONDER)


@pytest.fixture
def incident(db):
    return make_incident()


def last_entry(incident):
    return incident.timeline.order_by("-pk").first()


# ---- Status ----


@pytest.mark.parametrize("first", ["investigating", "identified", "mitigating", "monitoring"])
@pytest.mark.parametrize("second", ["investigating", "identified", "mitigating", "monitoring", "resolved"])
def test_any_open_status_leads_to_any_other_and_back(incident, ada, first, second):
    if first != incident.status:
        incident = change_status(incident, first, user=ada, now=NOW + MINUTE)
    if second == first:
        with pytest.raises(WrongState, match="already"):
            change_status(incident, second, user=ada, now=NOW + 2 * MINUTE)
        return
    changed = change_status(incident, second, user=ada, now=NOW + 2 * MINUTE)
    assert changed.status == second
    assert changed.status_changes.last().at == NOW + 2 * MINUTE


def test_a_change_is_told_in_the_timeline_with_both_ends_and_the_note(incident, ada):
    change_status(incident, "identified", user=ada, now=NOW + MINUTE, note="The disk is full")
    entry = last_entry(incident)
    assert entry.text == "changed the status from Investigating to Identified: The disk is full"
    assert (entry.person, entry.data) == (ada, {"from": "investigating", "to": "identified"})


def test_resolving_a_resolved_incident_says_who_did_it_and_when(incident, ada):
    ben = make_user("ben", role=RESPONDER, display_name="Ben", time_zone="Europe/London")
    change_status(incident, "resolved", user=ada, now=NOW + MINUTE)
    with pytest.raises(WrongState) as refusal:
        change_status(incident, "resolved", user=ben, now=NOW + 2 * MINUTE)
    assert str(refusal.value) == f"{incident.reference} was resolved today at 03:15 (Europe/London) by Ada."
    assert incident.status_changes.filter(status="resolved").count() == 1


def test_only_a_resolved_incident_can_be_closed(incident, ada):
    with pytest.raises(WrongState, match="Resolve it before you close it"):
        change_status(incident, "closed", user=ada, now=NOW)
    change_status(incident, "resolved", user=ada, now=NOW)
    closed = change_status(incident, "closed", user=ada, now=NOW + MINUTE)
    assert (closed.resolved_at, closed.closed_at) == (NOW, NOW + MINUTE)


def test_a_closed_incident_is_not_resolved_again(incident, ada):
    change_status(incident, "resolved", user=ada, now=NOW)
    change_status(incident, "closed", user=ada, now=NOW)
    with pytest.raises(WrongState, match="resolved before, and closed"):
        change_status(incident, "resolved", user=ada, now=NOW)


@pytest.mark.parametrize("over", [["resolved"], ["resolved", "closed"]])
def test_reopening_forgets_the_end_and_expects_updates_again(incident, ada, over):
    for status in over:
        incident = change_status(incident, status, user=ada, now=NOW)
    assert incident.next_update_at is None
    reopened = change_status(incident, "investigating", user=ada, now=NOW + MINUTE)
    assert (reopened.resolved_at, reopened.closed_at, reopened.mitigated_at) == (None, None, None)
    assert reopened.next_update_at == NOW + MINUTE + dt.timedelta(minutes=60)
    assert last_entry(incident).text == "reopened the incident as Investigating"


def test_mitigated_is_when_it_was_first_monitored_and_is_forgotten_on_the_way_back(incident, ada):
    at = [NOW + number * MINUTE for number in range(5)]
    assert change_status(incident, "monitoring", user=ada, now=at[1]).mitigated_at == at[1]
    assert change_status(incident, "mitigating", user=ada, now=at[2]).mitigated_at is None
    assert change_status(incident, "monitoring", user=ada, now=at[3]).mitigated_at == at[3]
    assert change_status(incident, "resolved", user=ada, now=at[4]).mitigated_at == at[3]


def test_resolving_at_once_is_mitigating_too(incident, ada):
    assert change_status(incident, "resolved", user=ada, now=NOW + MINUTE).mitigated_at == NOW + MINUTE


def test_a_change_can_be_set_back_in_time(incident, ada):
    now = NOW + 30 * MINUTE
    resolved = change_status(incident, "resolved", user=ada, now=now, at=NOW + 10 * MINUTE)
    assert resolved.resolved_at == NOW + 10 * MINUTE
    entry = last_entry(incident)
    assert (entry.happened_at, entry.recorded_at) == (NOW + 10 * MINUTE, now)


@pytest.mark.parametrize(("minutes", "words"), [(-60, "before the incident began"), (90, "in the future")])
def test_it_can_t_be_set_back_before_the_start_nor_forward(incident, ada, minutes, words):
    with pytest.raises(BadTime, match=words):
        change_status(incident, "identified", user=ada, now=NOW + MINUTE, at=NOW + minutes * MINUTE)


def test_it_can_t_be_set_back_before_the_last_change(incident, ada):
    change_status(incident, "identified", user=ada, now=NOW + 10 * MINUTE)
    with pytest.raises(BadTime, match="It became Identified after that time"):
        change_status(incident, "monitoring", user=ada, now=NOW + 20 * MINUTE, at=NOW + 5 * MINUTE)


def test_it_is_not_resolved_before_it_was_mitigated(incident, ada):
    change_status(incident, "monitoring", user=ada, now=NOW + MINUTE)
    Incident.objects.filter(pk=incident.pk).update(mitigated_at=NOW + 10 * MINUTE)
    with pytest.raises(BadTime, match="mitigated after"):
        change_status(incident, "resolved", user=ada, now=NOW + 20 * MINUTE, at=NOW + 5 * MINUTE)


def test_a_time_of_a_form_means_the_minute_in_which_it_began(incident, ada):
    Incident.objects.filter(pk=incident.pk).update(started_at=NOW + dt.timedelta(seconds=20))
    incident.status_changes.update(at=NOW + dt.timedelta(seconds=20))
    changed = change_status(incident, "identified", user=ada, now=NOW + MINUTE, at=NOW)
    assert changed.status_changes.last().at == NOW + dt.timedelta(seconds=20)


def test_changes_keep_their_order_when_the_clock_is_put_back(incident, ada):
    change_status(incident, "identified", user=ada, now=NOW + 10 * MINUTE)
    change_status(incident, "monitoring", user=ada, now=NOW + 5 * MINUTE)
    assert [change.at for change in incident.status_changes.all()] == [NOW, NOW + 10 * MINUTE, NOW + 10 * MINUTE]


def test_resolving_ends_the_escalation(ada):
    path = make_path([Contact.objects.create(name="Night desk")])
    incident = make_incident("No tickets", make_service(escalation_path=path))
    change_status(incident, "resolved", user=ada, now=NOW + MINUTE)
    assert Escalation.objects.get().state == "stopped"


@pytest.mark.parametrize(("level", "asked"), [("SEV-2", True), ("SEV-3", False)])
def test_a_post_mortem_is_asked_for_where_the_severity_wants_one(ada, level, asked):
    incident = make_incident(level=level, team=make_team("Harbour", ada))
    change_status(incident, "resolved", user=ada, now=NOW + MINUTE)
    assert Notification.objects.filter(person=ada, subject__icontains="post-mortem").exists() is asked


def test_alerts_resolve_without_a_person(incident):
    change_status(incident, "resolved", user=None, now=NOW, note="all its alerts have ended")
    assert last_entry(incident).text == "The incident was resolved: all its alerts have ended"


def test_closing_ends_an_offer_of_command_that_nobody_answered(incident, ada):
    take_role(incident, "commander", user=ada, now=NOW)
    offer_command(incident, make_user("ben", role=RESPONDER), user=ada, now=NOW)
    change_status(incident, "resolved", user=ada, now=NOW)
    change_status(incident, "closed", user=ada, now=NOW)
    assert CommandOffer.objects.get().answer == "withdrawn"


def test_a_reader_changes_nothing(incident):
    with pytest.raises(NotAllowed):
        change_status(incident, "resolved", user=make_user("cy"), now=NOW)


def test_a_status_that_does_not_exist_is_refused(incident, ada):
    with pytest.raises(Refused, match="no such status"):
        change_status(incident, "escalated", user=ada, now=NOW)


# ---- Severity ----


def test_a_worse_severity_brings_the_next_update_forward(incident, ada):
    changed = change_severity(incident, get_severity("SEV-1"), reason="All regions", user=ada, now=NOW)
    assert changed.next_update_at == NOW + 30 * MINUTE
    assert incident.timeline.get(kind="severity").text == "changed the severity from SEV-2 to SEV-1: All regions"


def test_a_worse_severity_never_puts_an_update_off(incident, ada):
    changed = change_severity(incident, get_severity("SEV-1"), reason="Worse", user=ada, now=NOW + 50 * MINUTE)
    assert changed.next_update_at == NOW + 60 * MINUTE


def test_a_milder_severity_without_updates_expects_none(incident, ada):
    changed = change_severity(incident, get_severity("SEV-3"), reason="One customer", user=ada, now=NOW)
    assert changed.next_update_at is None


def test_a_severity_that_pages_begins_the_escalation(ada):
    path = make_path([Contact.objects.create(name="Night desk")])
    incident = make_incident("Odd label", make_service(escalation_path=path), level="SEV-4")
    assert not Escalation.objects.exists()
    change_severity(incident, get_severity("SEV-1"), reason="It spreads", user=ada, now=NOW + MINUTE)
    assert Escalation.objects.get().incident == incident


@pytest.mark.parametrize(("name", "reason", "words"), [("SEV-2", "why not", "already"), ("SEV-1", "  ", "why")])
def test_the_same_severity_and_one_without_a_reason_are_refused(incident, ada, name, reason, words):
    with pytest.raises(Refused, match=words):
        change_severity(incident, get_severity(name), reason=reason, user=ada, now=NOW)


def test_a_severity_of_another_team_is_refused(incident, ada):
    other = Severity.objects.create(team=make_team(), rank=1, name="Red", description="Stop")
    with pytest.raises(Refused, match="another team"):
        change_severity(incident, other, reason="Worse", user=ada, now=NOW)


def test_the_severity_of_a_closed_incident_stays(incident, ada):
    change_status(incident, "resolved", user=ada, now=NOW)
    change_status(incident, "closed", user=ada, now=NOW)
    with pytest.raises(WrongState, match="closed"):
        change_severity(incident, get_severity("SEV-1"), reason="Worse", user=ada, now=NOW)


# ---- Facts ----


def test_only_what_differs_is_written_and_named(incident, ada):
    change_facts(incident, user=ada, now=NOW, title=incident.title, customer_impact="No tickets", next_step="Fail over")
    entry = last_entry(incident)
    assert entry.text == "changed the customer impact, the next step to “Fail over”"
    assert entry.data["changed"]["customer_impact"] == ["", "No tickets"]


def test_saving_without_a_change_writes_nothing(incident, ada):
    before = incident.timeline.count()
    change_facts(incident, user=ada, now=NOW, title=incident.title, summary="")
    assert incident.timeline.count() == before


def test_two_people_change_different_facts(incident, ada):
    change_facts(incident, user=ada, now=NOW, was={"affected": ""}, affected="Both piers")
    changed = change_facts(incident, user=ada, now=NOW, was={"summary": ""}, summary="The desk is down")
    assert (changed.affected, changed.summary) == ("Both piers", "The desk is down")


def test_the_same_fact_changed_by_two_is_a_clash_and_nothing_is_written(incident, ada):
    change_facts(incident, user=ada, now=NOW, was={"affected": ""}, affected="Both piers")
    with pytest.raises(EditClash, match="what is affected") as clash:
        change_facts(incident, user=ada, now=NOW, was={"affected": "", "summary": ""}, affected="One pier", summary="x")
    assert clash.value.theirs == {"affected": "Both piers"}
    incident.refresh_from_db()
    assert (incident.affected, incident.summary) == ("Both piers", "")


def test_two_people_who_write_the_same_do_not_clash(incident, ada):
    change_facts(incident, user=ada, now=NOW, was={"affected": ""}, affected="Both piers")
    change_facts(incident, user=ada, now=NOW, was={"affected": ""}, affected="Both piers")


def test_services_are_added_and_taken_away_by_name(incident, ada):
    desk, lamp = make_service(), make_service("Lamp")
    change_facts(incident, user=ada, now=NOW, services=[desk])
    change_facts(incident, user=ada, now=NOW, services=[lamp])
    assert last_entry(incident).text == "changed services (added Lamp), services (removed Ticket desk)"
    assert list(incident.services.all()) == [lamp]


def test_an_incident_without_a_team_gets_that_of_its_first_service(incident, ada):
    team = make_team()
    assert change_facts(incident, user=ada, now=NOW, services=[make_service(team=team)]).team == team


def test_with_what_was_seen_only_the_difference_of_services_is_made(incident, ada):
    desk, lamp = make_service(), make_service("Lamp")
    change_facts(incident, user=ada, now=NOW, services=[desk])
    change_facts(incident, user=ada, now=NOW, services=[lamp], services_were=[])
    assert set(incident.services.all()) == {desk, lamp}


def test_a_service_that_the_writer_can_t_see_stays_and_is_not_named(ada):
    secret = make_service("Vault", classification="confidential", team=make_team("Keys"))
    incident = make_incident("Odd", secret)
    change_facts(incident, user=ada, now=NOW, services=[])
    assert list(incident.services.all()) == [secret]
    change_facts(incident, user=None, now=NOW, services=[])
    assert "Vault" not in last_entry(incident).text


@pytest.mark.parametrize(
    ("texts", "words"), [({"title": " "}, "title"), ({"title": "x" * 201}, "200"), ({"summary": "x" * 10_001}, "10000")]
)
def test_a_title_is_needed_and_texts_have_an_end(incident, ada, texts, words):
    with pytest.raises(Refused, match=words):
        change_facts(incident, user=ada, now=NOW, **texts)


# ---- Links and runbooks ----


def test_a_link_is_added_once_and_removed(incident, ada):
    link = add_link(incident, " https://call.example.com/12 ", label="Call", user=ada, now=NOW)
    with pytest.raises(WrongState, match="already"):
        add_link(incident, "https://call.example.com/12", user=ada, now=NOW)
    remove_link(link, user=ada, now=NOW)
    with pytest.raises(WrongState, match="before"):
        remove_link(link, user=ada, now=NOW)
    assert last_entry(incident).text == "removed the link Call"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://example.com/x", "", "//example.com", "x" * 600])
def test_only_addresses_of_pages_are_links(incident, ada, url):
    with pytest.raises(Refused):
        add_link(incident, url, user=ada, now=NOW)


def test_a_section_is_attached_once(incident, ada):
    runbook = make_published()
    parts = {"anchor": "restart", "heading": "Restart", "labels": {"pod": "desk-1"}}
    first = attach_runbook(incident, runbook, **parts, user=ada, now=NOW)
    assert attach_runbook(incident, runbook, **parts, user=None, now=NOW) == first
    entries = incident.timeline.filter(text__contains="attached")
    assert [entry.text for entry in entries] == ["attached the runbook Ticket desk, section Restart"]
    assert entries.get().url.endswith("#restart")


def test_a_confidential_runbook_is_not_named_in_the_timeline(incident):
    runbook = make_published("Key ceremony", classification="confidential")
    attach_runbook(incident, runbook, anchor="", heading="", labels={}, alert_name="VaultDown", user=None, now=NOW)
    assert last_entry(incident).text == "VaultDown brought a Confidential runbook"
