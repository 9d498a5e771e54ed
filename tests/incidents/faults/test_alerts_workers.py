"""Workers that take alerts apart are killed and are many, and the broker goes away: each alert comes in once."""

import pytest

from incidents.models import Alert, AlertPayload, Incident, TimelineEntry
from incidents.services import intake
from portal import embedded
from tests.factories import NOW, make_service
from tests.incidents.faults.storms import make_body
from tests.oncall.faults.fleet import PATIENCE, Fleet

pytestmark = pytest.mark.django_db(transaction=True)


def receive(first, last):
    for number in range(first, last):
        intake.receive(make_body(number), None, NOW)


def all_done():
    return not AlertPayload.objects.filter(processed_at=None).exists()


def some_done():
    return AlertPayload.objects.exclude(processed_at=None).count() > 20


def assert_each_came_once(number):
    assert Alert.objects.count() == number
    assert set(Alert.objects.values_list("received_count", flat=True)) == {1}
    assert Incident.objects.count() == 1
    told = TimelineEntry.objects.filter(kind="alert").values_list("data__count", flat=True)
    assert sum(told) == number


def test_worker_killed_in_the_middle_of_a_batch_loses_and_doubles_nothing(fleet):
    make_service()
    receive(0, 180)
    first = fleet.start("worker")
    fleet.wait_for(some_done, meanwhile=intake.nudge)
    fleet.kill(first)
    assert not all_done()
    fleet.start("worker")
    fleet.wait_for(all_done, meanwhile=intake.nudge)
    assert_each_came_once(180)


def test_worker_that_is_asked_to_end_begins_no_more(fleet):
    make_service()
    receive(0, 180)
    first = fleet.start("worker")
    fleet.wait_for(some_done, meanwhile=intake.nudge)
    first.terminate()
    assert first.wait(timeout=PATIENCE) == 0
    assert not all_done()
    assert Alert.objects.count() == AlertPayload.objects.exclude(processed_at=None).count()


def test_two_workers_and_two_beats_take_each_apart_once(fleet):
    make_service()
    for name in ("worker", "worker", "beat", "beat"):
        fleet.start(name)
    receive(0, 150)
    fleet.wait_for(all_done)
    assert_each_came_once(150)


def test_broker_gone_for_a_while_only_delays(tmp_path, server_folder):
    """The nudges of this process go to another broker, so that only the beat can find the rows."""
    make_service()
    with (
        embedded.running(server_folder, durable=False, postgres=False) as urls,
        Fleet(tmp_path, REDIS_URL=urls.redis) as fleet,
    ):
        fleet.start("worker")
        fleet.start("beat", "take alerts apart")
        receive(0, 1)
        fleet.wait_for(all_done)
        embedded.stop(server_folder)
        receive(1, 30)
        embedded.start(server_folder, durable=False, postgres=False)
        fleet.wait_for(all_done, meanwhile=fleet.restart_fallen)
    assert_each_came_once(30)
