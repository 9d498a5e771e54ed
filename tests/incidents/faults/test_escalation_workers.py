"""Real workers and beats that are killed, that are two, and a broker that goes away: each level is called once, none is lost."""

import datetime as dt
from collections import Counter

import pytest
from django.utils import timezone

from accounts.roles import RESPONDER
from incidents.models import CalledLevel, Escalation
from incidents.services.escalating import acknowledge
from incidents.services.opening import NewIncident, open_incident
from oncall.models import Delivery
from portal import embedded
from tests.factories import get_severity, make_service, make_user
from tests.incidents.ladders import MINUTE, make_ladder, pages
from tests.oncall.faults.fleet import Fleet

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = 30


@pytest.fixture
def incidents():
    """So many incidents whose second level is due by the real clock, as real workers read that one."""
    ada, ben = make_user("ada", role=RESPONDER), make_user("ben", role=RESPONDER)
    desk = make_service(escalation_path=make_ladder([ada], [ben]))
    opened = timezone.now() - 16 * MINUTE
    found = [
        open_incident(NewIncident(f"No {n}", get_severity(), (desk,)), user=None, now=opened) for n in range(NUMBER)
    ]
    Delivery.objects.update(status="sent", finished_at=opened)  # of level 1, long ago
    return found


def all_called() -> bool:
    return CalledLevel.objects.filter(level=1).count() == NUMBER


def all_sent() -> bool:
    return all_called() and not Delivery.objects.exclude(status="sent").exists()


def assert_each_once(sink) -> None:
    assert Counter(CalledLevel.objects.values_list("level", flat=True)) == {0: NUMBER, 1: NUMBER}
    assert Counter(pages()) == {"Ada": NUMBER, "Ben": NUMBER}
    assert len(sink.count_ids()) == NUMBER
    assert not Escalation.objects.filter(next_at__lte=timezone.now()).exists()


def test_two_workers_and_two_beats_call_each_level_once(fleet, sink, incidents):
    for name in ("worker", "worker", "beat", "beat"):
        fleet.start(name)
    fleet.wait_for(all_sent)
    assert_each_once(sink)
    assert set(sink.count_ids().values()) == {1}


def test_a_worker_killed_in_the_middle_of_the_sweep_loses_and_doubles_nothing(fleet, sink, incidents):
    fleet.start("beat")
    first = fleet.start("worker")
    fleet.wait_for(lambda: CalledLevel.objects.filter(level=1).exists())
    fleet.kill(first)
    Delivery.objects.filter(status="sending").update(leased_until=timezone.now())  # its leases run out
    fleet.start("worker")
    fleet.wait_for(all_sent)
    assert_each_once(sink)


def test_a_beat_that_is_killed_is_followed_by_another(fleet, sink, incidents):
    first = fleet.start("beat")
    second = fleet.start("beat")
    fleet.kill(first)
    fleet.start("worker")
    fleet.wait_for(all_sent)
    fleet.kill(second)
    assert_each_once(sink)


def test_a_broker_that_is_away_only_delays(tmp_path, sink, server_folder, incidents):
    later = timezone.now() + dt.timedelta(hours=1)
    Escalation.objects.update(next_at=later)
    with (
        embedded.running(server_folder, durable=False, postgres=False) as urls,
        Fleet(tmp_path, EMAIL_URL=sink.url, REDIS_URL=urls.redis) as fleet,
    ):
        fleet.start("worker")
        fleet.start("beat")
        Escalation.objects.filter(incident=incidents[0].pk).update(next_at=timezone.now())
        fleet.wait_for(CalledLevel.objects.filter(level=1).exists)
        embedded.stop(server_folder)
        Escalation.objects.filter(next_at=later).update(next_at=timezone.now())
        answered = incidents[1]
        acknowledge(answered, user=answered.known_to.first().user, now=timezone.now())
        embedded.start(server_folder, durable=False, postgres=False)
        fleet.wait_for(
            lambda: CalledLevel.objects.filter(level=1).count() == NUMBER - 1, meanwhile=fleet.restart_fallen
        )
    assert Counter(pages()) == {"Ada": NUMBER, "Ben": NUMBER - 1}
    assert not CalledLevel.objects.filter(level=1, escalation__incident=answered).exists()
