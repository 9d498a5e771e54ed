"""Ticking the checklist: who did what, twice is no conflict, and nobody ticks another team's handoff."""

import threading

import pytest
from django.db import connection

from accounts.roles import READER, RESPONDER
from handoffs.errors import NotAllowed, Refused, WrongState
from handoffs.models import HandoffEvent, Tick
from handoffs.services.writing import note_tick, tick
from tests.factories import NOW, make_team, make_user, reload_user
from tests.handoffs.contracts import LATER, make_submitted, make_two

pytestmark = pytest.mark.django_db


@pytest.fixture
def handoff():
    return make_two()


def post(as_user, user, handoff, **data):
    return as_user(user).post(f"{handoff.get_absolute_url()}tick/", data)


def test_a_tick_says_who_and_when_and_is_recorded(handoff):
    tick(handoff, 1, True, user=handoff.outgoing, now=NOW)
    item = handoff.ticks.get(position=1)
    assert (item.done_by, item.done_at) == (handoff.outgoing, NOW)
    assert handoff.events.filter(kind="ticked").get().text == "ticked “Review open incidents”"


def test_ticking_twice_keeps_the_first_and_records_nothing(handoff):
    tick(handoff, 1, True, user=handoff.outgoing, now=NOW)
    tick(handoff, 1, True, user=handoff.incoming, now=LATER)
    item = handoff.ticks.get(position=1)
    assert (item.done_by, item.done_at) == (handoff.outgoing, NOW)
    assert handoff.events.filter(kind="ticked").count() == 1


def test_a_tick_is_taken_off_again(handoff):
    tick(handoff, 1, True, user=handoff.outgoing, now=NOW)
    tick(handoff, 1, False, user=handoff.incoming, now=LATER)
    assert handoff.ticks.get(position=1).done_at is None
    assert handoff.events.filter(kind="ticked").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_people_who_tick_at_the_same_moment_both_succeed():
    handoff = make_two()
    start, problems = threading.Barrier(2), []

    def go(user):
        try:
            start.wait()
            tick(handoff, 2, True, user=user, now=NOW)
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(user,)) for user in (handoff.outgoing, handoff.incoming)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert HandoffEvent.objects.filter(handoff=handoff, kind="ticked").count() == 1


def test_the_page_ticks_and_leads_back_to_the_item(handoff, as_user):
    response = post(as_user, handoff.incoming, handoff, tick=3)
    assert response.status_code == 302 and response["Location"].endswith("#tick-3")
    assert handoff.ticks.get(position=3).done_by == handoff.incoming
    post(as_user, handoff.incoming, handoff, untick=3)
    assert handoff.ticks.get(position=3).done_by is None


def test_another_team_s_people_get_403_with_a_sentence(handoff, as_user):
    cy = make_user("cy", role=RESPONDER)
    make_team("Pier", cy)
    response = post(as_user, reload_user(cy), handoff, tick=1)
    assert response.status_code == 403
    assert "This is a handoff of Harbour. Only its people can tick its checklist." in response.content.decode()
    assert handoff.ticks.get(position=1).done_at is None


def test_whoever_only_reads_may_not_tick(handoff):
    with pytest.raises(NotAllowed):
        tick(handoff, 1, True, user=make_user("cy", role=READER), now=NOW)


def test_after_submission_a_tick_is_refused_with_the_page_and_the_reason(as_user):
    handoff = make_submitted()
    response = post(as_user, handoff.incoming, handoff, untick=1)
    assert response.status_code == 409
    assert "It was submitted, so its words are fixed" in response.content.decode()
    with pytest.raises(WrongState):
        tick(handoff, 1, False, user=handoff.incoming, now=LATER)


@pytest.mark.parametrize(
    "data", [{}, {"tick": "x"}, {"tick": "-1"}, {"tick": "99"}, {"untick": "９"}, {"tick": "9" * 40}]
)
def test_what_is_no_item_is_404(data, handoff, as_user):
    assert post(as_user, handoff.outgoing, handoff, **data).status_code == 404


def test_a_note_stands_beside_the_item_with_its_author(handoff):
    note_tick(handoff, 1, "Both are **known**.\r\n", user=handoff.outgoing, now=NOW)
    item = handoff.ticks.get(position=1)
    assert (item.note, item.note_by) == ("Both are **known**.", handoff.outgoing)
    note_tick(handoff, 1, "", user=handoff.incoming, now=NOW)
    assert handoff.ticks.get(position=1).note_by is None


def test_a_credential_in_a_note_is_refused(handoff):
    with pytest.raises(Refused, match="credential"):
        note_tick(handoff, 1, "password=" + "hunter2-Xk39dLm2", user=handoff.outgoing, now=NOW)


def test_a_note_to_no_item_is_said(handoff):
    with pytest.raises(Tick.DoesNotExist):
        note_tick(handoff, 99, "Known", user=handoff.outgoing, now=NOW)
