"""Corrections: new entries that name the one they put right."""

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from accounts.roles import READER, RESPONDER
from incidents.errors import NotAllowed, Refused
from incidents.models import TimelineEntry
from incidents.services.notes import add_note, correct_entry
from tests.factories import NOW, make_incident, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER, display_name="Ben Tidewell")


@pytest.fixture
def note(ben):
    return add_note(make_incident(), "All regions.", user=ben, now=NOW)


def test_a_correction_is_an_entry_that_names_the_other(note, ben):
    made = correct_entry(note, "One region only.", user=ben, now=NOW)
    assert (made.kind, made.corrects, made.incident) == ("correction", note, note.incident)
    note.refresh_from_db()
    assert note.markdown == "All regions."


def test_what_the_portal_wrote_can_be_corrected_too(note, ben):
    opened = note.incident.timeline.get(kind="opened")
    assert correct_entry(opened, "It was SEV-1 from the start.", user=ben, now=NOW).corrects == opened


def test_an_empty_correction_is_refused(note, ben):
    with pytest.raises(Refused, match="Write something"):
        correct_entry(note, " ", user=ben, now=NOW)


def test_a_reader_may_not_correct(note):
    with pytest.raises(NotAllowed):
        correct_entry(note, "No.", user=make_user("cy", role=READER), now=NOW)


@pytest.mark.parametrize("change", [{"text": "x"}, {"html": "x"}, {"happened_at": NOW.replace(year=2020)}])
def test_the_database_refuses_to_change_an_entry(note, change):
    with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
        TimelineEntry.objects.filter(pk=note.pk).update(**change)


def test_the_database_refuses_to_delete_an_entry(note):
    with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
        TimelineEntry.objects.filter(pk=note.pk)._raw_delete("default")


def test_the_database_refuses_a_correction_of_nothing(note):
    with pytest.raises(IntegrityError, match="entry_correction_corrects"), transaction.atomic():
        TimelineEntry.objects.create(
            incident=note.incident, kind="correction", happened_at=NOW, recorded_at=NOW, text="corrected"
        )


def test_the_page_of_a_correction_shows_the_entry_and_takes_the_words(note, ben, as_user):
    browser, path = as_user(ben), f"/incidents/{note.incident_id}/entries/{note.pk}/correct/"
    assert "All regions." in browser.get(path).content.decode()
    response = browser.post(path, {"markdown": "One region."})
    made = TimelineEntry.objects.get(kind="correction")
    assert response["Location"] == f"/incidents/{note.incident_id}/#entry-{made.pk}"


def test_a_refused_correction_comes_back_filled_in(note, ben, as_user):
    path = f"/incidents/{note.incident_id}/entries/{note.pk}/correct/"
    response = as_user(ben).post(path, {"markdown": "x" * 20_001})
    assert response.status_code == 422
    assert "is the most" in response.content.decode() and "x" * 20_001 in response.content.decode()


def test_both_entries_link_to_each_other_on_the_page(note, ben, as_user):
    made = correct_entry(note, "One region only.", user=ben, now=NOW)
    html = as_user(ben).get(f"/incidents/{note.incident_id}/").content.decode()
    assert f'<a href="/incidents/{note.incident_id}/?from={made.pk}#entry-{made.pk}">corrected</a>' in html
    assert f'corrected <a href="/incidents/{note.incident_id}/?from={note.pk}#entry-{note.pk}">the entry of' in html


def test_an_entry_of_another_incident_is_404(note, ben, as_user):
    other = make_incident("Another")
    assert as_user(ben).get(f"/incidents/{other.pk}/entries/{note.pk}/correct/").status_code == 404


def test_a_reader_gets_403(note, as_user):
    path = f"/incidents/{note.incident_id}/entries/{note.pk}/correct/"
    assert as_user(make_user("cy", role=READER)).get(path).status_code == 403
