"""The timeline to take away, as JSON and as Markdown."""

import datetime as dt
import json

import pytest
from markdown_it import MarkdownIt

from accounts.roles import READER, RESPONDER
from incidents.pages.exports import escape_markdown
from incidents.services.notes import add_note, correct_entry, pin_entry
from incidents.services.timeline import record
from oncall.models import Classification
from tests.factories import NOW, make_incident, make_service, make_user

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER, display_name="Ben Tidewell")


@pytest.fixture
def browser(ben, as_user):
    return as_user(ben)


def get(browser, incident, extension):
    response = browser.get(f"/incidents/{incident.pk}/timeline.{extension}")
    assert response.status_code == 200
    return response.content.decode()


def test_json_has_every_entry_from_the_oldest_on(browser, ben):
    incident = make_incident("No tickets", make_service("Desk"))
    note = add_note(incident, "The **desk**.", user=ben, now=NOW + MINUTE)
    correct_entry(note, "The gate.", user=ben, now=NOW + 2 * MINUTE)
    pin_entry(note, user=ben, now=NOW)
    found = json.loads(get(browser, incident, "json"))
    assert found["format"] == 1
    assert found["incident"]["reference"] == f"INC-{incident.pk}" and found["incident"]["services"] == ["Desk"]
    assert found["incident"]["started_at"] == "2026-11-17T03:14:00Z" and found["incident"]["resolved_at"] is None
    assert [entry["kind"] for entry in found["entries"]] == ["opened", "page", "note", "correction"]
    assert found["entries"][2] == {
        "id": note.pk,
        "kind": "note",
        "happened_at": "2026-11-17T03:15:00Z",
        "recorded_at": "2026-11-17T03:15:00Z",
        "person": "Ben Tidewell",
        "text": "added a note",
        "markdown": "The **desk**.",
        "url": "",
        "data": {},
        "corrects": None,
        "pinned": True,
    }
    assert found["entries"][3]["corrects"] == note.pk


def test_markdown_has_every_entry_from_the_oldest_on(browser, ben):
    incident = make_incident("No tickets")
    note = add_note(incident, "The **desk**.\n\n- one", user=ben, now=NOW + MINUTE)
    correct_entry(note, "The gate.", user=ben, now=NOW + 2 * MINUTE)
    text = get(browser, incident, "md")
    assert text.startswith(f"# INC-{incident.pk}: No tickets\n")
    assert "- 2026-11-17T03:15:00Z **Ben Tidewell** added a note\n\n  > The **desk**.\n  >\n  > - one\n" in text
    assert "**Ben Tidewell** corrected the entry of 2026-11-17T03:15:00Z\n\n  > The gate.\n" in text


HOSTILE = "</li><script>alert(1)</script> [x](javascript:alert(1)) `a` **b**\n# not a heading"


def test_hostile_text_stays_text_in_markdown(browser, ben):
    incident = make_incident(HOSTILE, make_service("<b>Desk</b>"), summary=HOSTILE)
    record(incident, "alert", HOSTILE, now=NOW)
    add_note(incident, f"{HOSTILE}\n\n[y]: javascript:alert(2)\n\n<javascript:alert(3)>", user=ben, now=NOW)
    html = MarkdownIt("commonmark", {"html": True}).render(get(browser, incident, "md"))
    assert "<script" not in html and 'href="javascript' not in html and "<b>Desk" not in html


def test_code_in_a_note_stays_as_it_was_written(browser, ben):
    incident = make_incident()
    add_note(incident, "```\nkubectl logs <pod>\n```\n\n<pod>", user=ben, now=NOW)
    text = get(browser, incident, "md")
    assert "  > kubectl logs <pod>\n" in text and "  > &lt;pod>\n" in text


def test_a_title_of_several_lines_can_t_begin_a_block():
    assert escape_markdown("a\n# b\r\n> c") == r"a \# b \> c"


def test_json_is_text_to_a_browser(browser, ben):
    incident = make_incident("<script>alert(1)</script>")
    response = browser.get(f"/incidents/{incident.pk}/timeline.json")
    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"] == f'inline; filename="INC-{incident.pk}-timeline.json"'
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("extension", ["md", "json"])
def test_whoever_may_not_know_of_it_gets_404(as_user, extension):
    incident = make_incident("x", make_service("Manifest", classification=Classification.CONFIDENTIAL))
    browser = as_user(make_user("cy", role=READER))
    assert browser.get(f"/incidents/{incident.pk}/timeline.{extension}").status_code == 404
