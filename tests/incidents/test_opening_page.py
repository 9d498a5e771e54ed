"""The page that opens an incident: from nothing, from an alert, from a runbook, from a service."""

import pytest

from accounts.roles import RESPONDER
from incidents.models import Alert, AlertGroup, Escalation, Incident, Severity
from incidents.services.severities import copy_scale
from oncall.models import Contact
from tests.factories import (
    NOW,
    get_severity,
    make_path,
    make_published,
    make_service,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
PAGE = "/incidents/new/"


@pytest.fixture
def ben(db):
    return make_user("ben", role=RESPONDER, time_zone="Europe/London")


@pytest.fixture
def browser(ben, as_user):
    return as_user(ben)


def fill(**fields):
    return {"title": "No tickets", "severity": get_severity().pk} | fields


def count_ticked(text):
    return text.partition("<main")[2].partition("</main>")[0].count(" checked")


def make_alert(**fields):
    group = AlertGroup.objects.create(digest="0" * 64, key="{}")
    fields = {"name": "DeskDown", "fingerprint": "f", "severity_label": "critical"} | fields
    return Alert.objects.create(group=group, starts_at=NOW, received_at=NOW, last_received_at=NOW, **fields)


def test_a_title_and_a_severity_are_enough(browser, ben):
    response = browser.post(PAGE, fill())
    incident = Incident.objects.get()
    assert (response.status_code, response["Location"]) == (302, incident.get_absolute_url())
    assert (incident.title, incident.opened_by) == ("No tickets", ben)


def test_the_title_has_the_focus_and_the_severities_say_what_they_mean(browser):
    text = browser.get(PAGE).content.decode()
    assert 'name="title"' in text
    assert "autofocus" in text
    assert get_severity("SEV-1").description in text


def test_what_is_missing_is_said_and_what_was_typed_stays(browser):
    response = browser.post(PAGE, {"title": "No tickets", "summary": "Since the release"})
    assert response.status_code == 422
    text = response.content.decode()
    assert "Choose how bad it is." in text
    assert 'value="No tickets"' in text
    assert "Since the release" in text
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"severity": "999999"},
        {"severity": "x"},
        {"services": ["999999"]},
        {"services": ["x"]},
        {"title": "x" * 201},
        {"started_at": "yesterday"},
        {"started_at": "2999-01-01T10:00"},
        {"title": "a\0b"},
    ],
)
def test_bad_input_comes_back_with_the_form(browser, fields):
    assert browser.post(PAGE, fill(**fields)).status_code == 422
    assert not Incident.objects.exists()


def test_hostile_words_are_shown_as_words(browser):
    response = browser.post(PAGE, {"title": "<script>alert(1)</script>"})
    assert b"<script>alert(1)" not in response.content


def test_opening_pages_and_being_on_it_does_not(browser, ben):
    service = make_service(escalation_path=make_path([Contact.objects.create(name="Night desk")]))
    browser.post(PAGE, fill(services=[service.pk]))
    assert Escalation.objects.count() == 1
    browser.post(PAGE, fill(title="Another", services=[service.pk], on_it="1"))
    incident = Incident.objects.get(title="Another")
    assert incident.role_holders.get().person == ben
    assert Escalation.objects.count() == 1


@pytest.mark.parametrize(("level", "is_said"), [("SEV-1", True), ("SEV-4", False)])
def test_that_nobody_is_paged_is_said_where_somebody_should_be(browser, level, is_said):
    response = browser.post(PAGE, fill(severity=get_severity(level).pk, services=[make_service().pk]))
    text = browser.get("/incidents/").content.decode()
    assert response.status_code == 302
    assert ("Nobody was paged" in text) is is_said


def test_pressing_the_button_twice_leads_to_the_first(browser):
    places = {browser.post(PAGE, fill())["Location"] for _ in range(2)}
    assert len(places) == 1
    text = browser.get("/incidents/").content.decode()
    assert "was opened a moment ago" in text


def test_from_a_service_it_is_ticked(browser):
    service = make_service()
    text = browser.get(f"{PAGE}?service=ticket-desk").content.decode()
    assert f'value="{service.pk}"' in text
    assert count_ticked(text) == 1


def test_from_a_runbook_its_section_is_put_beside_the_incident(browser):
    runbook = make_published()
    browser.post(f"{PAGE}?runbook={runbook.pk}&section=restart", fill(services=[runbook.service_id]))
    attached = Incident.objects.get().attached_runbooks.get()
    assert (attached.runbook, attached.anchor, attached.heading) == (runbook, "restart", "Restart")


def test_from_an_alert_title_service_and_severity_are_filled_and_it_joins(browser):
    service = make_service()
    alert = make_alert(service=service, annotations={"summary": "no heartbeat"}, labels={"severity": "critical"})
    text = browser.get(f"{PAGE}?alert={alert.pk}").content.decode()
    assert 'value="DeskDown: no heartbeat"' in text
    assert count_ticked(text) == 2
    browser.post(f"{PAGE}?alert={alert.pk}", fill(services=[service.pk]))
    alert.refresh_from_db()
    incident = Incident.objects.get()
    assert alert.incident == incident
    assert incident.timeline.filter(kind="alert").get().text == "opened it because of the alert DeskDown"


def test_an_alert_that_joined_another_incident_stays_with_it(browser):
    alert = make_alert()
    browser.post(PAGE, fill(title="First"))
    first = Incident.objects.get()
    Alert.objects.update(incident=first)
    browser.post(f"{PAGE}?alert={alert.pk}", fill(title="Second"))
    alert.refresh_from_db()
    assert alert.incident == first


def test_what_the_reader_may_not_know_of_fills_nothing(browser):
    team = make_team("Keys")
    secret = make_service("Vault", classification="confidential", team=team)
    runbook = make_published("Key ceremony", service=secret)
    alert = make_alert(service=secret, name="VaultDown")
    for query in (f"service={secret.slug}", f"runbook={runbook.pk}", f"alert={alert.pk}"):
        text = browser.get(f"{PAGE}?{query}").content.decode()
        assert "Vault" not in text
        assert "Key ceremony" not in text
    assert browser.post(PAGE, fill(services=[secret.pk])).status_code == 422


@pytest.mark.parametrize("query", ["alert=x", "alert=99999999999999999999", "runbook=-1", "service=%00", "section=a"])
def test_an_address_that_means_nothing_fills_nothing(browser, query):
    assert browser.get(f"{PAGE}?{query}").status_code == 200


def test_the_severity_is_carried_over_to_the_team_s_own_scale(browser, as_user):
    team = make_team("Harbour")
    copy_scale(team, user=make_user("root", is_superuser=True))
    browser.post(PAGE, fill(services=[make_service(team=team).pk]))
    severity = Incident.objects.get().severity
    assert (severity.team, severity.name) == (team, "SEV-2")


def test_from_a_service_its_team_s_scale_is_offered(browser):
    team = make_team("Harbour")
    make_service(team=team)
    Severity.objects.create(team=team, rank=1, name="Red", description="All stop")
    text = browser.get(f"{PAGE}?service=ticket-desk").content.decode()
    assert "All stop" in text
    assert get_severity("SEV-1").description not in text


def test_a_reader_may_not_open_one(as_ada):
    assert as_ada.get(PAGE).status_code == 403
    assert as_ada.post(PAGE, fill()).status_code == 403
