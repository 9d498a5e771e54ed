"""A year of mornings for two hundred runbooks in five zones: exactly the lines that the rules ask for, and no others."""

import pytest

from oncall.models import Notification
from runbooks.models import Reminder, ReminderMorning
from tests.runbooks.reminders.deeds import Deeds
from tests.runbooks.reminders.year import BOOKS, DAYS, ZONES, plan_year

pytestmark = pytest.mark.django_db


def test_a_year_of_mornings_tells_exactly_what_the_rules_ask_for():
    world, happenings = plan_year(seed=20260105)
    deeds = Deeds(world)
    assert (len(deeds.books), len(ZONES), DAYS) == (BOOKS, 5, 365)
    for at, what, about in happenings:
        getattr(deeds, what)(at, *about)
    told = deeds.list_told()
    assert told - world.told == set(), "told, though the rules do not ask for it"
    assert world.told - told == set(), "not told, though the rules ask for it"
    assert Reminder.objects.count() == len(world.told)
    mornings = {(person, day) for person, day, _, _ in world.told}
    assert ReminderMorning.objects.count() == Notification.objects.count() == deeds.sent == len(mornings)
    assert len(world.told) > 1000, "a year in which nothing happens proves nothing"
    kinds = {(key.partition(":")[0], key.rpartition(":")[2] in ("-14", "0")) for *_, key in world.told}
    assert {("due", True), ("due", False), ("task", False), ("evidence", False)} <= kinds
