"""Accepting: entry by entry, with a test page answered, and a name below it."""

import datetime as dt

import pgtrigger
import pytest

from accounts.roles import RESPONDER
from handoffs.errors import Damaged, NotAllowed, NotReady, OldSnapshot, OwnHandoff, Refused, WrongState
from handoffs.models import Handoff, ItemAcceptance, Question, Signature
from handoffs.services.contract import accept, accept_entry, accept_rest, give_back, lapse, send_test_page
from incidents.models import Incident
from oncall.models import Address, HeldShift, Notification, ReachTest
from oncall.services.held import hold
from tests.factories import NOW, add_member, make_handoff, make_user, reload_user
from tests.handoffs.contracts import (
    LATER,
    accept_all,
    answer_tests,
    make_submitted,
    make_two,
    reload,
    seen,
    submit_again,
    tick_all,
)

pytestmark = pytest.mark.django_db


def sign(handoff, **fields):
    return accept(handoff, **(seen(handoff) | {"user": handoff.incoming, "now": LATER} | fields))


def take_rest(handoff, **fields):
    given = {"has_read": True, "number": handoff.round, "user": handoff.incoming, "now": LATER} | fields
    return accept_rest(handoff, **given)


def test_a_whole_handoff_is_signed_by_two():
    handoff = accept_all(make_submitted("Tickets"))
    assert (handoff.state, handoff.accepted_at) == ("accepted", LATER)
    assert handoff.proof.startswith("answered the test page by e-mail")
    digest = handoff.snapshots.get().sha256
    assert list(handoff.signatures.values_list("side", "name", "sha256")) == [
        ("outgoing", "Ada", digest),
        ("incoming", "Ben", digest),
    ]


@pytest.mark.parametrize(
    ("minutes", "says"),
    [(20, "is responsible when the shift changes"), (60, "is responsible now"), (90, "is responsible now")],
)
def test_accepting_early_does_not_begin_the_shift_early(minutes, says):
    handoff = accept_all(make_submitted(), NOW + dt.timedelta(minutes=minutes))
    assert says in handoff.events.get(kind="accepted").text


def test_accepting_an_entry_twice_is_no_conflict():
    handoff = make_submitted("Tickets")
    key = f"incident:{Incident.objects.get().pk}"
    first = accept_entry(handoff, key, number=1, user=handoff.incoming, now=NOW)
    again = accept_entry(handoff, key, number=1, user=handoff.incoming, now=LATER)
    assert (first.pk, again.at) == (again.pk, NOW)


@pytest.mark.parametrize("key", ["incident:0", "", "x" * 120, "change:1'; --", "no\0"])
def test_an_entry_that_is_not_there_is_refused(key):
    handoff = make_submitted("Tickets")
    with pytest.raises(Refused, match="no such entry"):
        accept_entry(handoff, key, number=1, user=handoff.incoming, now=LATER)


def test_entries_that_are_left_are_named():
    handoff = make_submitted("Tickets")
    answer_tests(handoff)
    with pytest.raises(NotReady, match=r"Tickets”\. Accept each"):
        sign(handoff)


def test_the_rest_is_accepted_by_whoever_says_that_they_read_it():
    handoff = make_submitted("Tickets", "Ferries")
    with pytest.raises(NotReady, match="tick the box"):
        take_rest(handoff, has_read=False)
    assert take_rest(handoff) == ItemAcceptance.objects.count() >= 2
    assert take_rest(handoff, has_read=False) == 0


def test_nobody_accepts_what_they_handed_over():
    handoff = make_submitted()
    with pytest.raises(OwnHandoff, match="it is Ben who accepts"):
        sign(handoff, user=handoff.outgoing)


def test_somebody_else_of_the_team_does_not_accept():
    handoff = make_submitted()
    cy = make_user("cy", role=RESPONDER)
    add_member(handoff.team, cy)
    with pytest.raises(NotAllowed, match="only Ben can accept it"):
        sign(handoff, user=reload_user(cy))


def test_the_same_person_goes_on_and_that_is_recorded():
    ada = make_user("ada", role=RESPONDER)
    handoff = make_handoff(ada, ada)
    handoff = accept_all(submit_again(handoff))
    assert "sign for both sides" in handoff.signatures.get(side="incoming").statement
    assert "goes on" in handoff.events.get(kind="accepted").text
    assert not HeldShift.objects.exists()


def test_an_older_snapshot_is_not_signed():
    handoff = make_submitted()
    old = seen(handoff)
    give_back(handoff, "More", number=1, user=handoff.incoming, now=LATER)
    handoff = submit_again(handoff, LATER)
    answer_tests(handoff)
    with pytest.raises(OldSnapshot, match="You looked at snapshot 1"):
        sign(handoff, **old)
    with pytest.raises(OldSnapshot, match="digest"):
        sign(handoff, sha256=old["sha256"])
    assert not Signature.objects.filter(side="incoming").exists()


@pytest.mark.parametrize(("state", "says"), [("draft", "has not submitted it yet"), ("lapsed", "It has lapsed")])
def test_what_is_not_submitted_is_not_accepted(state, says):
    handoff = make_two(state=state)
    with pytest.raises(WrongState, match=says):
        accept(handoff, number=0, sha256="", user=handoff.incoming, now=LATER)


def test_it_is_accepted_once():
    handoff = accept_all(make_submitted())
    with pytest.raises(WrongState, match=r"Ben accepted it on Tue 17 Nov 2026, 09:04 \(Asia/Kolkata"):
        sign(handoff)


def test_without_an_answered_test_page_a_reason_is_needed_and_recorded():
    handoff = make_submitted()
    take_rest(handoff)
    with pytest.raises(NotReady, match="No test page was answered"):
        sign(handoff, proof_reason="  ")
    sign(handoff, proof_reason="Ada called me on the bridge phone.")
    handoff = reload(handoff)
    assert handoff.proof == "without a test page: Ada called me on the bridge phone."
    assert "bridge phone" in handoff.signatures.get(side="incoming").statement


def test_a_test_answered_before_it_was_opened_proves_nothing():
    handoff = make_submitted()
    take_rest(handoff)
    answer_tests(handoff, NOW - dt.timedelta(hours=1))
    with pytest.raises(NotReady, match="No test page was answered"):
        sign(handoff)


def test_questions_without_an_answer_need_a_word():
    handoff = make_submitted()
    Question.objects.create(handoff=handoff, text="Why?", asked_by=handoff.incoming, asked_at=NOW)
    answer_tests(handoff)
    take_rest(handoff)
    with pytest.raises(NotReady, match="1 question has no answer"):
        sign(handoff)
    assert sign(handoff, despite_questions=True).state == "accepted"


def test_what_was_tampered_with_is_not_signed():
    handoff = make_submitted()
    answer_tests(handoff)
    with pgtrigger.ignore("handoffs.Snapshot:is_final", "handoffs.Snapshot:frozen"):
        handoff.snapshots.update(content=handoff.snapshots.get().content.replace("Ada", "Eve"))
    with pytest.raises(Damaged, match="not what Ada signed"):
        sign(handoff)


def test_earlier_open_handoffs_of_the_rotation_lapse():
    earlier = make_submitted()
    later = make_handoff(
        earlier.incoming,
        earlier.outgoing,
        rotation=earlier.rotation,
        changes_at=earlier.changes_at + dt.timedelta(days=7),
    )
    accept_all(submit_again(later))
    earlier = reload(earlier)
    assert earlier.state == "lapsed"
    assert "was accepted" in earlier.lapse_reason
    assert earlier.events.last().person is None


def test_the_shift_that_was_held_is_released():
    handoff = make_submitted()
    hold(handoff.rotation, handoff.outgoing, handoff.incoming, handoff.changes_at, handoff.get_absolute_url(), now=NOW)
    accept_all(handoff)
    assert HeldShift.objects.get().released_at == LATER


def test_both_are_told_that_it_was_accepted():
    handoff = accept_all(make_submitted())
    told = Notification.objects.filter(key__startswith=f"handoff:{handoff.pk}:accepted")
    assert {handoff.outgoing_id, handoff.incoming_id} <= set(told.values_list("person", flat=True))


def test_an_entry_that_the_former_incoming_person_took_is_taken_again():
    handoff = make_submitted("Tickets")
    take_rest(handoff)
    cy = make_user("cy", role=RESPONDER)
    Handoff.objects.filter(pk=handoff.pk).update(incoming=cy)
    handoff = reload(handoff)
    answer_tests(handoff)
    with pytest.raises(NotReady, match="Tickets"):
        sign(handoff, user=cy, proof_reason="I was called.")
    take_rest(handoff, user=cy)
    assert sign(handoff, user=cy, proof_reason="I was called.").state == "accepted"


def test_a_test_page_can_be_sent_again_after_a_minute():
    handoff = make_submitted()
    with pytest.raises(Refused, match="less than a minute"):
        send_test_page(handoff, user=handoff.incoming, now=NOW + dt.timedelta(seconds=30))
    assert send_test_page(handoff, user=handoff.incoming, now=LATER) == 1
    assert ReachTest.objects.filter(person=handoff.incoming).count() == 2


def test_somebody_without_an_address_is_named():
    handoff = make_submitted()
    Address.objects.filter(person=handoff.incoming).update(is_enabled=False)
    with pytest.raises(Refused, match="Ben has no address"):
        send_test_page(handoff, user=handoff.outgoing, now=LATER)


def test_leads_call_a_handoff_off_with_a_reason_and_others_do_not():
    handoff = make_two()
    with pytest.raises(NotAllowed, match="Only leads"):
        lapse(handoff, "No need", user=handoff.outgoing, now=LATER)
    handoff.team.memberships.filter(user=handoff.incoming).update(is_lead=True)
    with pytest.raises(Refused, match="Say why"):
        lapse(handoff, " ", user=handoff.incoming, now=LATER)
    assert lapse(handoff, "No need", user=handoff.incoming, now=LATER).lapse_reason == "No need"
    with pytest.raises(WrongState, match="It has lapsed: No need"):
        lapse(handoff, "Again", user=handoff.incoming, now=LATER)


def test_the_pages_go_from_entry_to_signature(as_user):
    handoff = make_submitted("Tickets")
    client, here = as_user(handoff.incoming), f"/handoffs/{handoff.pk}"
    key = f"incident:{Incident.objects.get().pk}"
    response = client.post(f"{here}/accept-entry/", {"entry": key, "number": 1})
    assert response["Location"] == f"{here}/#entry-{key.replace(':', '-')}"
    client.post(f"{here}/accept-rest/", {"number": 1, "has_read": "1"})
    wrong = client.post(f"{here}/accept/", seen(handoff) | {"number": 7, "proof_reason": "Bridge phone."})
    assert wrong.status_code == 409
    assert "Bridge phone." in wrong.content.decode()
    assert client.post(f"{here}/accept/", seen(handoff)).status_code == 422
    assert client.post(f"{here}/accept/", seen(handoff) | {"proof_reason": "Bridge phone."}).status_code == 302
    assert reload(handoff).state == "accepted"


def test_the_page_refuses_ones_own_with_a_sentence(as_user):
    handoff = make_submitted()
    response = as_user(handoff.outgoing).post(f"/handoffs/{handoff.pk}/accept/", seen(handoff))
    assert response.status_code == 409
    assert "it is Ben who accepts" in response.content.decode()


def test_a_changed_draft_after_ticking_is_what_is_signed():
    handoff = make_two()
    tick_all(handoff)
    Handoff.objects.filter(pk=handoff.pk).update(summary="Changed at the last moment")
    assert "Changed at the last moment" in submit_again(handoff).snapshots.get().content
