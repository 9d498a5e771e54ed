"""`send_reminders`: what the periodic task does, once."""

import io

import pytest
from django.core.management import CommandError, call_command

from runbooks.models import Reminder
from runbooks.tasks import send_reminders
from tests.runbooks.reminders.making import TODAY, make_runbook, make_runbooks

pytestmark = pytest.mark.django_db


def run(*arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command("send_reminders", *arguments, stdout=out, stderr=err)
    return out.getvalue().splitlines(), err.getvalue()


def test_last_line_says_how_many_and_a_second_run_sends_nothing(ada, ben):
    make_runbooks("Restore", "Fail over", owner=ada, next_review_on=TODAY)
    make_runbook("Rotate", owner=ben, next_review_on=TODAY)
    assert run("--at", "2026-11-17T09:00:00+00:00")[0][-1] == "sent 3 reminders to 2 people"
    assert run("--at", "2026-11-17T09:00:00+00:00")[0][-1] == "sent 0 reminders to 0 people"


def test_offset_is_heeded(ada):
    make_runbook(owner=ada, next_review_on=TODAY)
    assert run("--at", "2026-11-17T09:30+01:00")[0][-1] == "sent 0 reminders to 0 people"
    assert run("--at", "2026-11-17T10:00+01:00")[0][-1] == "sent 1 reminders to 1 people"


def test_time_without_an_offset_is_utc_and_said_to_be(ada):
    make_runbook(owner=ada, next_review_on=TODAY)
    lines, said = run("--at", "2026-11-17T09:00")
    assert lines[-1] == "sent 1 reminders to 1 people"
    assert "taken as UTC" in said


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-13-01", "17.11.2026", "2026-11-17T25:00"])
def test_no_time_is_a_clear_error(text):
    with pytest.raises(CommandError, match="is not a time in ISO 8601"):
        run("--at", text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00", "0001-01-01"])
def test_end_of_the_calendar_is_a_clear_error(text):
    with pytest.raises(CommandError, match="too far away"):
        run("--at", text)


def test_task_reads_the_clock_and_may_run_twice(ada):
    make_runbook(owner=ada, next_review_on=TODAY.replace(year=2020))
    send_reminders()
    told = Reminder.objects.count()  # none before nine o'clock of the real day
    send_reminders()
    assert Reminder.objects.count() == told <= 1
