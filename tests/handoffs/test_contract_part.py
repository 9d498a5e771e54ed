"""The contract as the page of a handoff shows it."""

import datetime as dt

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from accounts.roles import ADMINISTRATOR, READER
from handoffs.models import Question
from handoffs.pages.contract import describe_contract
from handoffs.services.contract import accept_entry, add_addendum, give_back
from handoffs.services.reading import read_sections
from incidents.models import Incident
from oncall.models import Address
from oncall.outbox.choosing import ensure_login_mail
from tests.factories import NOW, make_handoff, make_user, reload_user
from tests.handoffs.contracts import (
    LATER,
    accept_all,
    add_incident,
    answer_tests,
    make_submitted,
    make_two,
    reload,
    submit_again,
    tick_all,
)

pytestmark = pytest.mark.django_db
PARTS = ("_signatures", "_questions", "_addenda", "_history")


def describe(handoff, user=None):
    handoff = reload(handoff)
    return describe_contract(handoff, user or handoff.incoming, LATER, sections=read_sections(handoff, LATER))


def draw(handoff, user=None, *parts):
    """The parts as text, as this person sees them."""
    contract = describe(handoff, user)
    context = {"contract": contract, "handoff": contract.handoff, "user": user or handoff.incoming, "icons": ""}
    drawn = [render_to_string(f"handoffs/{part}.html", context) for part in parts or PARTS]
    for mine in contract.entries.values():
        drawn.append(render_to_string("handoffs/_entry_contract.html", context | {"mine": mine, "title": "It"}))
    return "".join(drawn)


def test_a_draft_names_what_is_missing_to_the_outgoing_person_only():
    handoff = make_two()
    text = draw(handoff, handoff.outgoing)
    assert "Still to tick: Review open incidents" in text
    assert "Sign and submit as Ada" in text
    assert "Sign and submit" not in draw(handoff)
    assert "Ada signs when the checklist is done" in draw(handoff)


def test_nothing_happened_is_offered_on_a_quiet_shift_only():
    handoff = make_two()
    assert "Nothing happened" in draw(handoff, handoff.outgoing)
    add_incident(handoff)
    text = draw(handoff, handoff.outgoing)
    assert "Nothing happened" not in text
    assert "Tickets can&#x27;t be sold" in text


def test_the_incoming_person_sees_what_to_accept_and_the_outgoing_one_does_not():
    handoff = make_submitted("Tickets")
    text = draw(handoff)
    assert "Accept and sign as Ben" in text
    assert 'name="entry"' in text
    assert "How do you know that a page reaches you" in text
    theirs = draw(handoff, handoff.outgoing)
    assert "Accept and sign" not in theirs
    assert 'name="entry"' not in theirs
    assert "Waiting for Ben" in theirs


def test_a_reader_sees_no_button():
    text = draw(make_submitted("Tickets"), make_user("cy", role=READER))
    assert "<button" not in text
    assert "/ask/" not in text


def test_administrators_may_call_it_off_and_the_others_may_not():
    handoff = make_two()
    assert "/lapse/" in draw(handoff, make_user("root", role=ADMINISTRATOR))
    assert "/lapse/" not in draw(handoff, handoff.outgoing)


def test_an_answered_test_page_takes_the_question_for_a_reason_away():
    handoff = make_submitted()
    assert "no answer yet" in draw(handoff)
    answer_tests(handoff)
    text = draw(handoff)
    assert "Test page reached Ben" in text
    assert "How do you know" not in text


def test_somebody_without_an_address_is_said():
    handoff = make_two()
    ensure_login_mail(handoff.incoming)
    Address.objects.filter(person=handoff.incoming).update(is_enabled=False)
    assert "No test page went out" in draw(submit_again(handoff))


def test_what_is_carried_over_says_so():
    handoff = make_submitted("Tickets")
    key = f"incident:{Incident.objects.get().pk}"
    accept_entry(handoff, key, number=1, user=handoff.incoming, now=NOW)
    give_back(handoff, "More", number=1, user=handoff.incoming, now=LATER)
    assert describe(handoff).accepted == 0
    handoff = submit_again(handoff, LATER)
    assert describe(handoff).entries[key].is_carried
    assert "unchanged since, so it stays accepted" in draw(handoff)


def test_a_returned_one_shows_no_signature_until_it_is_submitted_again():
    handoff = make_submitted()
    give_back(handoff, "More", number=1, user=handoff.incoming, now=LATER)
    assert describe(handoff).outgoing.signature is None
    assert "SHA-256 of snapshot 1" in draw(handoff)


def test_a_signed_one_shows_both_names_and_the_addenda():
    handoff = accept_all(make_submitted("Tickets"))
    add_addendum(handoff, "The ticket is **NP-1**.", user=handoff.outgoing, now=LATER)
    text = draw(handoff)
    assert text.count('data-state="signed"') == 2
    assert "<strong>NP-1</strong>" in text
    assert "Intact" in text
    assert "<form" not in text


def test_a_question_about_something_that_is_gone_stands_among_the_general_ones():
    handoff = make_two()
    Question.objects.create(handoff=handoff, entry="incident:0", text="Gone?", asked_by=handoff.incoming, asked_at=NOW)
    assert [question.text for question in describe(handoff).questions] == ["Gone?"]
    assert describe(handoff).open_questions == 1
    assert not describe(handoff, make_user("cy", role=READER)).questions  # it may have been Confidential


def test_hostile_words_are_only_words():
    handoff = make_submitted()
    Question.objects.create(handoff=handoff, text="<script>x</script>", asked_by=handoff.outgoing, asked_at=NOW)
    assert "<script>" not in draw(handoff)


def count(handoff):
    handoff = reload(handoff)
    user, sections, ticks = reload_user(handoff.incoming), read_sections(handoff, LATER), list(handoff.ticks.all())
    with CaptureQueriesContext(connection) as found:
        describe_contract(handoff, user, LATER, sections=sections, ticks=ticks)
    return len(found)


@pytest.mark.parametrize("number", [0, 12])
def test_the_number_of_queries_does_not_grow(number):
    handoff = make_two()
    for one in range(number):
        incident = add_incident(handoff, f"Incident {one}")
        Question.objects.create(
            handoff=handoff, entry=f"incident:{incident.pk}", text="?", asked_by=handoff.incoming, asked_at=NOW
        )
    tick_all(handoff)
    assert count(handoff) == 3
    handoff = submit_again(handoff)
    assert count(handoff) == 7
    handoff = accept_all(handoff, despite_questions=True)
    assert count(handoff) == 6


def test_the_same_person_going_on_signs_both():
    ada = make_user("ada")
    handoff = make_handoff(ada, ada, changes_at=NOW + dt.timedelta(hours=1))
    assert describe(handoff, ada).incoming.waits == "Signed after the outgoing side"
