"""`/api/v1/`: the same rules as the pages, for scripts."""

import json

import pytest
from django.test import Client

from accounts.models import Token
from accounts.roles import ADMINISTRATOR, READER, RESPONDER
from accounts.tokens import make_token
from incidents.models import Incident, SystemChange
from oncall.models import Contact
from tests.factories import NOW, make_incident, make_path, make_service, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def api():
    """Calls for a person of a role, with a token of theirs."""

    def calls_for(role=RESPONDER, name="ada"):
        person = make_user(name, role=role)
        root = make_user(f"root-{name}", role=ADMINISTRATOR)
        _, text = make_token(f"Script of {name}", Token.Scope.API, person=person, user=root, now=NOW)
        return Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {text}"})

    return calls_for


def post(client, address, **body):
    return client.post(address, json.dumps(body), content_type="application/json")


@pytest.mark.parametrize("address", ["/api/v1/incidents", "/api/v1/changes", "/api/v1/openapi.json", "/api/v1/docs"])
def test_a_stranger_gets_401(address):
    assert Client().get(address).status_code == 401


@pytest.mark.parametrize("header", ["Bearer rbp_wrong", "Basic YWRhOnB3", "Bearer"])
def test_a_wrong_token_gets_401(header):
    assert Client(headers={"Authorization": header}).get("/api/v1/incidents").status_code == 401


def test_a_token_of_somebody_who_left_lets_nobody_in(api):
    client = api()
    make_user("cy")
    Token.objects.get().person.__class__.objects.filter(email="ada@example.com").update(is_active=False)
    assert client.get("/api/v1/incidents").status_code == 401


def test_a_session_is_good_too_but_changes_nothing_without_its_csrf_token(as_user):
    ada = make_user(role=RESPONDER)
    assert as_user(ada).get("/api/v1/incidents").status_code == 200
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    assert post(client, "/api/v1/changes", what="Desk 2.4.1").status_code == 403
    assert not SystemChange.objects.exists()


def test_an_incident_is_opened_and_read(api):
    make_service()
    client = api()
    made = post(client, "/api/v1/incidents", title="No tickets", severity="P1", services=["ticket-desk"])
    assert made.status_code == 201
    assert made.json()["severity"] == "SEV-2"
    read = client.get(f"/api/v1/incidents/{made.json()['number']}").json()
    assert (read["title"], read["services"], read["status"]) == ("No tickets", ["ticket-desk"], "investigating")
    assert Incident.objects.get().source == "api"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"severity": "loud"}, "There is no severity"),
        ({"services": ["nowhere"]}, "There is no service"),
        ({"title": "  "}, "what is wrong"),
        ({"started_at": "2031-01-01T00:00:00Z"}, "future"),
    ],
)
def test_what_the_page_refuses_is_refused_with_the_same_words(api, body, words):
    answer = post(api(), "/api/v1/incidents", **({"title": "No tickets", "severity": "SEV-2"} | body))
    assert answer.status_code == 409
    assert words in answer.json()["detail"]


def test_a_reader_s_token_opens_nothing(api):
    answer = post(api(READER), "/api/v1/incidents", title="No tickets", severity="SEV-2")
    assert answer.status_code == 403
    assert not Incident.objects.exists()


def test_acknowledging_stops_the_calls_and_twice_is_no_error(api):
    path = make_path([Contact.objects.create(name="Night desk")])
    incident = make_incident("No tickets", make_service(escalation_path=path))
    client = api()
    address = f"/api/v1/incidents/{incident.pk}/acknowledge"
    first = post(client, address)
    assert first.json()["acknowledged_at"]
    assert post(client, address).json() == first.json()
    assert incident.escalations.get().state == "acknowledged"


def test_status_and_notes_go_into_the_timeline(api):
    incident, client = make_incident(), api()
    assert post(client, f"/api/v1/incidents/{incident.pk}/status", status="identified").json()["status"] == "identified"
    assert post(client, f"/api/v1/incidents/{incident.pk}/notes", text="The **disk** is full.").status_code == 201
    assert "<strong>disk</strong>" in incident.timeline.get(kind="note").html


def test_an_incident_of_a_confidential_service_is_not_there_for_others(api):
    vault = make_service("Vault", team=make_team("Harbour"), classification="confidential")
    incident = make_incident("The vault is open", vault)
    client = api()
    assert client.get("/api/v1/incidents").json() == []
    assert client.get(f"/api/v1/incidents/{incident.pk}").status_code == 404


def test_changes_are_recorded_and_listed(api):
    make_service()
    client = api()
    made = post(client, "/api/v1/changes", what="Desk 2.4.1", service="ticket-desk", ticket="OPS-7")
    assert made.status_code == 201
    listed = client.get("/api/v1/changes?service=ticket-desk").json()
    assert [(change["what"], change["by"], change["ticket"]) for change in listed] == [("Desk 2.4.1", "Ada", "OPS-7")]


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"what": 7}'])
def test_a_body_that_is_wrong_gets_422_with_the_place(api, body):
    answer = api().post("/api/v1/changes", body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer.json()["detail"]


def test_the_description_names_every_call(api):
    described = api().get("/api/v1/openapi.json").json()["paths"]
    assert {"/api/v1/incidents", "/api/v1/incidents/{number}/acknowledge", "/api/v1/changes"} <= set(described)


def test_the_list_takes_as_many_queries_for_twenty_as_for_two(api, django_assert_max_num_queries):
    for number in range(20):
        make_incident(f"No tickets {number}", make_service(f"Desk {number}"))
    client = api()
    with django_assert_max_num_queries(6):
        assert len(client.get("/api/v1/incidents").json()) == 20
