"""Reminders of updates that are due: once for each due time, whatever happens."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.roles import RESPONDER
from accounts.services import add_member
from incidents.models import Incident, Status
from incidents.services.changing import change_status
from incidents.services.overdue_updates import remind_of_updates
from incidents.services.roles import take_role
from incidents.tasks import remind_of_updates as task
from oncall.models import Notification
from tests.factories import NOW, make_incident, make_team, make_user
from tests.incidents.updates import HOUR, send

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


def subjects() -> list[tuple[str, str]]:
    return list(Notification.objects.order_by("pk").values_list("to", "subject"))


def test_whoever_communicates_is_told_before_and_when_it_is_overdue(ben):
    cy = make_user("cy", role=RESPONDER)
    incident = make_incident()
    take_role(incident, "commander", user=cy, now=NOW)
    take_role(incident, "communications", user=ben, now=NOW)
    assert remind_of_updates(NOW + HOUR - 6 * MINUTE) == 0
    assert remind_of_updates(NOW + HOUR - 5 * MINUTE) == 1
    assert remind_of_updates(NOW + HOUR - MINUTE) == 0
    assert remind_of_updates(NOW + HOUR) == 1
    assert remind_of_updates(NOW + 2 * HOUR) == 0
    reference = incident.reference
    assert subjects()[-2:] == [
        ("Ben", f"{reference}: the update is due soon"),
        ("Ben", f"{reference}: the update is overdue"),
    ]
    told = Notification.objects.last()
    assert told is not None
    assert told.url == f"/incidents/{incident.pk}/update/"
    assert "today at 04:14 (UTC)" in told.text


def test_without_communications_the_commander_is_told(ben):
    take_role(make_incident(), "commander", user=ben, now=NOW)
    remind_of_updates(NOW + HOUR)
    assert subjects()[-1][0] == "Ben"


def test_without_either_the_team_is_told(ben):
    team = make_team()
    add_member(team, ben)
    make_incident(team=team)
    assert remind_of_updates(NOW + HOUR) == 1
    assert remind_of_updates(NOW + HOUR + MINUTE) == 0


def test_a_new_due_time_is_told_anew(ben):
    incident = make_incident()
    take_role(incident, "commander", user=ben, now=NOW)
    remind_of_updates(NOW + HOUR)
    send(incident, ben, now=NOW + HOUR + MINUTE)
    assert remind_of_updates(NOW + HOUR + 2 * MINUTE) == 0
    assert remind_of_updates(NOW + 2 * HOUR + 2 * MINUTE) == 1


def test_nobody_is_told_when_it_is_over_or_nothing_was_promised(ben):
    over, silent = make_incident(), make_incident(level="SEV-3")
    for incident in (over, silent):
        take_role(incident, "commander", user=ben, now=NOW)
    change_status(over, Status.RESOLVED, user=ben, now=NOW)
    assert remind_of_updates(NOW + 9 * HOUR) == 0


def test_after_a_handover_nobody_is_told_twice_of_the_same_due_time(ben):
    cy = make_user("cy", role=RESPONDER)
    incident = make_incident()
    take_role(incident, "commander", user=ben, now=NOW)
    remind_of_updates(NOW + HOUR)
    take_role(incident, "communications", user=cy, now=NOW + HOUR)
    assert remind_of_updates(NOW + HOUR + MINUTE) == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_once(ben):
    incident = make_incident()
    take_role(incident, "commander", user=ben, now=NOW)
    before = Notification.objects.count()

    def work(_: int) -> int:
        try:
            return remind_of_updates(NOW + HOUR)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 1
    assert Notification.objects.count() == before + 1


def test_a_clock_put_back_tells_nothing_twice(ben):
    take_role(make_incident(), "commander", user=ben, now=NOW)
    assert remind_of_updates(NOW + HOUR) == 1
    assert remind_of_updates(NOW + HOUR - 3 * MINUTE) == 1  # that it is due soon was not said yet
    assert remind_of_updates(NOW + HOUR) == 0


def test_the_task_reads_the_clock(ben, monkeypatch):
    incident = make_incident()
    take_role(incident, "commander", user=ben, now=NOW)
    monkeypatch.setattr("incidents.tasks.timezone.now", lambda: NOW + HOUR)
    task()
    assert Notification.objects.filter(key__startswith=f"update-overdue:{incident.pk}:").count() == 1
    assert Incident.objects.get().next_update_at == NOW + HOUR
