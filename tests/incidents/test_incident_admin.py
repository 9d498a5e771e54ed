"""Incidents and severities in the admin."""

import pytest

from accounts.roles import ADMINISTRATOR, APPROVER, RESPONDER
from incidents.models import Severity
from incidents.services.changing import change_status
from incidents.services.roles import take_role
from tests.factories import NOW, get_severity, make_incident, make_service, make_team, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/incidents/incident/"
SEVERITIES = "/admin/incidents/severity/"


@pytest.fixture
def ben(db):
    return make_user("ben", role=ADMINISTRATOR, is_staff=True)


@pytest.fixture
def browser(ben, as_user):
    return as_user(ben)


@pytest.mark.parametrize("words", ["tickets", "INC-{}", "{}", "ticket desk"])
def test_an_incident_is_found(browser, words):
    incident = make_incident("No tickets", make_service())
    make_incident("Lamp dark")
    text = browser.get(LIST, {"q": words.format(incident.pk)}).content.decode()
    assert "No tickets" in text
    assert "Lamp dark" not in text


def test_its_history_is_shown(browser, ben):
    incident = make_incident("No tickets", make_service())
    take_role(incident, "commander", user=ben, now=NOW)
    change_status(incident, "identified", user=ben, now=NOW)
    text = browser.get(f"{LIST}{incident.pk}/change/").content.decode()
    assert "took command" in text
    assert "changed the status from Investigating to Identified" in text


def test_facts_are_changed_through_the_service(browser):
    incident = make_incident("No tickets")
    fields = ("title", "summary", "affected", "customer_impact", "business_impact", "next_step", "resolution")
    data = {name: getattr(incident, name) for name in fields} | {"affected": "Both piers"}
    for prefix in ("status_changes", "role_holders", "links", "timeline"):
        data |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    assert browser.post(f"{LIST}{incident.pk}/change/", data).status_code == 302
    incident.refresh_from_db()
    assert incident.affected == "Both piers"
    assert incident.timeline.filter(text="changed what is affected").exists()
    refused = browser.post(f"{LIST}{incident.pk}/change/", data | {"next_step": "x" * 301})
    assert refused.status_code == 422


def test_nothing_is_added_or_deleted_there(browser):
    incident = make_incident()
    assert browser.get(f"{LIST}add/").status_code == 403
    assert browser.post(f"{LIST}{incident.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_confidential_incident_is_not_listed_for_others(as_user):
    secret = make_service("Vault", classification="confidential", team=make_team("Keys"))
    make_incident("Keys lost", secret)
    client = as_user(make_user("dan", role=RESPONDER, is_staff=True))
    assert "Keys lost" not in client.get(LIST).content.decode()


def test_the_list_takes_as_many_queries_for_20_as_for_2(browser, django_assert_max_num_queries):
    for number in range(20):
        make_incident(f"Number {number}")
    with django_assert_max_num_queries(14):
        browser.get(LIST)


def test_a_severity_is_changed_and_a_clash_comes_back(as_user):
    client = as_user(make_user("cy", role=APPROVER, is_staff=True))
    severity = get_severity("SEV-2")
    data = {
        "rank": 2,
        "name": "SEV-2",
        "aliases": "P1",
        "description": "Half is lit",
        "response_minutes": 20,
        "escalation": "first",
    }
    page = f"{SEVERITIES}{severity.pk}/change/"
    assert client.post(page, data).status_code == 302
    severity.refresh_from_db()
    assert severity.description == "Half is lit"
    clash = client.post(page, data | {"aliases": "P0"})
    assert clash.status_code == 422
    assert "means SEV-1 already" in clash.content.decode()


def test_a_used_severity_is_not_deleted(as_user):
    client = as_user(make_user("cy", role=APPROVER, is_staff=True))
    severity = make_incident().severity
    page = f"{SEVERITIES}{severity.pk}/delete/"
    client.post(page, {"post": "yes"})
    assert Severity.objects.filter(pk=severity.pk).exists()
    assert client.post(f"{SEVERITIES}{get_severity('SEV-4').pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Severity.objects.filter(name="SEV-4").exists()
