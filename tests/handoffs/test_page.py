"""The page of a handoff: who, when, what there is to report, and as many queries for much as for little."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import READER, RESPONDER
from handoffs.models import EntryNote, Handoff, Question, State
from handoffs.pages.page import describe_handoff
from handoffs.services.writing import write_words
from oncall.models import Classification
from tests.factories import (
    NOW,
    make_handoff,
    make_incident,
    make_rotation,
    make_service,
    make_team,
    make_user,
    reload_user,
)
from tests.handoffs.contracts import LATER, accept_all, add_incident, make_submitted, make_two, reload, submit_again

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"


def show(handoff, user, as_user):
    response = as_user(user).get(handoff.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def count_queries(handoff, user):
    """Of the page's description, for somebody as the middleware loads them."""
    handoff, user = reload(handoff), reload_user(user)
    describe_handoff(handoff, user, LATER)  # who is on call when is remembered between requests
    with CaptureQueriesContext(connection) as queries:
        describe_handoff(handoff, user, LATER)
    return len(queries)


def test_it_says_who_hands_over_to_whom_and_who_is_responsible(as_user):
    handoff = make_two()
    html = show(handoff, handoff.incoming, as_user)
    assert "Ada stays responsible until Ben accepts." in html
    assert "Outgoing · Europe/Lisbon" in html and "Incoming · Asia/Kolkata" in html


def test_a_stranger_to_handoffs_gets_404(as_user):
    nobody = make_user("dee")
    nobody.groups.clear()
    handoff = make_two()
    assert as_user(nobody).get(handoff.get_absolute_url()).status_code == 404
    assert as_user(nobody).get(f"{handoff.get_absolute_url()}live/").status_code == 404


@pytest.mark.parametrize("pk", [999999, 2**70])
def test_what_is_not_there_is_404(pk, as_user):
    ada = make_user("ada", role=RESPONDER)
    assert as_user(ada).get(f"/handoffs/{pk}/").status_code == 404


def test_empty_sections_are_one_short_list(as_user):
    handoff = make_two()
    page = describe_handoff(handoff, handoff.outgoing, LATER)
    assert "Open incidents" in [section.title for section in page.nothing]
    html = show(handoff, handoff.outgoing, as_user)
    assert 'id="open-incidents"><span>Open incidents</span><span class="vh">: nothing to report</span>' in html


def test_an_entry_has_its_tag_link_and_times(as_user):
    handoff = make_two()
    incident = add_incident(handoff)
    html = show(handoff, handoff.outgoing, as_user)
    assert f'href="{incident.get_absolute_url()}"' in html
    assert f'id="entry-incident-{incident.pk}"' in html and '<span class="sev" data-sev="2">SEV-2</span>' in html


def test_hostile_text_stays_text(as_user):
    handoff = make_two()
    incident = add_incident(handoff, HOSTILE)
    write_words(handoff, user=handoff.outgoing, now=NOW, summary=HOSTILE, urgent=HOSTILE, context=HOSTILE)
    key = f"incident:{incident.pk}"
    EntryNote.objects.create(handoff=handoff, entry=key, tried=HOSTILE, stuck=HOSTILE, by=handoff.outgoing, at=NOW)
    handoff.ticks.update(note=HOSTILE, note_by=handoff.outgoing)
    for user in (handoff.outgoing, make_user("cy", role=READER)):
        assert HOSTILE not in show(handoff, user, as_user)


def test_a_late_one_says_so_and_who_has_not_acted():
    handoff = make_two()
    page = describe_handoff(handoff, handoff.outgoing, handoff.changes_at)
    assert page.is_late
    assert not describe_handoff(handoff, handoff.outgoing, handoff.changes_at - dt.timedelta(seconds=1)).is_late


def test_whoever_only_reads_has_no_buttons(as_user):
    handoff = make_two()
    html = show(handoff, make_user("cy", role=READER), as_user)
    assert "data-keep" not in html and 'form="handoff-ticks"' not in html


def test_a_submitted_one_says_what_was_submitted_not_what_is_now():
    handoff = make_submitted("Tickets can't be sold")
    add_incident(handoff, "Later")
    page = describe_handoff(reload(handoff), handoff.incoming, LATER)
    titles = [row.entry.title for section in page.sections for row in section.rows]
    assert "Tickets can't be sold" in titles and "Later" not in titles
    assert not page.may_write and not page.is_live


def test_an_entry_of_a_confidential_service_is_counted_and_not_named(as_user):
    handoff = make_two()
    service = make_service("Manifest", team=handoff.team, classification=Classification.CONFIDENTIAL)
    incident = make_incident("Passenger names are shown", service, team=handoff.team)
    key = f"incident:{incident.pk}"
    EntryNote.objects.create(handoff=handoff, entry=key, tried="Hid the names", by=handoff.outgoing, at=NOW)
    Question.objects.create(handoff=handoff, entry=key, text="Whose names?", asked_by=handoff.incoming, asked_at=NOW)
    html = show(handoff, make_user("cy", role=READER), as_user)
    assert "1 entry is Confidential" in html
    for kept in ("Passenger names", "Hid the names", "Whose names?"):
        assert kept not in html
        assert kept in show(handoff, handoff.incoming, as_user)


def test_a_question_to_something_confidential_that_is_gone_stays_hidden(as_user):
    handoff = make_two()
    Question.objects.create(
        handoff=handoff, entry="incident:77", text="Whose names?", asked_by=handoff.incoming, asked_at=NOW
    )
    assert "Whose names?" not in show(handoff, make_user("cy", role=READER), as_user)
    assert "Whose names?" in show(handoff, handoff.outgoing, as_user)


def test_a_note_to_what_is_gone_is_still_there(as_user):
    handoff = make_two()
    EntryNote.objects.create(handoff=handoff, entry="alert:gone", tried="Restarted it", by=handoff.outgoing, at=NOW)
    assert "Restarted it" in show(handoff, handoff.incoming, as_user)


def test_the_draft_page_asks_the_same_for_two_entries_and_for_twenty():
    handoff = make_two()
    for number in range(2):
        add_incident(handoff, f"Incident {number}")
    few = count_queries(handoff, handoff.outgoing)
    for number in range(2, 20):
        incident = add_incident(handoff, f"Incident {number}")
        key = f"incident:{incident.pk}"
        EntryNote.objects.create(handoff=handoff, entry=key, tried="It", by=handoff.outgoing, at=NOW)
        Question.objects.create(handoff=handoff, entry=key, text="Why?", asked_by=handoff.incoming, asked_at=NOW)
    assert count_queries(handoff, handoff.outgoing) == few <= 25


def test_a_submitted_page_asks_twelve_queries_at_most_however_much_it_says():
    first = make_submitted("One", "Two")
    few = count_queries(first, first.incoming)
    Handoff.objects.update(state=State.LAPSED, lapse_reason="For the next")
    ada, ben = make_user("eve", role=RESPONDER), make_user("fay", role=RESPONDER)
    rotation = make_rotation(make_team("Pier", ada, ben), ada, ben)
    many = make_handoff(ada, ben, rotation=rotation)
    for number in range(20):
        add_incident(many, f"Incident {number}")
    many = submit_again(many)
    assert count_queries(many, many.incoming) == few <= 12


def test_an_accepted_page_asks_twelve_queries_at_most():
    handoff = accept_all(make_submitted("One", "Two"))
    assert count_queries(handoff, handoff.incoming) <= 12
