"""Submitting: the outgoing person signs, and what the handoff says is fixed."""

import json

import pytest

from accounts.roles import ADMINISTRATOR, RESPONDER
from handoffs.errors import NotAllowed, NotReady, Unreadable, WrongState
from handoffs.models import EntryNote, Handoff, Question, Signature, Tick
from handoffs.services.contract import submit
from handoffs.services.snapshots import make_content, print_canonical, read_content
from oncall.models import Notification, ReachTest
from oncall.services.proofs import send_tests
from tests.factories import NOW, make_user
from tests.handoffs.contracts import LATER, accept_all, add_incident, make_submitted, make_two, reload, tick_all

pytestmark = pytest.mark.django_db


def test_submitting_keeps_the_content_and_signs_it():
    handoff = make_two()
    tick_all(handoff)
    snapshot = submit(handoff, user=handoff.outgoing, now=NOW)
    signature = Signature.objects.get(handoff=handoff)
    assert (signature.side, signature.name, signature.sha256) == ("outgoing", "Ada", snapshot.sha256)
    assert snapshot.is_intact
    handoff = reload(handoff)
    assert (handoff.state, handoff.round, handoff.submitted_at) == ("submitted", 1, NOW)


def test_the_content_is_canonical_and_says_everything():
    handoff = make_two(summary="Quiet — nearly", urgent="**Call** Zoë")
    incident = add_incident(handoff)
    EntryNote.objects.create(
        handoff=handoff, entry=f"incident:{incident.pk}", tried="Restart", by=handoff.outgoing, at=NOW
    )
    Question.objects.create(handoff=handoff, text="Who knows?", asked_by=handoff.incoming, asked_at=NOW)
    tick_all(handoff)
    snapshot = submit(reload(handoff), user=handoff.outgoing, now=NOW)
    assert snapshot.content == print_canonical(json.loads(snapshot.content))
    assert "Quiet — nearly" in snapshot.content
    content = read_content(snapshot)
    assert (content.outgoing.name, content.incoming.time_zone, content.summary) == (
        "Ada",
        "Asia/Kolkata",
        "Quiet — nearly",
    )
    assert content.changes_at == handoff.changes_at
    assert content.titles[f"incident:{incident.pk}"].endswith("Tickets can't be sold")
    assert next((tick.text, tick.done_by, tick.done_at) for tick in content.ticks) == (
        "Review open incidents",
        "Ada",
        NOW,
    )
    assert [note.tried for note in content.entry_notes] == ["Restart"]
    assert [question.text for question in content.questions] == ["Who knows?"]


def test_the_same_content_gives_the_same_bytes():
    handoff = make_two()
    add_incident(handoff)
    assert make_content(handoff, NOW) == make_content(reload(handoff), NOW)


def test_a_snapshot_of_a_newer_format_says_so():
    handoff = make_submitted()
    snapshot = handoff.snapshots.get()
    snapshot.content = snapshot.content.replace('"format":1', '"format":9')
    with pytest.raises(Unreadable, match="newer portal"):
        read_content(snapshot)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", "nothing", '{"format":1}', '{"format":1,"people":3}', "null", "[" * 3000]
)
def test_a_damaged_snapshot_is_a_sentence_and_no_fault(content):
    snapshot = make_submitted().snapshots.get()
    snapshot.content = content
    with pytest.raises(Unreadable, match="can't be read"):
        read_content(snapshot)


def test_required_items_that_are_not_ticked_are_named():
    handoff = make_two()
    tick_all(handoff)
    Tick.objects.filter(handoff=handoff, position__in=(2, 4)).update(done_by=None, done_at=None)
    with pytest.raises(NotReady, match="“Check system health” and “Note scheduled maintenance”"):
        submit(handoff, user=handoff.outgoing, now=NOW)
    assert reload(handoff).state == "draft"


def test_an_item_that_is_not_required_may_stay_open():
    handoff = make_two()
    Tick.objects.filter(handoff=handoff).update(is_required=False)
    assert submit(handoff, user=handoff.outgoing, now=NOW).number == 1


def test_submitting_twice_is_a_sentence_and_changes_nothing():
    handoff = make_submitted()
    with pytest.raises(WrongState, match="Ada submitted it already on Tue 17 Nov 2026, 03:14 "):
        submit(handoff, user=handoff.outgoing, now=LATER)
    assert handoff.snapshots.count() == 1


def test_a_signed_one_is_not_submitted_again():
    handoff = accept_all(make_submitted())
    with pytest.raises(WrongState, match="Ben accepted it"):
        submit(handoff, user=handoff.outgoing, now=LATER)


@pytest.mark.parametrize("who", ["ben", "cy", "root"])
def test_nobody_but_the_outgoing_person_signs(who):
    handoff = make_two()
    tick_all(handoff)
    roles = {"cy": RESPONDER, "root": ADMINISTRATOR}
    user = handoff.incoming if who == "ben" else make_user(who, role=roles[who])
    with pytest.raises(NotAllowed):
        submit(handoff, user=user, now=NOW)
    assert not Signature.objects.exists()


def test_it_is_not_submitted_to_somebody_who_left():
    handoff = make_two()
    tick_all(handoff)
    handoff.incoming.is_active = False
    handoff.incoming.save()
    with pytest.raises(NotReady, match="Ben has left"):
        submit(handoff, user=handoff.outgoing, now=NOW)


def test_the_incoming_person_gets_a_test_page():
    handoff = make_submitted()
    test = ReachTest.objects.get()
    assert (test.person, test.asked_by) == (handoff.incoming, handoff.outgoing)


def test_no_second_test_goes_where_one_was_answered_since_it_was_opened():
    handoff = make_two()
    send_tests(handoff.incoming, user=handoff.incoming, now=NOW)
    ReachTest.objects.update(answered_at=LATER)
    tick_all(handoff)
    submit(handoff, user=handoff.outgoing, now=LATER)
    assert ReachTest.objects.count() == 1


def test_it_tells_the_incoming_person():
    handoff = make_submitted()
    assert Notification.objects.filter(person=handoff.incoming, kind="handoff", key__contains="submitted").count() == 1


def test_the_page_signs_and_goes_back(as_user):
    handoff = make_two()
    tick_all(handoff)
    response = as_user(handoff.outgoing).post(f"/handoffs/{handoff.pk}/submit/")
    assert response.status_code == 302
    assert response["Location"] == f"/handoffs/{handoff.pk}/"
    assert Handoff.objects.get(pk=handoff.pk).state == "submitted"


def test_the_page_says_what_is_missing(as_user):
    handoff = make_two()
    response = as_user(handoff.outgoing).post(f"/handoffs/{handoff.pk}/submit/")
    assert response.status_code == 422
    assert "Review open incidents" in response.content.decode()


def test_the_page_says_that_it_was_submitted(as_user):
    handoff = make_submitted()
    response = as_user(handoff.outgoing).post(f"/handoffs/{handoff.pk}/submit/")
    assert response.status_code == 409
    assert "submitted it already" in response.content.decode()


@pytest.mark.parametrize(
    "step", ["submit", "quiet", "return", "accept", "accept-entry", "accept-rest", "ask", "test", "lapse"]
)
def test_whoever_has_no_part_is_turned_away(step, as_user):
    handoff = make_submitted()
    client = as_user(make_user("cy", role=RESPONDER))
    for response in (client.post(f"/handoffs/{handoff.pk}/{step}/"), client.get(f"/handoffs/{handoff.pk}/{step}/")):
        assert response.status_code == 403
    assert client.post(f"/handoffs/{handoff.pk + 999}/{step}/").status_code == 404
    assert client.post(f"/handoffs/{2**70}/{step}/").status_code == 404


@pytest.mark.parametrize("step", ["submit", "quiet", "return", "accept", "accept-rest", "ask", "test"])
def test_each_step_has_a_page_for_its_people(step, as_user):
    handoff = make_submitted("Tickets")
    response = as_user(handoff.incoming).get(f"/handoffs/{handoff.pk}/{step}/")
    assert response.status_code == 200
