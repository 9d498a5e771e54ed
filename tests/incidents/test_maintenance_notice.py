"""Maintenance is told of in time: each cause once, to everybody whom it concerns."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import connection

from accounts.roles import RESPONDER
from incidents.models import MaintenanceWindow
from incidents.services.maintenance import announce_due, cancel_window, change_window
from incidents.tasks import announce_maintenance
from oncall.models import Notification
from tests.factories import NOW, make_service, make_team, make_user
from tests.incidents.updates import HOUR, make_channel, make_plan, make_window

pytestmark = pytest.mark.django_db
START = NOW + 7 * 24 * HOUR
NOTICE = START - 72 * HOUR


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


@pytest.fixture
def cy():
    return make_user("cy")


@pytest.fixture
def desk(cy):
    return make_service(team=make_team("Harbour", cy))


def told(kind: str = "maintenance") -> list[str]:
    return sorted(Notification.objects.filter(key__startswith=kind).values_list("to", flat=True))


def test_it_is_announced_72_hours_ahead_and_once(ben, desk):
    channel = make_channel()
    make_window(ben, desk, channels=(channel,))
    assert announce_due(NOTICE - dt.timedelta(seconds=1)) == 0
    assert announce_due(NOTICE) == 1
    assert announce_due(NOTICE) == 0
    assert told() == ["#harbour", "Cy"]
    message = Notification.objects.get(channel=channel)
    assert message.subject == "Maintenance: New winch"
    assert message.text == (
        "From Tue 24 Nov 2026, 03:14 WET to Tue 24 Nov 2026, 05:14 WET.\n\n"
        "Services: Ticket desk.\n\nWhat others will notice: Gates stay shut for ten minutes."
    )


def test_what_is_planned_late_is_announced_at_once(ben, desk):
    window = make_window(ben, desk, start=NOW + HOUR)
    assert window.announced_at == NOW
    assert told() == ["Cy"]
    assert announce_due(NOW) == 0


def test_the_notice_is_a_setting(ben, desk, settings):
    settings.MAINTENANCE_NOTICE_HOURS = 24
    make_window(ben, desk)
    assert announce_due(NOTICE) == 0
    assert announce_due(START - 24 * HOUR) == 1


def test_somebody_in_two_teams_is_told_once(ben, desk, cy):
    lamp = make_service("Lamp", team=make_team("Lights", cy))
    make_window(ben, desk, lamp, start=NOW + HOUR)
    assert told() == ["Cy"]


def test_a_change_is_told_to_those_who_knew_and_those_who_are_new(ben, desk):
    dee = make_user("dee")
    lamp = make_service("Lamp", team=make_team("Lights", dee))
    window = make_window(ben, desk, start=NOW + HOUR)
    changed = change_window(window, make_plan(lamp, start=NOW + 3 * HOUR, team=lamp.team), user=ben, now=NOW)
    assert told("maintenance-changed") == ["Cy", "Dee"]
    assert changed.announced_at == NOW


def test_a_change_that_others_do_not_notice_is_not_told(ben, desk):
    window = make_window(ben, desk, start=NOW + HOUR)
    plan = replace(make_plan(desk, start=NOW + HOUR), description="With the small crane")
    change_window(window, plan, user=ben, now=NOW)
    assert told("maintenance-changed") == []


def test_a_change_before_the_announcement_is_told_with_it(ben, desk):
    window = make_window(ben, desk)
    change_window(window, make_plan(desk, title="Other winch"), user=ben, now=NOW)
    assert told() == []
    announce_due(NOTICE)
    assert Notification.objects.get().subject == "Maintenance: Other winch"


def test_moved_close_it_is_announced_at_once(ben, desk):
    window = make_window(ben, desk)
    change_window(window, make_plan(desk, start=NOW + HOUR), user=ben, now=NOW)
    assert told("maintenance-announced") == ["Cy"]


def test_calling_off_is_told_to_those_who_were_told(ben, desk):
    first, second = make_window(ben, desk, start=NOW + HOUR), make_window(ben, desk)
    for window in (first, second):
        cancel_window(window, "Storm", user=ben, now=NOW)
    message = Notification.objects.get(key__startswith="maintenance-cancelled")
    assert message.subject == "Maintenance called off: New winch"
    assert "Reason: Storm" in message.text
    assert announce_due(NOTICE) == 0


def test_what_is_over_is_not_announced_any_more(ben, desk):
    make_window(ben, desk)
    assert announce_due(START + 3 * HOUR) == 0


def test_a_confidential_service_is_named_to_its_own_team_only(ben, desk):
    dee = make_user("dee")
    vault = make_service("Vault", classification="confidential", team=make_team("Guards", dee))
    make_window(ben, desk, vault, start=NOW + HOUR)
    texts = {one.to: (one.text, one.url) for one in Notification.objects.all()}
    assert "Services: Ticket desk and others." in texts["Cy"][0]
    assert texts["Cy"][1] == ""
    assert "Vault" in texts["Dee"][0]
    assert texts["Dee"][1].startswith("/maintenance/")


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_announce_once(ben, desk):
    make_window(ben, desk)

    def work(_: int) -> int:
        try:
            return announce_due(NOTICE)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 1
    assert told() == ["Cy"]


def test_the_task_reads_the_clock(ben, desk, monkeypatch):
    make_window(ben, desk)
    monkeypatch.setattr("incidents.tasks.timezone.now", lambda: NOTICE)
    announce_maintenance()
    assert MaintenanceWindow.objects.get().announced_at == NOTICE
