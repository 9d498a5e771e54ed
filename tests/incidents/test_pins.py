"""Pins: entries that stay in sight of whoever joins."""

import pytest

from accounts.roles import READER, RESPONDER
from incidents.errors import NotAllowed
from incidents.models import Pin
from incidents.services.notes import add_note, pin_entry, unpin_entry
from tests.factories import NOW, make_incident, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


@pytest.fixture
def note(ben):
    return add_note(make_incident(), "The call is in room **Harbour**.", user=ben, now=NOW)


def revision_of(entry):
    entry.incident.refresh_from_db()
    return entry.incident.revision


def test_a_pin_says_who_put_it_there(note, ben):
    pin = pin_entry(note, user=ben, now=NOW)
    assert (pin.by, pin.at) == (ben, NOW)


def test_a_second_pin_changes_nothing(note, ben):
    pin = pin_entry(note, user=ben, now=NOW)
    before = revision_of(note)
    assert pin_entry(note, user=make_user("cy", role=RESPONDER), now=NOW) == pin
    assert revision_of(note) == before


def test_a_pin_can_be_taken_away_by_anybody_who_may_write(note, ben):
    pin_entry(note, user=ben, now=NOW)
    unpin_entry(note, user=make_user("cy", role=RESPONDER))
    assert not Pin.objects.exists()


def test_taking_away_what_is_not_there_is_harmless(note, ben):
    unpin_entry(note, user=ben)
    assert not Pin.objects.exists()


def test_pins_count_the_revision_up_both_ways(note, ben):
    first = revision_of(note)
    pin_entry(note, user=ben, now=NOW)
    second = revision_of(note)
    unpin_entry(note, user=ben)
    assert first < second < revision_of(note)


def test_a_reader_may_not_pin(note):
    with pytest.raises(NotAllowed):
        pin_entry(note, user=make_user("cy", role=READER), now=NOW)


def test_the_page_shows_what_is_pinned_above_the_timeline(note, ben, as_user):
    pin_entry(note, user=ben, now=NOW)
    html = as_user(ben).get(f"/incidents/{note.incident_id}/").content.decode()
    assert html.index('id="h-pinned"') < html.index('id="h-timeline"')
    assert html.count("room <strong>Harbour</strong>") == 2


def test_the_buttons_pin_and_unpin(note, ben, as_user):
    browser, path = as_user(ben), f"/incidents/{note.incident_id}/entries/{note.pk}/pin/"
    assert browser.post(path, {"do": "pin"})["Location"] == f"/incidents/{note.incident_id}/#entry-{note.pk}"
    assert Pin.objects.filter(entry=note).exists()
    browser.post(path, {"do": "unpin"})
    assert not Pin.objects.exists()


def test_a_reader_s_button_is_refused_and_not_shown(note, as_user):
    browser = as_user(make_user("cy", role=READER))
    assert browser.post(f"/incidents/{note.incident_id}/entries/{note.pk}/pin/").status_code == 403
    assert "portal-pins" not in browser.get(f"/incidents/{note.incident_id}/").content.decode()
