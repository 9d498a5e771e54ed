"""The small forms that change an incident."""

import pytest

from accounts.roles import RESPONDER
from incidents.models import IncidentLink
from incidents.services.changing import change_facts, change_status
from tests.factories import NOW, get_severity, make_incident, make_service, make_team, make_user

pytestmark = pytest.mark.django_db
FORMS = ["status", "severity", "facts", "times", "links", "roles", "command"]


@pytest.fixture
def ben(db):
    return make_user("ben", role=RESPONDER, time_zone="Europe/London")


@pytest.fixture
def browser(ben, as_user):
    return as_user(ben)


@pytest.fixture
def incident(db):
    return make_incident(started_at=NOW.replace(second=20))


def page(incident, name):
    return f"/incidents/{incident.pk}/{name}/"


@pytest.mark.parametrize("name", FORMS)
def test_a_responder_gets_the_form_and_a_reader_403(browser, as_ada, incident, name):
    assert browser.get(page(incident, name)).status_code == 200
    assert as_ada.get(page(incident, name)).status_code == 403
    assert as_ada.post(page(incident, name), {"do": "take", "role": "scribe"}).status_code == 403


@pytest.mark.parametrize("name", FORMS)
def test_whoever_may_not_know_of_it_gets_404(browser, as_user, name):
    secret = make_service("Vault", classification="confidential", team=make_team("Keys"))
    incident = make_incident("Keys lost", secret)
    assert browser.get(page(incident, name)).status_code == 404
    assert browser.get(f"/incidents/99999999999999999999/{name}/").status_code == 404


# ---- Status ----


def test_the_status_form_offers_what_can_come_next(browser, incident):
    text = browser.get(page(incident, "status") + "?status=resolved").content.decode()
    assert 'value="resolved"' in text
    assert 'value="closed"' not in text
    assert 'value="investigating"' not in text


def test_a_status_is_changed_since_a_while(browser, incident):
    response = browser.post(
        page(incident, "status"), {"status": "identified", "at": "2026-11-17T03:14", "note": "Disk"}
    )
    assert response["Location"] == incident.get_absolute_url()
    incident.refresh_from_db()
    assert incident.status == "identified"
    assert incident.status_changes.last().at == incident.started_at  # the form's minute is the one in which it began


def test_resolving_what_was_resolved_meanwhile_comes_back_with_a_sentence(browser, incident, ben):
    change_status(incident, "resolved", user=ben, now=NOW.replace(minute=40))
    response = browser.post(page(incident, "status"), {"status": "resolved", "note": "It works"})
    assert response.status_code == 422
    text = response.content.decode()
    assert f"{incident.reference} was resolved" in text
    assert 'value="It works"' in text


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"status": "escalated"},
        {"status": "resolved", "at": "2020-01-01T00:00"},
        {"status": "resolved", "at": "soon"},
        {"status": "resolved", "note": "x" * 301},
        {"status": "closed"},
    ],
)
def test_bad_input_for_a_status_is_422(browser, incident, data):
    assert browser.post(page(incident, "status"), data).status_code == 422
    incident.refresh_from_db()
    assert incident.status == "investigating"


# ---- Severity ----


def test_the_severity_is_changed_with_a_reason(browser, incident):
    data = {"severity": get_severity("SEV-1").pk, "reason": "All regions"}
    assert browser.post(page(incident, "severity"), data).status_code == 302
    incident.refresh_from_db()
    assert incident.severity.name == "SEV-1"


@pytest.mark.parametrize("data", [{}, {"severity": "x", "reason": "y"}, {"reason": "y"}])
def test_bad_input_for_a_severity_is_422(browser, incident, data):
    assert browser.post(page(incident, "severity"), data).status_code == 422


def test_a_severity_without_a_reason_is_422(browser, incident):
    assert browser.post(page(incident, "severity"), {"severity": get_severity("SEV-1").pk}).status_code == 422


# ---- Facts ----


def sent(incident, **changed):
    """What a browser sends: every field, and what it held when the page was made."""
    names = ("title", "summary", "affected", "customer_impact", "business_impact", "next_step", "resolution")
    seen = {name: getattr(incident, name) for name in names}
    return {f"initial-{name}": text for name, text in seen.items()} | seen | changed


def test_only_changed_facts_are_written(browser, incident, ben):
    data = sent(incident, customer_impact="No tickets")
    change_facts(incident, user=ben, now=NOW, summary="The desk is down")
    assert browser.post(page(incident, "facts"), data).status_code == 302
    incident.refresh_from_db()
    assert (incident.customer_impact, incident.summary) == ("No tickets", "The desk is down")


def test_a_clash_shows_both_texts_and_saving_again_means_it(browser, incident, ben):
    data = sent(incident, affected="One pier")
    change_facts(incident, user=ben, now=NOW, affected="Both piers")
    response = browser.post(page(incident, "facts"), data)
    assert response.status_code == 422
    text = response.content.decode()
    assert "One pier" in text
    assert "It says now: “Both piers”." in text
    assert browser.post(page(incident, "facts"), data | {"initial-affected": "Both piers"}).status_code == 302
    incident.refresh_from_db()
    assert incident.affected == "One pier"


def test_the_form_carries_what_was_seen(browser, ben):
    incident = make_incident("No tickets", make_service())
    text = browser.get(page(incident, "facts")).content.decode()
    assert 'name="initial-title" value="No tickets"' in text
    assert 'name="initial-services"' in text


def test_services_are_ticked_beside_those_that_others_ticked(browser, incident, ben):
    desk, lamp = make_service(), make_service("Lamp")
    data = sent(incident, services=[lamp.pk])
    change_facts(incident, user=ben, now=NOW, services=[desk])
    assert browser.post(page(incident, "facts"), data).status_code == 302
    assert set(incident.services.all()) == {desk, lamp}


def test_a_service_is_taken_away(browser, ben):
    desk, lamp = make_service(), make_service("Lamp")
    incident = make_incident("No tickets", desk, lamp)
    data = sent(incident, services=[lamp.pk]) | {"initial-services": [desk.pk, lamp.pk]}
    assert browser.post(page(incident, "facts"), data).status_code == 302
    assert list(incident.services.all()) == [lamp]


def test_a_form_without_what_was_seen_is_taken_at_its_word(browser, incident):
    assert browser.post(page(incident, "facts"), {"title": "Another title"}).status_code == 302
    incident.refresh_from_db()
    assert incident.title == "Another title"


@pytest.mark.parametrize(
    "changed", [{"title": ""}, {"title": "x" * 201}, {"summary": "x" * 10_001}, {"services": ["x"]}]
)
def test_bad_facts_are_422(browser, incident, changed):
    assert browser.post(page(incident, "facts"), sent(incident, **changed)).status_code == 422


# ---- Times ----


def test_a_time_is_corrected_by_the_reader_s_clock(as_user, incident):
    lisbon = as_user(make_user("dan", role=RESPONDER, time_zone="Europe/Berlin"))
    data = {"what": "started_at", "at": "2026-11-17T04:00", "reason": "The desk called"}
    assert lisbon.post(page(incident, "times"), data).status_code == 302
    incident.refresh_from_db()
    assert incident.started_at.isoformat() == "2026-11-17T03:00:00+00:00"


def test_a_change_of_status_is_corrected(browser, incident, ben):
    change_status(incident, "identified", user=ben, now=NOW.replace(hour=4))
    change = incident.status_changes.last()
    data = {"what": f"change-{change.pk}", "at": "2026-11-17T03:30", "reason": "Noted late"}
    assert browser.post(page(incident, "times"), data).status_code == 302
    change.refresh_from_db()
    assert change.at.hour == 3


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"what": "started_at", "at": "2026-11-17T03:00"},
        {"what": "resolved_at", "at": "2026-11-17T03:30", "reason": "x"},
        {"what": "change-0", "at": "2026-11-17T03:30", "reason": "x"},
        {"what": "started_at", "at": "2999-11-17T03:30", "reason": "x"},
        {"what": "started_at", "at": "2026-03-29T01:30", "reason": "the clocks skipped it"},
    ],
)
def test_bad_input_for_a_time_is_422(browser, incident, data):
    assert browser.post(page(incident, "times"), data).status_code == 422


# ---- Links ----


def test_links_are_added_shown_and_removed(browser, incident):
    browser.post(page(incident, "links"), {"url": "https://call.example.com/12", "label": "Call"})
    link = IncidentLink.objects.get()
    assert "https://call.example.com/12" in browser.get(page(incident, "links")).content.decode()
    assert browser.post(page(incident, "links"), {"remove": link.pk}).status_code == 302
    assert not IncidentLink.objects.exists()
    assert browser.post(page(incident, "links"), {"remove": link.pk}).status_code == 404


@pytest.mark.parametrize("data", [{"url": "javascript:alert(1)"}, {"url": ""}, {"url": "x" * 600}])
def test_what_is_no_address_is_422(browser, incident, data):
    assert browser.post(page(incident, "links"), data).status_code == 422


def test_a_link_of_another_incident_is_not_found(browser, incident):
    browser.post(page(incident, "links"), {"url": "https://call.example.com/12"})
    other = make_incident("Another")
    assert browser.post(page(other, "links"), {"remove": IncidentLink.objects.get().pk}).status_code == 404
    assert browser.post(page(other, "links"), {"remove": "x"}).status_code == 400


# ---- Roles ----


def test_a_role_is_taken_given_and_left(browser, incident, ben):
    other = make_user("cy", role=RESPONDER)
    browser.post(page(incident, "roles"), {"do": "take", "role": "scribe"})
    assert incident.role_holders.current().get(role="scribe").person == ben
    browser.post(page(incident, "roles"), {"do": "give", "role": "operations", "person": other.pk})
    assert incident.role_holders.current().get(role="operations").person == other
    browser.post(page(incident, "roles"), {"do": "leave", "role": "scribe"})
    assert not incident.role_holders.current().filter(role="scribe").exists()


def test_command_that_somebody_has_is_said_on_the_incident(browser, as_user, incident):
    browser.post(page(incident, "roles"), {"do": "take", "role": "commander"})
    other = as_user(make_user("cy", role=RESPONDER))
    text = other.post(page(incident, "roles"), {"do": "take", "role": "commander"}, follow=True).content.decode()
    assert "Ben has been Commander since" in text


def test_a_role_for_a_reader_is_422(browser, incident, ada):
    response = browser.post(page(incident, "roles"), {"do": "give", "role": "scribe", "person": ada.pk})
    assert response.status_code == 422
    assert "may only read" in response.content.decode()


def test_command_is_handed_over_and_accepted(browser, as_user, incident, ben):
    cy = make_user("cy", role=RESPONDER)
    browser.post(page(incident, "roles"), {"do": "take", "role": "commander"})
    browser.post(page(incident, "command"), {"do": "offer", "to": cy.pk, "note": "It is late"})
    offer = incident.command_offers.get()
    assert incident.role_holders.current().get(role="commander").person == ben
    text = as_user(cy).get(page(incident, "command")).content.decode()
    assert "offers you command" in text
    assert "It is late" in text
    as_user(cy).post(page(incident, "command"), {"do": "accept", "offer": offer.pk})
    assert incident.role_holders.current().get(role="commander").person == cy


def test_command_is_declined_and_an_offer_withdrawn(browser, as_user, incident):
    cy = make_user("cy", role=RESPONDER)
    browser.post(page(incident, "roles"), {"do": "take", "role": "commander"})
    for do, client in (("decline", as_user(cy)), ("withdraw", browser)):
        browser.post(page(incident, "command"), {"do": "offer", "to": cy.pk})
        offer = incident.command_offers.get(answer="waiting")
        assert client.post(page(incident, "command"), {"do": do, "offer": offer.pk}).status_code == 302
        offer.refresh_from_db()
        assert offer.answer == {"decline": "declined", "withdraw": "withdrawn"}[do]


def test_an_offer_is_answered_only_by_whom_it_is_for(browser, as_user, incident):
    cy = make_user("cy", role=RESPONDER)
    browser.post(page(incident, "command"), {"do": "offer", "to": cy.pk})
    offer = incident.command_offers.get()
    assert browser.post(page(incident, "command"), {"do": "accept", "offer": offer.pk}).status_code == 403
    other = make_incident("Another")
    assert as_user(cy).post(page(other, "command"), {"do": "accept", "offer": offer.pk}).status_code == 404
    assert as_user(cy).post(page(incident, "command"), {"do": "accept", "offer": "x"}).status_code == 404
    assert browser.post(page(incident, "command"), {"do": "crown"}).status_code == 400


def test_command_is_taken_over_with_a_reason(browser, as_user, incident):
    browser.post(page(incident, "roles"), {"do": "take", "role": "commander"})
    cy = make_user("cy", role=RESPONDER)
    assert as_user(cy).post(page(incident, "command"), {"do": "take_over"}).status_code == 422
    as_user(cy).post(page(incident, "command"), {"do": "take_over", "reason": "No answer for ten minutes"})
    assert incident.role_holders.current().get(role="commander").person == cy
