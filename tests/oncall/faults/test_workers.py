"""Workers that are killed, that are many, and a broker that goes away: every notification arrives."""

import datetime as dt
import subprocess
import sys

import pytest
from django.utils import timezone

from oncall.models import Delivery
from oncall.outbox.claiming import claim_due
from oncall.outbox.nudging import nudge
from portal import embedded
from tests.oncall.faults.fleet import PATIENCE, Fleet, name_test_database
from tests.oncall.faults.messages import all_sent, assert_each_came_once, tell_many
from tests.portal.servers import ROOT

pytestmark = pytest.mark.django_db(transaction=True)


def test_worker_killed_in_mid_delivery_loses_nothing(hurried_fleet, sink):
    fleet = hurried_fleet
    tell_many(30)
    sink.hold.clear()
    first = fleet.start("worker")
    fleet.wait_for(sink.entered.is_set, meanwhile=nudge)
    fleet.kill(first)
    assert Delivery.objects.filter(status="sending").exists()
    sink.hold.set()
    fleet.start("worker")
    fleet.wait_for(all_sent, meanwhile=nudge)
    assert_each_came_once(sink, 30, lost_answers=1)


def test_worker_that_is_asked_to_end_finishes_what_it_began_and_no_more(fleet, sink):
    tell_many(400)
    first = fleet.start("worker")
    fleet.wait_for(sink.entered.is_set, meanwhile=nudge)
    first.terminate()
    assert first.wait(timeout=PATIENCE) == 0
    assert Delivery.objects.filter(status="waiting", attempts=0).exists()
    assert not Delivery.objects.filter(status="sending").exists()
    fleet.start("worker")
    fleet.wait_for(all_sent, meanwhile=nudge)
    assert_each_came_once(sink, 400)


def test_two_workers_and_two_beats_send_each_once(fleet, sink):
    for name in ("worker", "worker", "beat", "beat"):
        fleet.start(name)
    tell_many(100)
    fleet.wait_for(all_sent)
    assert_each_came_once(sink, 100)
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}


def test_broker_gone_for_a_while_only_delays(tmp_path, sink, server_folder):
    with (
        embedded.running(server_folder, durable=False, postgres=False) as urls,
        Fleet(tmp_path, EMAIL_URL=sink.url, REDIS_URL=urls.redis) as fleet,
    ):
        fleet.start("worker")
        fleet.start("beat", "deliver mail")
        tell_many(1)
        fleet.wait_for(all_sent)
        embedded.stop(server_folder)
        tell_many(5, first=1)
        embedded.start(server_folder, durable=False, postgres=False)
        fleet.wait_for(all_sent, meanwhile=fleet.restart_fallen)
    assert_each_came_once(sink, 6)


def test_page_does_not_fail_nor_wait_while_the_broker_is_away():
    """What a web process does, in one of its own, with a broker that is not there."""
    script = (
        "import django; django.setup()\n"
        "from tests.oncall.faults.messages import tell_many\n"
        "tell_many(20)\n"
        "from oncall.outbox.nudging import breaker\n"
        "assert breaker.is_open()\n"
    )
    environment = {
        "DATABASE_URL": name_test_database(),
        "REDIS_URL": "unix:///nowhere/valkey.sock?db=0",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "SECRET_KEY": "a key for this test only, of fifty characters or more",
    }
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, check=True, timeout=PATIENCE)
    assert Delivery.objects.filter(status="waiting").count() == 20


def test_claims_that_ran_out_are_found_by_beat_alone(fleet, sink):
    tell_many(3)
    an_hour_ago = timezone.now() - dt.timedelta(hours=1)
    Delivery.objects.update(due_at=an_hour_ago)
    claim_due("mail", an_hour_ago, 3)
    fleet.start("worker")
    fleet.start("beat")
    fleet.wait_for(all_sent)
    assert_each_came_once(sink, 3)
