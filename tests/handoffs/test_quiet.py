"""“Nothing happened”: one click for a quiet shift, refused where the portal knows better."""

import datetime as dt

import pytest

from accounts.roles import RESPONDER
from handoffs.errors import NotAllowed, NotReady, WrongState
from handoffs.models import Tick
from handoffs.sections import Entry, Filled
from handoffs.services.contract import find_obstacles, submit
from incidents.models import SystemChange
from tests.factories import NOW, make_service, make_user
from tests.handoffs.contracts import accept_all, add_incident, make_two, reload

pytestmark = pytest.mark.django_db


def say_quiet(handoff, **fields):
    return submit(reload(handoff), **({"user": handoff.outgoing, "now": NOW, "quiet": True} | fields))


def test_a_quiet_shift_is_ticked_signed_and_submitted_in_one_go():
    handoff = make_two()
    Tick.objects.filter(handoff=handoff, position=1).update(note="looked twice", note_by=handoff.outgoing)
    say_quiet(handoff)
    handoff = reload(handoff)
    assert (handoff.state, handoff.is_quiet) == ("submitted", True)
    assert list(handoff.ticks.values_list("note", flat=True)) == ["looked twice", *["nothing to report"] * 4]
    assert "Nothing happened" in handoff.signatures.get().statement
    assert accept_all(handoff).state == "accepted"


def test_an_open_incident_stands_against_it_and_nothing_is_ticked():
    handoff = make_two()
    add_incident(handoff)
    with pytest.raises(NotReady, match=r"open incidents “SEV-\d Tickets can't be sold”"):
        say_quiet(handoff)
    assert not handoff.ticks.exclude(done_at=None).exists()


def test_a_change_of_the_shift_stands_against_it():
    handoff = make_two()
    service = make_service("Desk", team=handoff.team)
    SystemChange.objects.create(service=service, what="Version 9", at=NOW - dt.timedelta(hours=1), recorded_at=NOW)
    with pytest.raises(NotReady, match="Version 9"):
        say_quiet(handoff)


def filled(key, *entries):
    return Filled(key, key.title(), "", True, entries)


@pytest.mark.parametrize("key", ["open-incidents", "resolved-incidents", "runs", "changes"])
def test_each_of_these_sections_stands_against_it(key):
    assert find_obstacles([filled(key, Entry("a:1", "One", tag="T"))]) == [f"{key} “T One”"]


def test_of_alerts_only_what_still_fires_stands_against_it():
    assert find_obstacles([filled("alerts", Entry("alert:1", "Firing"))])
    assert not find_obstacles([filled("alerts", Entry("unanswered:1", "Once"))])


@pytest.mark.parametrize("key", ["maintenance", "reviews", "watch", "schedule", "levels", "pages", "deferred"])
def test_what_is_merely_to_come_does_not(key):
    assert not find_obstacles([filled(key, Entry("a:1", "One"))])


def test_many_entries_are_counted_and_not_all_named():
    entries = [Entry(f"a:{number}", f"Run {number}") for number in range(7)]
    assert find_obstacles([filled("runs", *entries)]) == ["runs “Run 0”, “Run 1”, “Run 2”, “Run 3” and 3 more"]


def test_it_is_the_outgoing_person_who_says_so_and_once():
    handoff = make_two()
    for user in (handoff.incoming, make_user("cy", role=RESPONDER)):
        with pytest.raises(NotAllowed):
            say_quiet(handoff, user=user)
    say_quiet(handoff)
    with pytest.raises(WrongState):
        say_quiet(handoff)


def test_the_page_says_what_stands_against_it(as_user):
    handoff = make_two()
    add_incident(handoff)
    response = as_user(handoff.outgoing).post(f"/handoffs/{handoff.pk}/quiet/")
    assert response.status_code == 422
    assert "Tickets can&#x27;t be sold" in response.content.decode()


def test_the_page_hands_a_quiet_shift_over(as_user):
    handoff = make_two()
    assert as_user(handoff.outgoing).post(f"/handoffs/{handoff.pk}/quiet/").status_code == 302
    assert reload(handoff).is_quiet
