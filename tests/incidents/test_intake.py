"""From notifications to alerts: any order, any number of times."""

import datetime as dt
import json

import pytest
from django.db import OperationalError, connection

from incidents.models import Alert, AlertGroup, AlertPayload, Incident
from incidents.services import intake
from tests.factories import NOW, make_published, make_service, make_user
from tests.incidents.payloads import ZERO, make_alert, make_payload, take

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def at(hour, minute=0):
    return dt.datetime(2026, 11, 17, hour, minute, tzinfo=dt.UTC)


def alert_at(start, *, end=None, **fields):
    """The same alert, firing from a moment, or over."""
    times = {"startsAt": start.isoformat(), "endsAt": end.isoformat() if end else ZERO}
    return make_alert(status="resolved" if end else "firing", **times, **fields)


def spans():
    return [(alert.starts_at, alert.resolved_at) for alert in Alert.objects.order_by("starts_at")]


def test_an_alert_is_written_down_with_what_it_says():
    take(make_alert(labels={"pod": "web-1"}))
    alert = Alert.objects.get()
    assert (alert.name, alert.severity_label, alert.labels["pod"]) == ("DeskDown", "critical", "web-1")
    assert (alert.starts_at, alert.resolved_at, alert.received_at) == (at(3, 10), None, NOW)
    assert AlertGroup.objects.get().receiver == "portal"


def test_the_same_alert_a_thousand_times_is_one_that_was_counted():
    for _ in range(1000):
        take(make_alert())
    assert Alert.objects.get().received_count == 1000
    assert Incident.objects.get().timeline.filter(kind="alert").count() == 1


def test_a_repeated_delivery_costs_few_queries(django_assert_max_num_queries):
    take(make_alert())
    with django_assert_max_num_queries(6):  # two of them begin and end the transaction
        take(make_alert())


def test_an_end_ends_it_when_the_sender_says():
    take(make_alert())
    take(make_alert(status="resolved"))
    assert spans() == [(at(3, 10), at(3, 13))]


def test_a_firing_that_comes_after_its_end_changes_nothing():
    take(make_alert(status="resolved"))
    take(make_alert())
    assert spans() == [(at(3, 10), at(3, 13))]
    assert not Incident.objects.exists()


def test_an_older_firing_does_not_open_again_what_has_ended():
    take(alert_at(at(3)))
    take(alert_at(at(3), end=at(3, 10)))
    incidents = Incident.objects.count()
    take(alert_at(at(2, 59)))
    take(alert_at(at(3, 5)))
    assert not Alert.objects.firing().exists()
    assert Incident.objects.count() == incidents


def test_the_next_firing_is_another_alert_and_the_one_before_is_over():
    take(alert_at(at(1)))
    take(alert_at(at(3)))
    assert spans() == [(at(1), at(3)), (at(3), None)]


def test_an_end_ends_every_firing_of_the_alert_that_began_before_it():
    """Two Prometheus servers see the same alert begin some seconds apart, and Alertmanager keeps the earlier start."""
    take(alert_at(at(3, 0)))
    take(alert_at(at(2, 59)))
    take(alert_at(at(2, 59), end=at(3, 12)))
    assert not Alert.objects.firing().exists()


def test_an_end_without_a_time_counts_from_when_it_was_first_heard_of():
    take(make_alert(), now=NOW)
    take(make_alert(status="resolved", endsAt=ZERO), now=NOW + 7 * MINUTE)
    assert spans() == [(at(3, 10), at(3, 17))]


def test_an_end_is_never_before_its_start():
    take(alert_at(at(3), end=at(2)))
    assert spans() == [(at(3), at(3))]


@pytest.mark.parametrize("hours", [-48, -2, 2, 48])
def test_the_senders_clock_may_be_wrong(hours):
    off = dt.timedelta(hours=hours)
    take(alert_at(NOW + off))
    incident = Incident.objects.get()
    assert incident.started_at <= NOW
    assert all(entry.happened_at <= NOW for entry in incident.timeline.all())
    take(alert_at(NOW + off, end=NOW + off + MINUTE), now=NOW + MINUTE)
    take(alert_at(NOW + off + 2 * MINUTE), now=NOW + 2 * MINUTE)
    assert [end is None for _, end in spans()] == [False, True]


def test_two_fingerprints_in_a_group_are_two_alerts():
    take(make_alert(labels={"pod": "a"}), make_alert(labels={"pod": "b"}))
    assert Alert.objects.count() == 2
    assert AlertGroup.objects.count() == 1


@pytest.mark.parametrize("label", ["service", "app", "application", "job"])
@pytest.mark.parametrize("value", ["ticket-desk", "Ticket desk", "TICKET DESK", "Ticket-Desk"])
def test_a_label_names_the_service_by_slug_or_name(label, value):
    desk = make_service("Ticket desk")
    take(make_alert(labels={label: value}))
    assert Alert.objects.get().service == desk


def test_the_first_label_that_names_a_service_decides():
    make_service("Scraper")
    desk = make_service("Ticket desk")
    take(make_alert(labels={"job": "scraper", "service": "ticket-desk"}))
    assert Alert.objects.get().service == desk


def test_a_service_is_known_by_its_former_address():
    desk = make_service("Ticket desk")
    desk.slug = "sales"
    desk.name = "Sales"
    desk.save()
    take(make_alert(labels={"service": "ticket-desk"}))
    assert Alert.objects.get().service == desk


ANSWER = "# Ticket desk\n\n## Alerts\n\n### Alert: DeskDown\n\nRestart it: `kubectl delete pod [pod]`\n"


def test_the_section_that_answers_is_found_and_gives_the_service():
    runbook = make_published(text=ANSWER)
    take(make_alert())
    alert = Alert.objects.get()
    assert (alert.runbook, alert.service) == (runbook, runbook.service)
    assert "deskdown" in alert.anchor.lower()


def test_the_address_of_a_runbook_finds_it_by_its_last_part():
    runbook = make_published(text=ANSWER)
    take(make_alert("SomethingElse", annotations={"runbook_url": "https://runbooks.example.com/r/desk/DeskDown/?x=1"}))
    assert Alert.objects.get().runbook == runbook


@pytest.mark.parametrize("address", ["http://[", "javascript:alert(1)", "/", "\ud800", "%00"])
def test_an_odd_address_of_a_runbook_does_no_harm(address):
    take(make_alert(annotations={"runbook_url": address}))
    assert Alert.objects.get().runbook is None


def receive(*alerts, **fields):
    return intake.receive(json.dumps(make_payload(*alerts, **fields)).encode(), None, NOW)


def clock():
    return NOW


def test_what_waits_is_taken_apart_once():
    receive(make_alert())
    receive(make_alert("LampOut"), group="lamp")
    assert intake.process_waiting(clock) == 2
    assert intake.process_waiting(clock) == 0
    assert set(Alert.objects.values_list("name", flat=True)) == {"DeskDown", "LampOut"}
    assert not AlertPayload.objects.filter(processed_at=None).exists()


def test_a_payload_that_can_t_be_taken_apart_is_tried_five_times_and_stops_no_other():
    AlertPayload.objects.create(body=b"poison\x00", received_at=NOW)
    receive(make_alert())
    intake.process_waiting(clock)
    assert Alert.objects.count() == 1
    for _ in range(6):
        intake.process_waiting(lambda: NOW + 10 * MINUTE)
    poison = AlertPayload.objects.order_by("pk")[0]
    assert poison.attempts == 5
    assert "not JSON" in poison.error
    assert poison.processed_at is not None


def test_a_payload_that_failed_waits_before_it_is_tried_again():
    AlertPayload.objects.create(body=b"poison", received_at=NOW)
    intake.process_waiting(clock)
    intake.process_waiting(clock)
    assert AlertPayload.objects.get().attempts == 1


def test_the_log_of_a_failure_names_no_content(caplog):
    AlertPayload.objects.create(body=b"secret words", received_at=NOW)
    intake.process_waiting(clock)
    assert "could not be taken apart" in caplog.text
    assert "secret words" not in caplog.text


def test_a_refusal_by_the_database_undoes_the_payload_and_is_kept_as_its_error():
    receive(make_alert(labels={"pod": "a"}), make_alert(labels={"pod": "b"}))

    def refuse(execute, sql, params, many, context):
        if "incidents_timelineentry" in sql:
            raise OperationalError("deadlock detected")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        intake.process_waiting(clock)
    assert not Alert.objects.exists()
    assert AlertPayload.objects.get().error == "OperationalError: deadlock detected"
    intake.process_waiting(lambda: NOW + MINUTE)
    assert Alert.objects.count() == 2


def test_payloads_are_kept_for_thirty_days_and_what_they_said_for_ever():
    receive(make_alert())
    intake.process_waiting(clock)
    assert intake.forget_payloads(NOW + dt.timedelta(days=29)) == 0
    assert intake.forget_payloads(NOW + dt.timedelta(days=31)) == 1
    assert Alert.objects.count() == 1


def test_a_payload_that_still_waits_is_not_forgotten():
    receive(make_alert())
    assert intake.forget_payloads(NOW + dt.timedelta(days=90)) == 0


def test_what_was_given_up_can_be_tried_again_without_doubling_anything():
    receive(make_alert())
    intake.process_waiting(clock)
    chief = make_user("chief", is_superuser=True)
    assert intake.try_again(AlertPayload.objects.all(), user=chief, now=NOW) == 1
    assert intake.process_waiting(clock) == 1
    assert Alert.objects.get().received_count == 2
    assert Incident.objects.count() == 1
