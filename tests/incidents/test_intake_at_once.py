"""Two workers at the same moment: one incident, each alert once, each entry once."""

import json
import threading

import pytest
from django.db import close_old_connections, connections

from incidents.models import Alert, AlertPayload, Incident, TimelineEntry
from incidents.services import intake
from incidents.services.alert_lookups import Lookups
from tests.factories import NOW, make_service
from tests.incidents.payloads import make_alert, make_payload

pytestmark = pytest.mark.django_db(transaction=True)


def receive(*alerts, **fields):
    intake.receive(json.dumps(make_payload(*alerts, **fields)).encode(), None, NOW)


def work_at_once(workers):
    """So many workers of processes of their own, each until nothing waits for it."""
    barrier = threading.Barrier(workers)

    def work():
        after, lookups = 0, Lookups(NOW)
        barrier.wait()
        while numbers := intake._process_next(after, lookups):
            after = numbers[-1]
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()


def test_the_same_alert_in_many_payloads_is_one():
    for _ in range(40):
        receive(make_alert())
    work_at_once(4)
    assert not AlertPayload.objects.filter(processed_at=None).exists()
    assert Alert.objects.get().received_count == 40
    assert Incident.objects.count() == 1
    assert TimelineEntry.objects.filter(kind="alert").count() == 1


def test_groups_of_one_service_open_one_incident():
    make_service()
    for number in range(20):
        receive(make_alert(f"Alert{number}", labels={"service": "ticket-desk"}), group=str(number))
    work_at_once(4)
    assert Alert.objects.count() == 20
    assert Incident.objects.count() == 1
    assert set(Alert.objects.values_list("incident", flat=True)) == {Incident.objects.get().pk}


def test_services_named_crosswise_make_no_deadlock():
    make_service()
    make_service("Lamp")
    names = ["ticket-desk", "lamp"]
    for number in range(20):
        ordered = names if number % 2 else names[::-1]
        receive(*(make_alert(f"A{number}", labels={"service": name}) for name in ordered), group=str(number))
    work_at_once(4)
    assert not AlertPayload.objects.exclude(attempts=0).exists()
    assert Alert.objects.exclude(incident=None).count() == 40


def test_firing_and_end_at_the_same_moment_leave_it_ended():
    for number in range(15):
        receive(make_alert(f"A{number}"), group=str(number))
        receive(make_alert(f"A{number}", status="resolved"), group=str(number))
    work_at_once(4)
    assert Alert.objects.count() == 15
    assert not Alert.objects.firing().exists()
