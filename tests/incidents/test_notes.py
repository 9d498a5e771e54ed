"""Notes: what somebody saw, did or decided, and when that was."""

import datetime as dt
import threading

import pytest
from django.db import connection

from accounts.roles import READER, RESPONDER
from incidents.errors import BadTime, NotAllowed, Refused
from incidents.services.notes import add_note
from runbooks.errors import TextRefused
from tests.factories import NOW, make_incident, make_user

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def ben(db):
    return make_user("ben", role=RESPONDER, display_name="Ben Tidewell")


@pytest.fixture
def incident(db):
    return make_incident()


def test_a_note_is_kept_as_it_was_written_and_as_it_is_shown(incident, ben):
    note = add_note(incident, "The **desk** is back.\n", user=ben, now=NOW)
    assert (note.kind, note.markdown, note.person) == ("note", "The **desk** is back.\n", ben)
    assert note.html == "<p>The <strong>desk</strong> is back.</p>"


def test_a_note_without_a_time_happened_now(incident, ben):
    assert add_note(incident, "Now.", user=ben, now=NOW + HOUR).happened_at == NOW + HOUR


def test_a_late_note_stands_where_it_happened_and_says_when_it_was_written(incident, ben):
    note = add_note(incident, "It began with this.", user=ben, now=NOW + HOUR, at=NOW)
    assert (note.happened_at, note.recorded_at) == (NOW, NOW + HOUR)


def test_a_cause_may_lie_before_the_incident(incident, ben):
    assert add_note(incident, "The deployment.", user=ben, now=NOW, at=NOW - dt.timedelta(days=2)).pk


@pytest.mark.parametrize("offset", [dt.timedelta(minutes=2), -dt.timedelta(days=31)], ids=["future", "long before"])
def test_a_time_that_can_t_be_is_refused(incident, ben, offset):
    with pytest.raises(BadTime, match=r"Choose (an earlier|a later) time"):
        add_note(incident, "When?", user=ben, now=NOW, at=NOW + offset)


def test_a_clock_that_is_some_seconds_ahead_is_no_reason_to_refuse(incident, ben):
    assert add_note(incident, "Soon.", user=ben, now=NOW, at=NOW + dt.timedelta(seconds=30)).pk


@pytest.mark.parametrize("words", ["", "  \n\t "])
def test_an_empty_note_is_refused(incident, ben, words):
    with pytest.raises(Refused, match="Write something"):
        add_note(incident, words, user=ben, now=NOW)


def test_a_note_with_a_credential_is_refused_and_does_not_repeat_it(incident, ben):
    secret = "AKIA" + "Z2J4QWERTY7UIOPL"
    with pytest.raises(Refused, match="looks like a credential") as refusal:
        add_note(incident, f"export AWS_ACCESS_KEY_ID={secret}", user=ben, now=NOW)
    assert secret not in str(refusal.value)
    assert not incident.timeline.filter(kind="note").exists()


def test_a_note_that_can_t_be_stored_is_refused(incident, ben):
    with pytest.raises(TextRefused, match="NUL"):
        add_note(incident, "a\0b", user=ben, now=NOW)


def test_a_note_as_long_as_a_runbook_is_refused(incident, ben):
    with pytest.raises(TextRefused, match="20,000 is the most"):
        add_note(incident, "x" * 20_001, user=ben, now=NOW)


def test_a_reader_may_not_write(incident):
    with pytest.raises(NotAllowed):
        add_note(incident, "Hello.", user=make_user("cy", role=READER), now=NOW)


@pytest.mark.parametrize("status", ["resolved", "closed"])
def test_an_incident_that_is_over_takes_notes(incident, ben, status):
    type(incident).objects.filter(pk=incident.pk).update(
        status=status, resolved_at=NOW, closed_at=NOW if status == "closed" else None
    )
    assert add_note(incident, "The vendor has written.", user=ben, now=NOW + HOUR).pk


def test_every_note_counts_the_revision_up(incident, ben):
    before = incident.revision
    add_note(incident, "One.", user=ben, now=NOW)
    incident.refresh_from_db()
    assert incident.revision > before


@pytest.mark.django_db(transaction=True)
def test_two_notes_at_the_same_moment_both_stay():
    incident = make_incident()
    people = [make_user(name, role=RESPONDER) for name in ("ada", "ben")]
    start = threading.Barrier(2)

    def write(person):
        start.wait(10)
        add_note(incident, f"From {person}.", user=person, now=NOW)
        connection.close()

    threads = [threading.Thread(target=write, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(incident.timeline.filter(kind="note").values_list("markdown", flat=True)) == [
        "From Ada.",
        "From Ben.",
    ]
