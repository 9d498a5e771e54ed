"""Reminders when workers die, runs are doubled, the broker forgets, the clock jumps: every line once, none lost."""

import datetime as dt
from collections import Counter
from contextlib import suppress
from threading import Event

import pytest
import redis
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from oncall.models import Delivery, Notification
from runbooks import tasks
from runbooks.models import Reminder, ReminderMorning, ReminderZone
from runbooks.services.reminders import Sent, send_due
from tests.at_once import at_once
from tests.factories import make_team, make_user
from tests.runbooks.faults import dying
from tests.runbooks.reminders.making import DAY, MORNING, TODAY, make_evidence, make_runbook, make_runbooks

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE, EACH = 4, 3
LATE_ZONES = ("Etc/GMT-14", "Etc/GMT-8", "Etc/GMT-1", "Etc/GMT+6")  # it is nine or later in one of them at any hour


def make_mornings(**fields):
    """So many people with so many runbooks each that are due, and something that happened to one."""
    for number in range(PEOPLE):
        owner = make_user(f"p{number}", display_name=f"P{number}", **fields)
        titles = [f"Restore {number}-{n}" for n in range(EACH)]
        first, *_ = make_runbooks(*titles, owner=owner, next_review_on=TODAY)
        make_evidence(first)
    return PEOPLE * EACH


def count_messages():
    return Counter(Notification.objects.filter(key__startswith="reviews:").values_list("to", flat=True))


def assert_each_once():
    assert count_messages() == {f"P{number}": 1 for number in range(PEOPLE)}
    assert Reminder.objects.count() == PEOPLE * (EACH + 1)
    assert ReminderMorning.objects.count() == PEOPLE


@pytest.mark.parametrize("step", [dying.MESSAGE, dying.DELIVERY, dying.CLAIM, dying.LINES])
def test_killed_in_the_first_morning_nothing_is_told_and_the_next_run_tells_all(step):
    lines = make_mornings()
    dying.die_while_reminding(MORNING, step)
    assert (Notification.objects.count(), ReminderMorning.objects.count(), Reminder.objects.count()) == (0, 0, 0)
    assert send_due(MORNING) == Sent(lines, PEOPLE)
    assert_each_once()


def test_killed_in_the_second_morning_the_first_one_stands():
    make_mornings()
    dying.die_while_reminding(MORNING, dying.SECOND)
    assert count_messages() == {"P0": 1}
    assert send_due(MORNING) == Sent((PEOPLE - 1) * EACH, PEOPLE - 1)
    assert_each_once()


def test_killed_before_the_zone_is_done_the_next_run_says_nothing_again():
    make_mornings()
    dying.die_while_reminding(MORNING, dying.ZONE)
    assert send_due(MORNING) == Sent(0, 0)
    assert_each_once()


def test_runs_at_the_same_time_share_the_work():
    lines = make_mornings()
    sent = at_once(*[lambda: send_due(MORNING)] * 4)
    assert sum(one.reminders for one in sent) == lines
    assert sum(one.people for one in sent) == PEOPLE
    assert_each_once()


def test_runs_of_two_days_at_the_same_time_tell_each_line_once():
    """As when the clock of one machine is a day ahead of the other's."""
    make_mornings()
    at_once(*[lambda: send_due(MORNING), lambda: send_due(MORNING + DAY)] * 2)
    assert Reminder.objects.count() == PEOPLE * (EACH + 1)
    told = [item["text"] for message in Notification.objects.all() for item in message.items]
    assert len(told) == len(set(told)) == PEOPLE * EACH


def test_who_waits_for_a_run_that_dies_takes_its_person_over():
    make_mornings()
    is_held = Event()

    def die():
        with suppress(RuntimeError), transaction.atomic():
            send_due(MORNING)
            is_held.set()
            assert wait_for_a_waiter()
            raise RuntimeError("the run ends here, before its commit")

    def follow():
        is_held.wait(30)
        return send_due(MORNING)

    assert at_once(die, follow)[1] == Sent(PEOPLE * EACH, PEOPLE)
    assert_each_once()


def test_clock_that_jumps_a_day_tells_each_line_once():
    make_mornings()
    for at in (MORNING, MORNING + DAY, MORNING, MORNING + DAY, MORNING + 2 * DAY):
        send_due(at)
    assert_each_once()


def test_owner_deactivated_before_the_message_is_sent_gets_none_and_the_team_hears_it():
    ada, ben = make_user("ada"), make_user("ben")
    runbook = make_runbook(owner=ada, team=make_team("Harbour", ada, ben), next_review_on=TODAY)
    evidence = make_evidence(runbook)
    send_due(MORNING)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    send_due(MORNING + DAY)
    heard = set(Reminder.objects.filter(person=ben).values_list("key", flat=True))
    assert heard == {f"due:{TODAY}:0", f"evidence:{evidence.pk}"}


def test_owner_deactivated_while_the_run_goes_on_is_passed_by():
    """The person's row is held by whoever switches the account off; the run waits, and sees it."""
    ada = make_user("ada")
    make_runbook(owner=ada, next_review_on=TODAY)
    is_held = Event()

    def switch_off():
        with transaction.atomic():
            User.objects.select_for_update().get(pk=ada.pk)
            is_held.set()
            assert wait_for_a_waiter()
            User.objects.filter(pk=ada.pk).update(is_active=False)

    def run():
        is_held.wait(30)
        return send_due(MORNING)

    assert at_once(switch_off, run)[1] == Sent(0, 0)
    assert not Notification.objects.exists()


def wait_for_a_waiter():
    """Until somebody waits for a lock; asks at most a few thousand times."""
    for _ in range(2000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.01)")
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return True
    return False


def make_real_mornings():
    """Due by the real clock, in zones of which one at least has its morning behind it; how many people will be told."""
    now = timezone.now()
    number = 0
    for n, zone in enumerate(LATE_ZONES):
        owner = make_user(f"p{n}", display_name=f"P{n}", time_zone=zone)
        make_runbooks(*(f"Restore {n}-{k}" for k in range(EACH)), owner=owner, next_review_on=now.date() - 30 * DAY)
        hours = int(zone.removeprefix("Etc/GMT")) * -1
        number += (now + dt.timedelta(hours=hours)).hour >= 9
    return number


def all_sent(number):
    return len(count_messages()) >= number and not Delivery.objects.exclude(status="sent").exists()


def test_two_workers_two_beats_and_an_emptied_broker_tell_each_once(fleet, sink):
    number = make_real_mornings()
    for _ in range(3):
        tasks.send_reminders.delay()
    redis.Redis.from_url(settings.REDIS_URL).flushdb()  # what was asked is forgotten; the rows are not
    for _ in range(2):
        fleet.start("worker")
        fleet.start("beat", "send reminders")
    fleet.wait_for(lambda: ReminderZone.objects.exists() and all_sent(number))
    assert set(count_messages().values()) == {1}
    assert set(sink.count_ids().values()) == {1}
    assert Reminder.objects.count() == EACH * len(count_messages())


def test_mail_that_is_refused_for_now_is_sent_later_once(fleet, sink):
    number = make_real_mornings()
    sink.answers += ["451 come back later"] * 2
    fleet.start("worker")
    tasks.send_reminders.delay()
    fleet.wait_for(lambda: len(count_messages()) >= number and not sink.answers)

    def hurry():
        Delivery.objects.filter(status="waiting").update(due_at=timezone.now())
        tasks.send_reminders.delay()

    fleet.start("beat", "deliver mail")
    fleet.wait_for(lambda: all_sent(number), meanwhile=hurry)
    assert set(sink.count_ids().values()) == {1}
    assert len(sink.count_ids()) == len(count_messages())
