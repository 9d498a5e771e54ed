"""Opening when workers die or are several: each change of shift opens one handoff, and none is forgotten."""

import datetime as dt
import threading
from collections import Counter

import pytest
from django.db import connection
from django.utils import timezone

from handoffs import tasks
from handoffs.models import Handoff, OpeningSweep, Tick
from handoffs.services.opening_due import open_due
from oncall.models import Delivery, HeldShift, Notification, Override
from tests.factories import NOW, make_rotation, make_team, make_user
from tests.handoffs.faults import dying

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = dt.timedelta(minutes=1)
NUMBER = 15
MOMENT = NOW.replace(second=0)


def make_changes(number, now=MOMENT):
    """So many rotations of Ada's in which Ben takes over in half an hour, for two hours."""
    ada, ben = make_user("ada"), make_user("ben")
    team = make_team("Harbour", ada, ben)
    for n in range(number):
        rotation = make_rotation(team, ada, name=f"Pier {n}")
        during = (now + 30 * MINUTE, now + 150 * MINUTE)
        Override.objects.create(
            layer=rotation.layers.get(), person=ben, during=during, created_by=ada, created_at=now - 60 * MINUTE
        )
    OpeningSweep.objects.update_or_create(pk=1, defaults={"looked_until": now - MINUTE})


def told():
    rows = Notification.objects.filter(key__contains=":opened:").values_list("to", flat=True)
    return Counter(rows)


def assert_each_once(number):
    pairs = Counter(Handoff.objects.values_list("rotation", "outgoing__display_name", "incoming__display_name"))
    assert len(pairs) == number
    assert set(pairs.values()) == {1}
    assert HeldShift.objects.filter(released_at=None).count() == number
    assert Tick.objects.count() == 5 * number
    assert told() == {"Ada": number, "Ben": number}


@pytest.mark.parametrize("step", [dying.OPENED, dying.TICKS, dying.EVENT, dying.HELD, dying.MESSAGE, dying.DELIVERY])
def test_a_worker_killed_before_the_commit_has_opened_nothing(step):
    make_changes(1)
    dying.die_while("open", MOMENT, step)
    assert not Handoff.objects.exists()
    assert not HeldShift.objects.exists()
    assert open_due(MOMENT + MINUTE) == 1
    assert_each_once(1)


def test_a_worker_killed_behind_the_commit_has_opened_it_whole():
    make_changes(1)
    dying.die_while("open", MOMENT, dying.COMMIT)
    assert open_due(MOMENT + MINUTE) == 0
    assert_each_once(1)
    assert Delivery.objects.filter(status="waiting").count() == 2


def test_sweeps_at_the_same_time_open_each_once():
    make_changes(NUMBER)
    opened, barrier = [], threading.Barrier(4)

    def sweep():
        barrier.wait(30)
        try:
            opened.append(open_due(MOMENT))
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(opened) == NUMBER
    assert_each_once(NUMBER)


def test_two_workers_and_two_beats_open_each_once(fleet, sink):
    make_changes(NUMBER, timezone.now().replace(second=0, microsecond=0))  # real workers read the real clock
    for name in ("worker", "worker", "beat", "beat"):
        fleet.start(name)
    for _ in range(4):  # as several beats would send it at once, without waiting a minute for theirs
        tasks.open_handoffs.delay()
    fleet.wait_for(all_sent)
    assert_each_once(NUMBER)
    assert set(sink.count_ids().values()) == {1}


def all_sent():
    return Handoff.objects.count() == NUMBER and not Delivery.objects.exclude(status="sent").exists()


def test_a_worker_killed_in_the_middle_leaves_the_rest_to_the_next(fleet):
    make_changes(NUMBER, timezone.now().replace(second=0, microsecond=0))
    first = fleet.start("worker")
    tasks.open_handoffs.delay()
    fleet.wait_for(Handoff.objects.exists)
    fleet.kill(first)
    fleet.start("worker")
    tasks.open_handoffs.delay()
    fleet.wait_for(lambda: Handoff.objects.count() == NUMBER)
    assert_each_once(NUMBER)
