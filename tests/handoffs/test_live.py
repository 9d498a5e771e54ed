"""What an open page of a handoff asks every two seconds."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import READER
from handoffs.models import Handoff, Question
from handoffs.pages.pulse import find_pulse
from handoffs.services.contract import accept_entry
from handoffs.services.writing import note_tick, tick, write_words
from oncall.outbox.choosing import ensure_login_mail
from tests.factories import NOW, make_user, reload_user
from tests.handoffs.contracts import LATER, add_incident, answer_tests, make_submitted, make_two, submit_again

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


def ask(browser, handoff, tag=""):
    return browser.get(f"{handoff.get_absolute_url()}live/", headers={"If-None-Match": tag})


def look(handoff, now=NOW):
    return find_pulse(handoff.incoming, handoff.pk, now)


def test_nothing_is_sent_while_nothing_changed(as_user):
    handoff = make_submitted()
    browser = as_user(handoff.incoming)
    first = ask(browser, handoff)
    second = ask(browser, handoff, first["ETag"])
    assert (first.status_code, second.status_code, second.content) == (200, 304, b"")


def test_an_unchanged_poll_asks_for_the_person_and_one_small_row(as_user):
    handoff = make_submitted("One", "Two")
    browser = as_user(handoff.incoming)
    tag = ask(browser, handoff)["ETag"]
    with CaptureQueriesContext(connection) as queries:
        assert ask(browser, handoff, tag).status_code == 304
    assert len(queries) == 2


def test_the_parts_that_come_stand_on_the_page_too(as_user):
    handoff = make_two()
    add_incident(handoff)
    browser = as_user(handoff.outgoing)
    html, live = browser.get(handoff.get_absolute_url()).content.decode(), ask(browser, handoff).content.decode()
    parts = ("handoff-head", "handoff-sections", "tick-1", "ticknote-5", "words-urgent", "signatures", "handoff-after")
    for part in parts:
        assert html.count(f'id="{part}"') == live.count(f'id="{part}"') == 1, part
    assert "<html" not in live


def test_every_change_of_the_other_is_a_change():
    handoff = make_two()
    entry = f"incident:{add_incident(handoff).pk}"
    seen = [look(handoff)]
    for change in (
        lambda: tick(handoff, 1, True, user=handoff.outgoing, now=NOW),
        lambda: note_tick(handoff, 1, "Known", user=handoff.outgoing, now=NOW),
        lambda: write_words(handoff, user=handoff.outgoing, now=NOW, urgent="Call"),
        lambda: Question.objects.create(
            handoff=handoff, entry=entry, text="Why?", asked_by=handoff.incoming, asked_at=NOW
        ),
    ):
        change()
        seen.append(look(handoff))
    assert len(set(seen)) == len(seen)


def test_an_acceptance_and_an_answered_test_page_are_changes():
    handoff = make_two()
    entry = f"incident:{add_incident(handoff).pk}"
    ensure_login_mail(handoff.incoming)
    handoff = submit_again(handoff)
    seen = [look(handoff, LATER)]
    accept_entry(handoff, entry, number=1, user=handoff.incoming, now=LATER)
    seen.append(look(handoff, LATER))
    answer_tests(handoff)
    seen.append(look(handoff, LATER))
    assert len(set(seen)) == 3


def test_facts_are_looked_up_again_once_a_minute_while_it_is_written():
    handoff = make_two()
    minute = NOW.replace(second=0, microsecond=0)
    assert look(handoff, minute) == look(handoff, minute + 59 * SECOND) != look(handoff, minute + 60 * SECOND)


def test_a_submitted_one_changes_when_it_becomes_late():
    handoff = make_submitted()
    at = handoff.changes_at
    assert look(handoff, at - 90 * SECOND) == look(handoff, at - SECOND) != look(handoff, at)


def test_another_right_or_another_zone_is_another_page():
    handoff = make_two()
    cy = make_user("cy", role=READER)
    before = find_pulse(reload_user(cy), handoff.pk, NOW)
    cy.time_zone = "Asia/Tokyo"
    cy.save()
    assert find_pulse(reload_user(cy), handoff.pk, NOW) != before


def test_there_is_no_pulse_of_what_is_not_there(as_user):
    browser = as_user(make_user("cy", role=READER))
    assert browser.get("/handoffs/999999/live/").status_code == 404
    assert browser.get(f"/handoffs/{2**70}/live/").status_code == 404
    assert not Handoff.objects.exists()
