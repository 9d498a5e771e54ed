"""Deferred work in a handoff: notes and action items."""

import datetime as dt

import pytest

from handoffs.sections.deferred import find_deferred
from incidents.models import ActionItem, WatchItem
from tests.factories import NOW, make_watch_item
from tests.handoffs.sections.making import DAY, EVIL, HOUR
from tests.incidents.postmortems import make_action, make_postmortem, make_resolved

pytestmark = pytest.mark.django_db


def act(pier, text, *, service=None, user=None, **fields):
    user = user or pier.ada
    postmortem = make_postmortem(user, make_resolved("Gone", service or pier.desk, now=NOW - DAY))
    action = make_action(user, postmortem, text)
    ActionItem.objects.filter(pk=action.pk).update(**fields)
    return action


def put_off(pier, text, **fields):
    fields = {"kind": WatchItem.Kind.DEFERRED, "created_at": NOW - 30 * DAY} | fields
    return make_watch_item(text, team=pier.team, user=pier.ada, **fields)


def test_an_action_item_says_whose_it_is_until_when_and_of_what(pier):
    action = act(pier, "Watch the disk", owner=pier.ben, due_on=dt.date(2026, 11, 20), ticket="PIER-9")
    incident = action.postmortem.incident
    entry = pier.only(find_deferred)
    assert (entry.key, entry.title, entry.tag) == (f"action:{action.pk}", "Watch the disk", "Action item")
    assert entry.facts == ("owner Ben", "due 20 Nov 2026", "open", incident.reference, "PIER-9")
    assert entry.url == action.postmortem.get_absolute_url()


def test_the_longest_overdue_comes_first_and_what_has_no_date_last(pier):
    act(pier, "No date", owner=None, due_on=None)
    act(pier, "Due", due_on=dt.date(2026, 11, 30))
    put_off(pier, "Note", expires_at=NOW - 2 * DAY)
    act(pier, "Overdue", due_on=dt.date(2026, 11, 10))
    entries = pier.find(find_deferred)
    assert [entry.title for entry in entries] == ["Overdue", "Note", "Due", "No date"]
    assert [entry.tone for entry in entries] == ["red", "red", "", ""]
    assert "overdue by 7 days" in entries[0].facts
    assert entries[3].facts[:2] == ("no owner", "no date")


def test_deferred_work_stays_until_it_is_closed_however_long_it_is_over(pier):
    put_off(pier, "Old", expires_at=NOW - 20 * DAY)
    put_off(pier, "Closed", closed_at=NOW, closed_by=pier.ada)
    assert pier.titles(find_deferred) == ["Old"]


def test_what_is_done_or_dropped_is_not_told_of(pier):
    act(pier, "Done", status="done", closed_at=NOW)
    act(pier, "Dropped", status="dropped", closed_at=NOW)
    assert pier.find(find_deferred) == []


def test_confidential_ones_of_the_team_are_marked_and_those_of_others_left_out(pier):
    act(pier, "Vault", service=pier.vault)
    act(pier, "Locker", service=pier.locker, user=pier.cy)
    entry = pier.only(find_deferred)
    assert (entry.title, entry.secret) == ("Vault", True)


def test_hostile_words_stay_words(pier):
    act(pier, EVIL, ticket=EVIL)
    entry = pier.only(find_deferred)
    assert (entry.title, entry.facts[-1]) == (EVIL, EVIL)


def test_today_is_the_teams_day(pier):
    pier.handoff.team.time_zone = "Pacific/Auckland"  # there it is the 17th, 16:14
    act(pier, "Due", due_on=(NOW - 20 * HOUR).date())
    assert pier.only(find_deferred).tag == "Overdue"
