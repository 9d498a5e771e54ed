"""What alerts do to incidents, by the rules of the admin."""

import datetime as dt

import pytest

from incidents.models import Alert, AlertRule, Incident, MaintenanceWindow, Role, RoleHolder
from incidents.services.alert_rules import ensure_rules
from incidents.services.changing import change_status
from oncall.models import Classification
from tests.factories import NOW, get_severity, make_incident, make_published, make_service, make_team, make_user
from tests.incidents.payloads import make_alert, take

pytestmark = pytest.mark.django_db
OPEN, ATTACH, RECORD = AlertRule.Action
MINUTE = dt.timedelta(minutes=1)
DESK = {"service": "ticket-desk"}


def only_rule(**fields):
    """One rule instead of those a new portal has."""
    AlertRule.objects.all().delete()
    severity = get_severity() if fields.get("action", OPEN) == OPEN else None
    return AlertRule.objects.create(**({"name": "The rule", "action": OPEN, "severity": severity} | fields))


def warning(name="DeskSlow", **fields):
    return make_alert(name, labels=DESK | {"severity": "warning"} | fields.pop("labels", {}), **fields)


def texts(incident):
    return [entry.text for entry in incident.timeline.filter(kind="alert").order_by("pk")]


def test_a_new_portal_has_three_rules_and_they_come_once():
    ensure_rules()
    assert list(AlertRule.objects.values_list("severities", "action")) == [
        ("critical, page", "open"),
        ("warning", "attach"),
        ("", "record"),
    ]


def test_a_critical_alert_opens_an_incident_of_its_service():
    desk = make_service()
    take(make_alert(labels=DESK))
    incident = Incident.objects.get()
    assert (str(incident.severity), incident.source, incident.opened_by) == ("SEV-2", "alert", None)
    assert incident.title == "DeskDown: No ticket was sold for ten minutes"
    assert list(incident.services.all()) == [desk]
    assert incident.started_at == dt.datetime(2026, 11, 17, 3, 10, tzinfo=dt.UTC)
    assert Alert.objects.get().incident == incident


def test_a_warning_joins_the_open_incident_of_its_service():
    incident = make_incident("No tickets", make_service())
    take(warning())
    assert Alert.objects.get().incident == incident
    assert texts(incident) == ["DeskSlow fired; no runbook answers it"]


def test_a_warning_alone_is_recorded_only():
    make_service()
    take(warning())
    assert Alert.objects.get().incident is None
    assert not Incident.objects.exists()


def test_an_alert_of_no_severity_is_recorded_only():
    incident = make_incident("No tickets", make_service())
    take(make_alert(labels=DESK | {"severity": "info"}))
    assert Alert.objects.get().incident is None
    assert texts(incident) == []


def test_a_second_critical_alert_joins_instead_of_opening_another():
    make_service()
    take(make_alert(labels=DESK))
    take(make_alert("PrinterDown", labels=DESK), group="another")
    assert Incident.objects.count() == 1
    assert texts(Incident.objects.get())[1:] == ["PrinterDown fired; no runbook answers it"]


def test_an_alert_of_no_known_service_joins_the_incident_of_its_group():
    take(make_alert())
    take(make_alert(labels={"pod": "b"}))
    take(make_alert(labels={"pod": "c"}), group="another")
    assert Incident.objects.count() == 2
    assert list(Alert.objects.order_by("pk").values_list("incident", flat=True).distinct()) != []
    assert Alert.objects.values("incident").distinct().count() == 2


def test_after_its_incident_was_resolved_an_alert_opens_the_next_one():
    make_service()
    take(make_alert(labels=DESK))
    change_status(Incident.objects.get(), "resolved", user=None, now=NOW)
    take(make_alert(labels=DESK, startsAt="2026-11-17T03:20:00Z"), now=NOW + 10 * MINUTE)
    assert Incident.objects.count() == 2


def test_an_incident_of_the_example_is_not_joined():
    incident = make_incident("No tickets", make_service(), is_example=True)
    take(warning())
    assert Alert.objects.get().incident is None
    assert texts(incident) == []


def test_another_service_of_the_same_group_is_added_to_the_incident():
    make_service()
    lamp = make_service("Lamp")
    take(make_alert(labels=DESK), make_alert(labels={"service": "lamp"}))
    incident = Incident.objects.get()
    assert lamp in incident.services.all()
    assert incident.timeline.filter(kind="facts", text__contains="Lamp").exists()


def test_a_confidential_service_never_speaks_in_an_incident_that_others_read():
    make_service()
    vault = make_service("Vault", team=make_team("Keepers"), classification=Classification.CONFIDENTIAL)
    take(make_alert(labels=DESK), make_alert("VaultOpen", labels={"service": "vault"}))
    own = Alert.objects.get(name="VaultOpen").incident
    assert list(own.services.all()) == [vault]
    assert all("Vault" not in text for text in texts(Alert.objects.get(name="DeskDown").incident))


def test_several_alerts_of_a_name_are_one_entry():
    take(*(make_alert(labels={"pod": f"p{n}"}) for n in range(12)))
    assert texts(Incident.objects.get()) == ["DeskDown fired (12 alerts); no runbook answers it"]


def test_a_storm_leaves_room_in_the_timeline():
    for number in range(230):
        take(make_alert(labels={"pod": f"p{number}"}))
    entries = texts(Incident.objects.get())
    assert len(entries) == 200
    assert entries[-1].endswith("later ones stand in the list of alerts only")


def test_the_timeline_says_what_ended_and_when_all_have():
    take(make_alert("A", labels={"pod": "1"}), make_alert("B"))
    take(make_alert("A", status="resolved", labels={"pod": "1"}), make_alert("B"))
    incident = Incident.objects.get()
    assert texts(incident)[2:] == ["A has ended"]
    take(make_alert("B", status="resolved"))
    assert texts(incident)[3:] == ["B has ended", "All alerts of the group have ended"]
    assert incident.is_open


def test_a_repeated_delivery_writes_nothing():
    for _ in range(3):
        take(make_alert())
    for _ in range(3):
        take(make_alert(status="resolved"))
    assert len(texts(Incident.objects.get())) == 3


def test_when_the_sender_left_alerts_out_nobody_knows_that_all_have_ended():
    take(make_alert(), truncatedAlerts=3)
    take(make_alert(status="resolved"), truncatedAlerts=3)
    assert texts(Incident.objects.get())[1:] == ["DeskDown has ended"]


def test_a_rule_resolves_the_incident_when_all_of_its_alerts_have_ended():
    only_rule(resolves=True)
    make_service()
    take(make_alert("A", labels=DESK))
    take(make_alert("B", labels=DESK), group="another")
    take(make_alert("A", labels=DESK, status="resolved"))
    assert Incident.objects.get().is_open
    take(make_alert("B", labels=DESK, status="resolved"), group="another")
    incident = Incident.objects.get()
    assert incident.status == "resolved"
    assert incident.status_changes.last().by is None


def test_a_rule_resolves_nothing_that_somebody_commands():
    only_rule(resolves=True)
    take(make_alert())
    incident = Incident.objects.get()
    RoleHolder.objects.create(incident=incident, role=Role.COMMANDER, person=make_user(), taken_at=NOW)
    take(make_alert(status="resolved"))
    incident.refresh_from_db()
    assert incident.is_open


def test_an_end_that_comes_again_after_somebody_reopened_changes_nothing():
    only_rule(resolves=True)
    take(make_alert())
    take(make_alert(status="resolved"))
    change_status(Incident.objects.get(), "investigating", user=None, now=NOW + MINUTE)
    take(make_alert(status="resolved"), now=NOW + 2 * MINUTE)
    assert Incident.objects.get().is_open


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        ({}, True),
        ({"severities": "page, CRITICAL"}, True),
        ({"severities": "warning"}, False),
        ({"labels": "env=prod*"}, True),
        ({"labels": "env=*eu*\npod=web-?"}, False),
        ({"labels": "env=*eu*\nzone="}, True),
        ({"labels": "env=prod"}, False),
        ({"labels": "env=" + "*a" * 100}, False),
        ({"labels": "env=prod.eu"}, False),
    ],
)
def test_a_rule_fits_when_everything_it_names_is_so(rule, fits):
    only_rule(**rule)
    take(make_alert(labels={"env": "prod-eu", "pod": "web-1"}))
    assert Incident.objects.exists() is fits


def test_a_rule_for_a_team_or_services_fits_their_alerts_alone():
    team = make_team("Harbour")
    desk, lamp = make_service(team=team), make_service("Lamp")
    only_rule(team=team).services.add(desk, lamp)
    take(make_alert(labels={"service": "lamp"}), group="lamp")
    take(make_alert(), group="none")
    assert not Incident.objects.exists()
    take(make_alert(labels=DESK))
    assert Incident.objects.get().team == team


def test_the_first_rule_that_fits_decides_and_one_out_of_use_is_passed_over():
    only_rule(position=5, action=RECORD, is_active=False)
    AlertRule.objects.create(name="second", position=20, action=RECORD)
    AlertRule.objects.create(name="first", position=10, action=OPEN, severity=get_severity("SEV-1"))
    take(make_alert())
    assert str(Incident.objects.get().severity) == "SEV-1"


def plan_window(*services):
    ada = make_user(role="Responder")
    window = MaintenanceWindow.objects.create(
        title="New printers",
        during=(NOW - MINUTE, NOW + 60 * MINUTE),
        impact="None",
        created_by=ada,
        created_at=NOW,
    )
    window.services.set(services)
    return window


def test_during_maintenance_an_alert_is_marked_and_opens_nothing():
    window = plan_window(make_service())
    take(make_alert(labels=DESK))
    alert = Alert.objects.get()
    assert (alert.during_maintenance, alert.incident) == (window, None)
    take(make_alert(labels=DESK, startsAt="2026-11-17T05:00:00Z"), now=NOW + 120 * MINUTE)
    assert Incident.objects.count() == 1


def test_during_maintenance_an_alert_joins_the_open_incident():
    desk = make_service()
    plan_window(desk)
    incident = make_incident("No tickets", desk)
    take(make_alert(labels=DESK))
    assert texts(incident) == ["DeskDown fired during maintenance; no runbook answers it"]


ANSWER = "# Ticket desk\n\n## Alerts\n\n### Alert: DeskDown\n\nRestart it: `kubectl delete pod [pod]`\n"


def test_the_section_that_answers_is_attached_once_with_the_labels():
    runbook = make_published(text=ANSWER)
    take(make_alert(labels={"pod": "web-1"}))
    take(make_alert(labels={"pod": "web-2"}))
    section = Incident.objects.get().attached_runbooks.get()
    assert (section.runbook, section.labels["pod"], section.alert_name) == (runbook, "web-1", "DeskDown")
    assert section.heading == "Alert: DeskDown"
    assert texts(Incident.objects.get()) == ["DeskDown fired", "DeskDown fired"]


def test_a_confidential_runbook_is_attached_without_a_word_that_tells_of_it():
    make_published(
        "Vault keys", text=ANSWER.replace("Ticket desk", "Vault"), classification=Classification.CONFIDENTIAL
    )
    take(make_alert())
    incident = Incident.objects.get()
    assert incident.attached_runbooks.count() == 1
    assert "Vault keys" not in " ".join(entry.text for entry in incident.timeline.all())
