"""Questions per entry and about all of it, and their answers; both are told once."""

import pytest

from accounts.roles import ADMINISTRATOR, READER, RESPONDER
from handoffs.errors import NotAllowed, Refused, WrongState
from handoffs.models import Question
from handoffs.services.contract import answer, ask
from incidents.models import Incident
from oncall.models import Classification, Notification
from tests.factories import add_member, make_user, reload_user
from tests.handoffs.contracts import LATER, accept_all, add_incident, make_submitted, make_two, reload

pytestmark = pytest.mark.django_db


def put(handoff, text="Who owns the ticket?", entry="", user=None):
    return ask(handoff, entry, text, user=user or handoff.incoming, now=LATER)


@pytest.mark.parametrize("make", [make_two, make_submitted])
def test_a_question_reaches_the_outgoing_person_once_and_the_answer_the_asker(make):
    handoff = make()
    question = put(handoff)
    told = Notification.objects.get(key__contains=f":question:{question.pk}:")
    assert (told.person, "Who owns the ticket?" in told.text) == (handoff.outgoing, True)
    answer(question, "Northpay does.", user=handoff.outgoing, now=LATER)
    told = Notification.objects.get(key__contains=f":answer:{question.pk}:")
    assert (told.person, "Northpay does." in told.text) == (handoff.incoming, True)
    assert list(handoff.events.filter(kind__in=["question", "answer"]).values_list("person", flat=True)) == [
        handoff.incoming_id,
        handoff.outgoing_id,
    ]


def test_a_question_about_an_entry_names_it():
    handoff = make_submitted("Tickets")
    question = put(handoff, entry=f"incident:{Incident.objects.get().pk}")
    assert "about “Tickets”" in Notification.objects.get(key__contains=f":question:{question.pk}:").text


@pytest.mark.parametrize("entry", ["incident:0", "x", "no\0"])
def test_an_entry_that_is_not_there_is_refused(entry):
    with pytest.raises(Refused, match="not in the handoff any more"):
        put(make_submitted("Tickets"), entry=entry)


@pytest.mark.parametrize("text", ["", " \n", "x" * 2001, "no\0ne", "password=hunter2hunter2"])
def test_words_that_can_not_stay_are_refused(text):
    handoff = make_two()
    with pytest.raises(Refused):
        put(handoff, text)
    with pytest.raises(Refused):
        answer(put(handoff), text, user=handoff.outgoing, now=LATER)


def test_the_first_answer_stays():
    handoff = make_two()
    cy = make_user("cy", role=RESPONDER)
    add_member(handoff.team, cy)
    question = put(handoff)
    answer(question, "Northpay.", user=reload_user(cy), now=LATER)
    with pytest.raises(WrongState, match=r"Cy answered meanwhile: “Northpay\.”"):
        answer(question, "Somebody else.", user=handoff.outgoing, now=LATER)


def test_nobody_answers_their_own_question():
    handoff = make_two()
    with pytest.raises(NotAllowed, match="You asked this yourself"):
        answer(put(handoff), "I know.", user=handoff.incoming, now=LATER)


def test_people_of_other_teams_and_readers_do_not_ask():
    handoff = make_two()
    reader = make_user("dee", role=READER)
    add_member(handoff.team, reader)
    for user in (make_user("cy", role=RESPONDER), reload_user(reader)):
        with pytest.raises(NotAllowed):
            put(handoff, user=user)
    assert put(handoff, user=make_user("root", role=ADMINISTRATOR)).pk


def test_after_both_have_signed_there_are_addenda_instead():
    handoff = accept_all(make_submitted())
    with pytest.raises(WrongState, match="Write an addendum"):
        put(handoff)


def test_a_question_about_a_confidential_entry_does_not_stand_in_the_history():
    handoff = make_two()
    incident = add_incident(handoff, "Vault")
    incident.services.update(classification=Classification.CONFIDENTIAL)
    put(handoff, "Is the vault open?", entry=f"incident:{incident.pk}")
    assert handoff.events.last().text == "asked"


def test_the_pages_ask_and_answer(as_user):
    handoff = make_submitted("Tickets")
    here, key = f"/handoffs/{handoff.pk}", f"incident:{Incident.objects.get().pk}"
    ben = as_user(handoff.incoming)
    response = ben.get(f"{here}/ask/?entry={key}")
    assert f'value="{key}"' in response.content.decode()
    response = ben.post(f"{here}/ask/", {"entry": key, "text": "<b>Why?</b>"})
    assert response["Location"] == f"{here}/#entry-{key.replace(':', '-')}"
    question = Question.objects.get()
    page = as_user(handoff.outgoing).get(f"{here}/questions/{question.pk}/answer/").content.decode()
    assert "&lt;b&gt;Why?&lt;/b&gt;" in page
    response = as_user(handoff.outgoing).post(f"{here}/questions/{question.pk}/answer/", {"text": "So."})
    assert response["Location"] == f"{here}/#question-{question.pk}"
    again = as_user(handoff.outgoing).post(f"{here}/questions/{question.pk}/answer/", {"text": "My words"})
    assert again.status_code == 409
    assert "My words" in again.content.decode()


def test_a_question_of_another_handoff_is_not_there(as_user):
    handoff = make_submitted()
    response = as_user(handoff.outgoing).post(f"/handoffs/{handoff.pk}/questions/999/answer/", {"text": "So."})
    assert response.status_code == 404
    assert reload(handoff).state == "submitted"
