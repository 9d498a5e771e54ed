"""Reminders of action items: a week before, on the day, weekly when overdue; in the owner's morning, each once."""

import datetime as dt

import pytest

from accounts.roles import RESPONDER
from incidents.services.action_reminders import remind_of_actions
from incidents.services.actions import change_action, close_action
from oncall.models import Notification
from tests.factories import NOW, make_team, make_user
from tests.incidents.postmortems import make_action, make_postmortem, make_resolved

pytestmark = pytest.mark.django_db
DUE = dt.date(2026, 12, 1)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER, time_zone="Asia/Kolkata")


def at(day, hour=12, minute=0):
    return dt.datetime(2026, day.month, day.day, hour, minute, tzinfo=dt.UTC)


def told():
    return [one.subject.partition("item is ")[2] for one in Notification.objects.order_by("pk")]


def remind_daily(first, days):
    for number in range(days):
        remind_of_actions(at(first + dt.timedelta(days=number)))


def test_a_week_before_on_the_day_and_weekly_from_then_on(ben):
    make_action(ben, owner=ben, due_on=DUE)
    remind_daily(dt.date(2026, 11, 18), 36)
    assert told() == [
        "due in 7 days",
        "due today",
        "overdue by 1 day",
        "overdue by 8 days",
        "overdue by 15 days",
        "overdue by 22 days",
    ]


def test_running_it_again_tells_nothing_twice(ben):
    make_action(ben, owner=ben, due_on=DUE)
    assert [remind_of_actions(at(DUE)) for _ in range(3)] == [1, 0, 0]


def test_it_waits_for_nine_in_the_owner_s_zone(ben):
    make_action(ben, owner=ben, due_on=DUE)
    assert remind_of_actions(at(DUE, 3, 29)) == 0  # 08:59 in Kolkata
    assert remind_of_actions(at(DUE, 3, 30)) == 1


def test_the_day_is_the_owner_s_own(ben):
    make_action(ben, owner=ben, due_on=DUE)
    remind_of_actions(at(DUE - dt.timedelta(days=1), 19))  # 00:30 of the day itself in Kolkata: too early to tell
    assert told() == []


def test_a_lost_morning_is_made_good_later_in_the_day_or_on_the_next(ben):
    make_action(ben, owner=ben, due_on=DUE)
    remind_of_actions(at(DUE - dt.timedelta(days=5)))
    assert told() == ["due in 5 days"]


def test_an_item_of_this_week_is_not_announced_again_before_its_day(ben):
    make_action(ben, owner=ben, due_on=NOW.date() + dt.timedelta(days=3))
    remind_daily(NOW.date(), 3)
    assert told() == []


def test_a_new_date_begins_again(ben):
    item = make_action(ben, owner=ben, due_on=DUE)
    remind_of_actions(at(DUE))
    change_action(item, due_on=DUE + dt.timedelta(days=14), user=ben, now=at(DUE))
    remind_of_actions(at(DUE + dt.timedelta(days=14)))
    assert told() == ["due today", "due today"]


def test_closed_items_and_items_without_a_date_are_left_alone(ben):
    close_action(make_action(ben, owner=ben, due_on=DUE), user=ben, now=NOW)
    make_action(ben, make_postmortem(ben, make_resolved("Other")), owner=ben)
    assert remind_of_actions(at(DUE)) == 0


def test_what_nobody_owns_is_the_team_s_in_the_team_s_morning(ben):
    incident = make_resolved(team=make_team("Harbour", make_user("cy")))  # Europe/Lisbon
    make_action(ben, make_postmortem(ben, incident), due_on=DUE)
    assert remind_of_actions(at(DUE, 8, 59)) == 0
    remind_of_actions(at(DUE, 9))
    assert "Nobody owns it" in Notification.objects.get(person__display_name="Cy").text


def test_who_has_left_is_not_told_but_the_team_is(ben):
    gone = make_user("gone", role=RESPONDER)
    incident = make_resolved(team=make_team("Harbour", make_user("cy")))
    make_action(ben, make_postmortem(ben, incident), owner=gone, due_on=DUE)
    Notification.objects.all().delete()
    gone.is_active = False
    gone.save()
    remind_of_actions(at(DUE))
    assert list(Notification.objects.values_list("person__display_name", flat=True)) == ["Cy"]
