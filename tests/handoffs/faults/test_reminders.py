"""Reminders of late handoffs when workers die, are two, or race with an acceptance: each message once, none lost."""

import datetime as dt
import threading
from collections import Counter

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.services import add_member
from handoffs import tasks
from handoffs.models import EventKind, Handoff, HandoffEvent
from handoffs.services.locking import lock_handoff
from handoffs.services.reminding import remind_late
from oncall.models import Delivery, Notification
from tests.factories import NOW, make_handoff, make_rotation, make_team, make_user
from tests.handoffs.faults import dying

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = dt.timedelta(minutes=1)
CHANGE = NOW + 60 * MINUTE
LATE = CHANGE + 15 * MINUTE
NUMBER = 20


def make_late(number, changes_at=CHANGE):
    """So many submitted handoffs of rotations of their own, from Ada to Ben, Cy behind them and Lee leading."""
    ada, ben, cy, lee = (make_user(name) for name in ("ada", "ben", "cy", "lee"))
    team = make_team("Harbour", ada, ben, cy)
    add_member(team, lee, is_lead=True)
    for n in range(number):
        rotation = make_rotation(team, ada, ben, name=f"Pier {n}")
        make_handoff(ada, ben, rotation=rotation, backup=cy, changes_at=changes_at)
    Handoff.objects.update(state="submitted", submitted_at=changes_at, round=1)
    Delivery.objects.update(status="sent", finished_at=changes_at)  # of the opening, long ago


def late():
    return Notification.objects.filter(key__startswith="handoff-late:")


def told(step):
    return Counter(late().filter(key__contains=f":{step}:user:").values_list("to", flat=True))


def reminded():
    return HandoffEvent.objects.filter(kind=EventKind.REMINDED).count()


@pytest.mark.parametrize("step", [dying.CLAIM, dying.MESSAGE, dying.DELIVERY, dying.EVENT, dying.SAVED])
def test_a_worker_killed_before_the_commit_leaves_the_step_to_another(step):
    make_late(1)
    dying.die_while("remind", LATE, step)
    assert (late().count(), reminded()) == (0, 0)
    assert remind_late(LATE + dt.timedelta(seconds=30)) == 1
    assert told(1) == {"Ben": 1, "Ada": 1}


def test_a_worker_killed_behind_the_commit_has_left_the_messages_to_be_sent():
    make_late(1)
    dying.die_while("remind", LATE, dying.COMMIT)
    assert remind_late(LATE + dt.timedelta(seconds=30)) == 0
    assert told(1) == {"Ben": 1, "Ada": 1}
    assert Delivery.objects.filter(status="waiting", notification__in=late()).count() == 2


def test_who_is_about_to_accept_is_not_reminded_meanwhile():
    """Whoever holds the row is waited for by nobody: the sweep passes it by, and finds it accepted afterwards."""
    make_late(1)
    swept = []
    with transaction.atomic():
        held = lock_handoff(Handoff.objects.get())
        sweeping = threading.Thread(target=lambda: (swept.append(remind_late(LATE)), connection.close()))
        sweeping.start()
        sweeping.join(30)
        Handoff.objects.filter(pk=held.pk).update(state="accepted", accepted_at=LATE)
    assert swept == [0]
    assert remind_late(LATE) == 0
    assert late().count() == 0


def test_sweeps_at_the_same_time_share_the_work():
    make_late(NUMBER)
    done, barrier = [], threading.Barrier(4)

    def sweep():
        barrier.wait(30)
        try:
            done.append(remind_late(LATE))
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(done) == NUMBER
    assert told(1) == {"Ben": NUMBER, "Ada": NUMBER}
    assert reminded() == NUMBER


def all_sent():
    return reminded() == NUMBER and not Delivery.objects.exclude(status="sent").exists()


def test_two_workers_and_two_beats_tell_each_once(fleet, sink):
    make_late(NUMBER, timezone.now() - 16 * MINUTE)  # real workers read the real clock
    for _ in range(2):
        fleet.start("worker")
        fleet.start("beat", "remind of handoffs")
    fleet.wait_for(all_sent)
    assert told(1) == {"Ben": NUMBER, "Ada": NUMBER}
    assert set(sink.count_ids().values()) == {1}
    assert len(sink.count_ids()) == 2 * NUMBER


def test_a_worker_killed_in_the_middle_of_the_sweep_loses_and_doubles_nothing(fleet, sink):
    make_late(NUMBER, timezone.now() - 16 * MINUTE)
    first = fleet.start("worker")
    tasks.remind_late.delay()
    fleet.wait_for(lambda: reminded() > 0)
    fleet.kill(first)
    Delivery.objects.filter(status="sending").update(leased_until=timezone.now())  # its leases run out
    fleet.start("worker")
    tasks.remind_late.delay()
    fleet.start("beat", "deliver mail")
    fleet.wait_for(all_sent)
    assert told(1) == {"Ben": NUMBER, "Ada": NUMBER}
    assert len(sink.count_ids()) == 2 * NUMBER
