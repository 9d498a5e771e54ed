"""Whoever has to take something back hears of it: an hour before, and at the end, each once."""

from __future__ import annotations

import pytest

from accounts.roles import RESPONDER
from accounts.services import add_member
from incidents.models import WatchItem
from incidents.services.watch import close_item, prolong
from incidents.services.watch_reminding import remind_of_ends
from incidents.tasks import remind_of_watch_items
from oncall.models import Notification
from tests.factories import NOW, make_service, make_team, make_user, reload_user
from tests.incidents.updates import make_channel
from tests.incidents.watch.items import DAY, HOUR, MINUTE, TEXT, light_one

pytestmark = pytest.mark.django_db
END = NOW + DAY


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def ben(team):
    ben = make_user("ben", role=RESPONDER, time_zone="Europe/Berlin")
    add_member(team, ben)
    return reload_user(ben)


def subjects():
    return list(Notification.objects.order_by("pk").values_list("to", "subject"))


def test_an_hour_before_and_at_the_end_each_once(ben, team):
    light_one(ben, team)
    assert remind_of_ends(END - HOUR - MINUTE) == 0
    assert [remind_of_ends(END - HOUR), remind_of_ends(END - MINUTE)] == [1, 0]
    assert [remind_of_ends(END), remind_of_ends(END + MINUTE)] == [1, 0]
    assert subjects() == [("Ben", f"Expires soon: {TEXT}"), ("Ben", f"Expired: {TEXT}")]


def test_the_message_says_when_by_the_owner_s_clock_and_what_to_do(ben, team):
    dee = make_user("dee", time_zone="Asia/Tokyo")
    light_one(ben, team, kind="silence", owner=dee, service=make_service())
    remind_of_ends(END)
    message = Notification.objects.get()
    assert message.person == dee
    assert message.text == (
        f"Silenced alert: {TEXT}\n\nAbout DeskDown, Ticket desk.\n\nIt expired today at 12:14 (Asia/Tokyo). "
        "Take the silence back where the alert is silenced, or prolong it."
    )
    assert message.action == "Close it or prolong it"


@pytest.mark.parametrize(("late", "told"), [(23 * HOUR, 1), (25 * HOUR, 0)])
def test_a_missed_sweep_is_made_up_for_within_a_day(ben, team, late, told):
    light_one(ben, team)
    assert remind_of_ends(END + late) == told


def test_what_is_closed_or_an_example_reminds_nobody(ben, team):
    close_item(light_one(ben, team), user=ben, now=NOW)
    light_one(ben, team, is_example=True)
    assert remind_of_ends(END) == 0


def test_a_new_end_is_told_again(ben, team):
    item = light_one(ben, team)
    remind_of_ends(END)
    prolong(item, END + DAY, user=ben, now=END + HOUR)
    assert remind_of_ends(END + HOUR) == 0
    assert remind_of_ends(END + DAY - HOUR) == 1
    assert remind_of_ends(END + DAY) == 1


def test_whoever_has_just_set_a_short_fuse_needs_no_reminder_before_its_end(ben, team):
    item = light_one(ben, team, expires_at=NOW + 30 * MINUTE)
    assert remind_of_ends(NOW + MINUTE) == 0
    prolong(item, NOW + 50 * MINUTE, user=ben, now=NOW + 20 * MINUTE)
    assert remind_of_ends(NOW + 21 * MINUTE) == 0
    assert remind_of_ends(NOW + 50 * MINUTE) == 1


def test_without_an_owner_who_is_here_whoever_lit_it_hears_of_it(ben, team):
    item = light_one(ben, team, owner=make_user("dee"))
    item.owner.is_active = False
    item.owner.save()
    remind_of_ends(END)
    assert subjects() == [("Ben", f"Expired: {TEXT}")]


def test_when_both_have_left_the_team_and_its_channel_hear_of_it(ben, team):
    make_channel(team=team)
    lead = make_user("dee", role=RESPONDER)
    add_member(team, lead)
    light_one(ben, team)
    ben.is_active = False
    ben.save()
    assert remind_of_ends(END) == 1
    assert set(Notification.objects.values_list("to", flat=True)) == {"#harbour", str(lead)}


def test_nothing_of_a_confidential_service_leaves_the_portal(ben, team):
    vault = make_service("Vault", team=team, classification="confidential")
    item = light_one(ben, team, service=vault)
    remind_of_ends(END)
    message = Notification.objects.get()
    assert (message.subject, message.url) == ("Expired: a Confidential watch item", item.get_absolute_url())
    for secret in (TEXT, "Vault", "DeskDown"):
        assert secret not in message.text


def test_the_task_may_run_while_nothing_burns():
    remind_of_watch_items()
    assert not Notification.objects.exists()
    assert not WatchItem.objects.exists()
