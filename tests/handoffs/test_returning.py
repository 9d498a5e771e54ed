"""Returned with a reason, written again, submitted again: what did not change stays accepted."""

import pytest

from accounts.roles import RESPONDER
from handoffs.errors import NotAllowed, OldSnapshot, Refused, WrongState
from handoffs.models import EntryNote, Handoff, ItemAcceptance
from handoffs.services.contract import accept_entry, give_back
from incidents.models import Incident
from oncall.models import Notification
from tests.factories import make_user
from tests.handoffs.contracts import LATER, accept_all, make_submitted, reload, submit_again

pytestmark = pytest.mark.django_db


def give(handoff, reason="The runs are missing.", **fields):
    given = {"number": handoff.round, "user": handoff.incoming, "now": LATER} | fields
    return give_back(handoff, reason, **given)


def find_key(title):
    return f"incident:{Incident.objects.get(title=title).pk}"


def test_a_returned_one_can_be_written_and_submitted_again():
    handoff = make_submitted()
    assert give(handoff).state == "returned"
    handoff = submit_again(handoff, LATER)
    assert (handoff.state, handoff.round) == ("submitted", 2)
    assert handoff.snapshots.count() == handoff.signatures.count() == 2


def test_the_reason_stands_in_the_history_and_is_told():
    handoff = make_submitted()
    give(handoff)
    assert "The runs are missing." in handoff.events.get(kind="returned").text
    told = Notification.objects.get(person=handoff.outgoing, key__contains="returned")
    assert "The runs are missing." in told.text


@pytest.mark.parametrize("reason", ["", "   ", "x" * 401, "no\0ne", "password=hunter2hunter2"])
def test_a_reason_that_says_nothing_or_can_not_stay_is_refused(reason):
    handoff = make_submitted()
    with pytest.raises(Refused):
        give(handoff, reason)
    assert reload(handoff).state == "submitted"


def test_only_the_incoming_person_returns_it():
    handoff = make_submitted()
    for user in (handoff.outgoing, make_user("cy", role=RESPONDER)):
        with pytest.raises(NotAllowed):
            give(handoff, user=user)


def test_returning_twice_or_after_signing_is_a_sentence():
    handoff = make_submitted()
    give(handoff)
    with pytest.raises(WrongState, match="It was returned"):
        give(reload(handoff))
    accepted = accept_all(submit_again(handoff, LATER))
    with pytest.raises(WrongState, match="Ben accepted it"):
        give(accepted)


def test_an_older_snapshot_is_not_returned():
    handoff = make_submitted()
    give(handoff)
    handoff = submit_again(handoff, LATER)
    with pytest.raises(OldSnapshot, match="snapshot 2 is the one that counts"):
        give(handoff, number=1)


def test_entries_that_did_not_change_stay_accepted_and_the_others_do_not():
    handoff = make_submitted("Same", "Other")
    for title in ("Same", "Other"):
        accept_entry(handoff, find_key(title), number=1, user=handoff.incoming, now=LATER)
    give(handoff)
    EntryNote.objects.create(handoff=handoff, entry=find_key("Other"), tried="More", by=handoff.outgoing, at=LATER)
    handoff = submit_again(handoff, LATER)
    kept = ItemAcceptance.objects.get(snapshot__number=2)
    assert (kept.entry, kept.at) == (find_key("Same"), LATER)
    assert "1 entry that did not change stays accepted" in handoff.events.filter(kind="submitted").last().text


def test_what_somebody_else_accepted_is_not_carried_over():
    handoff = make_submitted("Same")
    accept_entry(handoff, find_key("Same"), number=1, user=handoff.incoming, now=LATER)
    give(handoff)
    Handoff.objects.filter(pk=handoff.pk).update(incoming=make_user("cy", role=RESPONDER))
    submit_again(handoff, LATER)
    assert not ItemAcceptance.objects.filter(snapshot__number=2).exists()


def test_the_page_gives_the_words_back_when_it_refuses(as_user):
    handoff = make_submitted()
    client = as_user(handoff.incoming)
    response = client.post(f"/handoffs/{handoff.pk}/return/", {"reason": "Where are the runs?", "number": 0})
    assert response.status_code == 409
    assert "Where are the runs?" in response.content.decode()
    assert client.post(f"/handoffs/{handoff.pk}/return/", {"reason": " ", "number": 1}).status_code == 422
    assert client.post(f"/handoffs/{handoff.pk}/return/", {"reason": "Runs?", "number": 1}).status_code == 302


def test_the_page_turns_the_outgoing_person_away(as_user):
    handoff = make_submitted()
    response = as_user(handoff.outgoing).post(f"/handoffs/{handoff.pk}/return/", {"reason": "Mine", "number": 1})
    assert response.status_code == 403
