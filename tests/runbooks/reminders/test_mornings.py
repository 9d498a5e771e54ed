"""When somebody is told: from nine o'clock of their own day, one message a day, each line once."""

import datetime as dt
import zoneinfo
from contextlib import contextmanager

import pytest
from django.db import connection

from accounts.models import User
from oncall.models import Notification
from runbooks.models import Reminder, ReminderMorning, ReminderZone, Runbook
from runbooks.services.reminders import Sent, send_due
from tests.factories import make_user
from tests.runbooks.reminders.making import (
    DAY,
    MORNING,
    TODAY,
    list_told,
    make_evidence,
    make_runbook,
    make_runbooks,
    make_snooze,
    make_task,
)

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
NOTHING = Sent(0, 0)


def make_person(zone, name="ada"):
    return make_user(name, time_zone=zone)


def keys():
    return [key for _, _, key in list_told()]


@pytest.mark.parametrize(
    "zone", ["UTC", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Auckland", "Pacific/Kiritimati"]
)
def test_nine_o_clock_is_the_persons_own(zone):
    make_runbook(owner=make_person(zone), next_review_on=TODAY)
    nine = dt.datetime(2026, 11, 17, 9, tzinfo=zoneinfo.ZoneInfo(zone))
    assert send_due(nine - dt.timedelta(seconds=1)) == NOTHING
    assert send_due(nine) == Sent(1, 1)
    assert keys() == [f"due:{TODAY}:0"]


@pytest.mark.parametrize("day", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)])  # clocks change in the night
def test_nine_o_clock_on_a_day_of_changing_clocks(day):
    make_runbook(owner=make_person("Europe/Lisbon"), next_review_on=day)
    nine = dt.datetime.combine(day, dt.time(9), zoneinfo.ZoneInfo("Europe/Lisbon")).astimezone(dt.UTC)
    assert send_due(nine - dt.timedelta(minutes=1)) == NOTHING
    assert send_due(nine) == Sent(1, 1)


def test_late_run_catches_the_day_up_until_midnight(ada):
    make_runbook(owner=ada, next_review_on=TODAY)
    assert send_due(MORNING + 14 * HOUR + 59 * dt.timedelta(minutes=1)) == Sent(1, 1)


def test_second_run_sends_nothing(ada):
    make_runbook(owner=ada, next_review_on=TODAY)
    send_due(MORNING)
    assert send_due(MORNING) == send_due(MORNING + 5 * HOUR) == NOTHING
    assert Notification.objects.filter(kind="review").count() == 1


def test_what_comes_up_after_the_message_waits_for_the_next_morning(ada):
    first, second = make_runbooks("Restore", "Fail over", owner=ada)
    make_evidence(first)
    send_due(MORNING)
    make_evidence(second)
    assert send_due(MORNING + HOUR) == NOTHING
    assert send_due(MORNING + DAY) == Sent(1, 1)


def test_what_comes_up_after_a_morning_without_message_waits_too(ada):
    runbook = make_runbook(owner=ada)
    assert send_due(MORNING) == NOTHING
    make_evidence(runbook)
    assert send_due(MORNING + HOUR) == NOTHING
    assert send_due(MORNING + DAY) == Sent(1, 1)


def test_morning_without_anything_to_say_leaves_no_row(ada):
    make_runbook(owner=ada)
    send_due(MORNING)
    assert not ReminderMorning.objects.exists()
    assert ReminderZone.objects.get().day == TODAY


def test_each_stage_is_told_once(ada):
    make_runbook(owner=ada, next_review_on=TODAY + 14 * DAY)
    for number in range(30):
        send_due(MORNING + number * DAY)
    due = TODAY + 14 * DAY
    assert sorted(keys()) == sorted([f"due:{due}:-14", f"due:{due}:0", f"due:{due}:7", f"due:{due}:14"])


def test_missed_weeks_are_one_line(ada):
    make_runbook(owner=ada, next_review_on=TODAY)
    assert send_due(MORNING + 40 * DAY) == Sent(1, 1)
    assert keys() == [f"due:{TODAY}:35"]
    assert send_due(MORNING + 41 * DAY) == NOTHING


def test_moved_date_begins_anew(ada):
    make_runbook(owner=ada, next_review_on=TODAY)
    send_due(MORNING)
    moved = TODAY + 10 * DAY
    Runbook.objects.update(next_review_on=moved)
    assert send_due(MORNING + DAY) == Sent(1, 1)
    assert f"due:{moved}:-14" in keys()


def test_snoozed_until_its_day(ada):
    runbook = make_runbook(owner=ada, next_review_on=TODAY)
    make_snooze(runbook, ada, TODAY + 2 * DAY)
    assert send_due(MORNING) == send_due(MORNING + DAY) == NOTHING
    assert send_due(MORNING + 2 * DAY) == Sent(1, 1)


def test_snooze_that_was_ended_counts_no_more(ada):
    runbook = make_runbook(owner=ada, next_review_on=TODAY)
    make_snooze(runbook, ada, TODAY + 2 * DAY, ended_at=MORNING - HOUR)
    assert send_due(MORNING) == Sent(1, 1)


def test_snoozed_runbook_tells_what_happened_since(ada):
    runbook = make_runbook(owner=ada, next_review_on=TODAY)
    make_evidence(runbook, at=MORNING - 3 * HOUR)
    make_snooze(runbook, ada, TODAY + 9 * DAY, at=MORNING - 2 * HOUR)
    later = make_evidence(runbook, at=MORNING - HOUR)
    send_due(MORNING)
    assert keys() == [f"evidence:{later.pk}"]


def test_task_three_days_before_on_the_day_and_weekly(ada):
    task = make_task(make_runbook(owner=ada), ada, TODAY + 3 * DAY)
    for number in range(18):
        send_due(MORNING + number * DAY)
    assert sorted(keys()) == sorted(f"task:{task.pk}:{stage}" for stage in (-3, 0, 7, 14))


def test_open_evidence_is_told_once_however_long_it_stays_open(ada):
    make_evidence(make_runbook(owner=ada, next_review_on=TODAY + 400 * DAY))
    assert sum(send_due(MORNING + number * 10 * DAY).reminders for number in range(9)) == 1


def test_moving_to_another_zone_gives_no_second_message_that_day(ada):
    first, second = make_runbooks("Restore", "Fail over", owner=ada)
    make_evidence(first)
    send_due(MORNING)
    User.objects.filter(pk=ada.pk).update(time_zone="America/Los_Angeles")
    make_evidence(second)
    assert send_due(MORNING + 9 * HOUR) == NOTHING
    assert send_due(MORNING + 9 * HOUR + DAY) == Sent(1, 1)


def test_clock_that_jumps_a_day_ahead_and_back_tells_nothing_twice(ada):
    runbook = make_runbook(owner=ada, next_review_on=TODAY)
    make_evidence(runbook)
    send_due(MORNING + DAY)
    assert send_due(MORNING) == NOTHING
    late = make_evidence(runbook)
    sent = [send_due(MORNING + number * DAY) for number in range(3)]
    assert sum(one.reminders for one in sent) == 1
    assert keys().count(f"evidence:{late.pk}") == 1
    assert len(keys()) == len(set(keys())) == 3


def test_clock_that_was_a_year_ahead_keeps_nobody_from_being_told(ada):
    make_runbook(owner=ada, next_review_on=TODAY)
    send_due(MORNING + 365 * DAY)
    assert send_due(MORNING) == Sent(1, 1)


def test_one_failing_morning_does_not_hold_up_the_others_and_is_tried_again(ada, ben):
    runbooks = make_runbooks("Restore", "Fail over", next_review_on=TODAY)
    for runbook, owner in zip(runbooks, (ada, ben), strict=True):
        Runbook.objects.filter(pk=runbook.pk).update(owner=owner)
    with refusing_messages_to(ada):
        assert send_due(MORNING) == Sent(1, 1)
        assert not ReminderZone.objects.exists()
    assert send_due(MORNING) == Sent(1, 1)
    assert ReminderZone.objects.exists()


@contextmanager
def refusing_messages_to(person):
    """The database refuses them, as it does with a row that breaks a rule."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_message() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'refused'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER refuse_message BEFORE INSERT ON oncall_notification FOR EACH ROW "
            f"WHEN (NEW.person_id = {person.pk}) EXECUTE FUNCTION refuse_message()"
        )
        yield
        cursor.execute("DROP TRIGGER refuse_message ON oncall_notification; DROP FUNCTION refuse_message()")


def test_unknown_zone_counts_as_utc(ada):
    User.objects.filter(pk=ada.pk).update(time_zone="Moon/Tycho")
    make_runbook(owner=ada, next_review_on=TODAY)
    assert send_due(MORNING - HOUR) == NOTHING
    assert send_due(MORNING) == Sent(1, 1)


def test_more_people_than_are_looked_at_together():
    for number in range(3 * 50 + 1):
        person = User.objects.create_user(f"p{number}@example.com", display_name=f"P{number}")
        if number % 50 in (0, 49):
            make_runbook(f"Restore {number}", owner=person, next_review_on=TODAY)
    assert send_due(MORNING) == Sent(7, 7)
    assert Reminder.objects.count() == 7
