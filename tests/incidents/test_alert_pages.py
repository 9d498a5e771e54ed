"""The pages of alerts: what is shown, to whom, and that a sender's words stay words."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import EDITOR, RESPONDER
from incidents.models import Alert, AlertPayload, Incident
from incidents.pages.alerts import describe_incident_alerts
from incidents.views.alerts import is_web_address
from oncall.models import Classification
from tests.factories import NOW, make_published, make_service, make_team, make_user
from tests.incidents.payloads import make_alert, take
from tests.portal.admin_forms import staff

pytestmark = pytest.mark.django_db
LIST = "/alerts/"
ANSWER = "# Ticket desk\n\n## Alerts\n\n### Alert: DeskDown\n\nRestart it: `kubectl delete pod [pod]`\n"
EVIL = '"><script>alert(1)</script>'


def page(client, address=LIST, **query):
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def secret_service():
    return make_service("Vault", team=make_team("Keepers"), classification=Classification.CONFIDENTIAL)


def test_the_list_shows_firing_alerts_first(as_ada):
    take(make_alert("Ended", status="resolved", startsAt="2026-11-17T03:12:00Z"))
    take(make_alert("Burning"), group="another")
    text = page(as_ada)
    assert text.index("Burning") < text.index("Ended</a>")


def test_the_list_is_filtered_by_name_service_state_and_incident(as_ada):
    make_service()
    take(make_alert("DeskDown", labels={"service": "ticket-desk"}))
    take(make_alert("LampOut", status="resolved"), group="another")
    number = Incident.objects.get().pk
    for query, shown in (
        ({"q": "desk"}, "DeskDown"),
        ({"q": "LAMP"}, "LampOut"),
        ({"service": "ticket-desk"}, "DeskDown"),
        ({"state": "ended"}, "LampOut"),
        ({"state": "firing"}, "DeskDown"),
        ({"incident": number}, "DeskDown"),
    ):
        text = page(as_ada, **query)
        assert {name for name in ("DeskDown", "LampOut") if f">{name}</a>" in text} == {shown}


@pytest.mark.parametrize(
    "query", ["q=%00", "incident=x", "incident=99999999999", "state=x", "page=-1", "service=%27", "without=x"]
)
def test_odd_addresses_do_no_harm(as_ada, query):
    take(make_alert())
    assert as_ada.get(f"{LIST}?{query}").status_code == 200


@pytest.mark.parametrize("address", [LIST, f"{LIST}?without=runbook"])
def test_the_list_costs_the_same_for_two_rows_and_twenty(as_ada, address):
    def count():
        with CaptureQueriesContext(connection) as counted:
            assert as_ada.get(address).status_code == 200
        return len(counted)

    for number in range(2):
        take(make_alert(f"Alert{number}"), group=str(number))
    few = count()
    for number in range(2, 20):
        take(make_alert(f"Alert{number}"), group=str(number))
    assert count() == few


def test_alerts_without_a_runbook_are_counted_by_name_with_a_way_to_begin_one(as_user):
    make_published(text=ANSWER)
    take(
        make_alert("LampOut", labels={"pod": "a", "service": "ticket-desk"}), make_alert("LampOut", labels={"pod": "b"})
    )
    take(make_alert("DeskDown"), group="another")
    text = page(as_user(make_user("ed", role=EDITOR)), without="runbook")
    assert "LampOut" in text
    assert "2 alerts" in text
    assert "DeskDown" not in text
    assert "/runbooks/new/?template=alert&amp;alert=LampOut&amp;title=LampOut&amp;service=ticket-desk" in text


def test_a_name_that_a_runbook_answers_by_now_says_so(as_ada):
    take(make_alert("DeskDown"))
    make_published(text=ANSWER)
    assert "A runbook answers it now" in page(as_ada, without="runbook")


def test_an_alert_shows_what_it_says_and_leads_to_its_section(as_ada):
    make_published(text=ANSWER)
    take(
        make_alert(
            labels={"pod": "web-1"}, annotations={"summary": "No tickets", "runbook_url": "https://example.com/r"}
        )
    )
    text = page(as_ada, Alert.objects.get().get_absolute_url())
    assert "No tickets" in text
    assert 'href="https://example.com/r" rel="noopener noreferrer"' in text
    assert "/runbooks/ticket-desk/ticket-desk/?" in text
    assert "pod=web-1" in text
    assert f'href="{Incident.objects.get().get_absolute_url()}"' in text


def test_other_firings_of_the_name_stand_beside_it(as_ada):
    take(make_alert(status="resolved", startsAt="2026-11-16T01:00:00Z", endsAt="2026-11-16T02:00:00Z"))
    take(make_alert())
    newest, oldest = Alert.objects.order_by("-starts_at")
    assert oldest.get_absolute_url() in page(as_ada, newest.get_absolute_url())


def test_what_a_sender_writes_stays_text(as_ada):
    take(
        make_alert(
            EVIL,
            labels={EVIL: EVIL, "severity": EVIL},
            annotations={"summary": EVIL, "runbook_url": "javascript:alert(1)", "x": "https://example.com/" + EVIL},
            generatorURL="javascript:alert(1)",
        ),
        receiver=EVIL,
    )
    for address in (Alert.objects.get().get_absolute_url(), LIST, f"{LIST}?without=runbook"):
        text = as_ada.get(address).content.decode()
        assert "<script>alert" not in text
        assert 'href="javascript' not in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.com/a?b=c", True),
        ("http://10.0.0.1:9090", True),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("//example.com", False),
        ("https://exa mple.com", False),
        ("https://example.com/\u202egpj", False),
        ("http://[", False),
        ("see https://example.com", False),
        ("https://example.com/" + "x" * 3000, False),
    ],
)
def test_only_plain_web_addresses_become_links(text, expected):
    assert is_web_address(text) is expected


def test_alerts_of_a_confidential_service_are_for_its_team(as_ada, as_user):
    vault = secret_service()
    take(make_alert("VaultOpen", labels={"service": "vault"}))
    alert = Alert.objects.get()
    assert alert.service == vault
    assert as_ada.get(alert.get_absolute_url()).status_code == 404
    assert "VaultOpen" not in page(as_ada)
    assert "VaultOpen" not in page(as_ada, without="runbook")
    keeper = make_user("kit", role=RESPONDER)
    vault.team.memberships.create(user=keeper)
    assert "VaultOpen" in page(as_user(keeper))


def test_a_confidential_runbook_is_not_told_of(as_ada):
    make_published(
        "Vault keys", text=ANSWER.replace("Ticket desk", "Vault"), classification=Classification.CONFIDENTIAL
    )
    take(make_alert())
    text = page(as_ada, Alert.objects.get().get_absolute_url())
    assert "vault-keys" not in text
    assert "Vault keys" not in text


def test_who_may_open_an_incident_is_offered_it_from_an_alert_without_one(as_user, as_ada):
    take(make_alert(labels={"severity": "info"}))
    alert = Alert.objects.get()
    link = f"{reverse('incidents:new')}?alert={alert.pk}"
    assert link in page(as_user(make_user("ben", role=RESPONDER)), alert.get_absolute_url())
    assert link not in page(as_ada, alert.get_absolute_url())


def test_the_panel_of_an_incident_costs_one_query(ada, django_assert_num_queries):
    make_published(text=ANSWER)
    take(*(make_alert(labels={"pod": str(n)}) for n in range(5)), make_alert("LampOut", status="resolved"))
    take(make_alert("PrinterDown"))
    incident = Incident.objects.get()
    with django_assert_num_queries(1):
        found = describe_incident_alerts(incident, ada)
    assert [(line.name, line.count, line.firing, line.has_runbook) for line in found.lines] == [
        ("DeskDown", 5, 5, True),
        ("PrinterDown", 1, 1, False),
    ]
    (section,) = found.sections
    assert (section.heading, section.alert_name) == ("Alert: DeskDown", "DeskDown")
    assert "pod=0" in section.address
    assert f"incident={incident.pk}" in section.run_address


def test_the_panel_tells_of_no_confidential_runbook(ada):
    make_published(
        "Vault keys", text=ANSWER.replace("Ticket desk", "Vault"), classification=Classification.CONFIDENTIAL
    )
    take(make_alert())
    assert describe_incident_alerts(Incident.objects.get(), ada).sections == ()
    chief = make_user("chief", is_superuser=True)
    assert len(describe_incident_alerts(Incident.objects.get(), chief).sections) == 1


def test_the_admin_shows_a_payload_as_it_came_and_lets_it_be_tried_again(as_user):
    body = b'{"not": "\xff' + EVIL.encode() + b"\x00"
    payload = AlertPayload.objects.create(body=body, received_at=NOW, attempts=5, processed_at=NOW, error="no JSON")
    client = as_user(staff())
    text = page(client, reverse("admin:incidents_alertpayload_change", args=[payload.pk]))
    assert "&lt;script&gt;" in text
    assert "<script>alert" not in text
    listing = reverse("admin:incidents_alertpayload_changelist")
    assert "Given up" in page(client, listing)
    client.post(listing, {"action": "try_again", "_selected_action": [payload.pk]})
    payload.refresh_from_db()
    assert (payload.processed_at, payload.attempts) == (None, 0)


def test_a_rule_in_the_admin_that_opens_needs_a_severity(as_user):
    client = as_user(staff(role="Approver"))
    data = {
        "position": 1,
        "name": "All",
        "is_active": "on",
        "action": "open",
        "severities": "",
        "labels": "",
        "severity": "",
    }
    response = client.post(reverse("admin:incidents_alertrule_add"), data)
    assert response.status_code == 422
    assert "Choose the severity" in response.content.decode()
    response = client.post(reverse("admin:incidents_alertrule_add"), data | {"labels": "nonsense", "action": "record"})
    assert "is not of the form name=value" in response.content.decode()
