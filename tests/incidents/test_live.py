"""What an open page asks every two seconds: little while nothing changed, the parts that did otherwise."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import READER, RESPONDER
from incidents.models import Incident, RoleHolder
from incidents.pages.incident import find_pulse
from incidents.pages.timeline import Filter
from incidents.services.notes import add_note, pin_entry
from oncall.models import Classification
from tests.factories import NOW, make_incident, make_service, make_team, make_user, reload_user

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER, display_name="Ben Tidewell")


@pytest.fixture
def incident():
    return make_incident()


def ask(browser, incident, tag="", query=""):
    return browser.get(f"/incidents/{incident.pk}/live/{query}", headers={"If-None-Match": tag})


def test_nothing_is_sent_while_nothing_changed(incident, ben, as_user):
    browser = as_user(ben)
    first = ask(browser, incident)
    second = ask(browser, incident, first["ETag"])
    assert (first.status_code, second.status_code, second.content) == (200, 304, b"")


def test_the_page_carries_the_tag_of_what_it_shows(incident, ben, as_user):
    browser = as_user(ben)
    html = browser.get(f"/incidents/{incident.pk}/").content.decode()
    assert f'data-live-tag="{ask(browser, incident)["ETag"][1:-1]}"' in html


def test_the_browser_s_own_tag_without_quotes_is_understood(incident, ben, as_user):
    browser = as_user(ben)
    tag = ask(browser, incident)["ETag"]
    assert ask(browser, incident, f"W/{tag}").status_code == 304


def test_an_unchanged_poll_asks_for_the_person_and_one_small_row(incident, ben, as_user):
    browser = as_user(ben)
    tag = ask(browser, incident)["ETag"]
    with CaptureQueriesContext(connection) as queries:
        assert ask(browser, incident, tag).status_code == 304
    assert len(queries) == 2


def test_a_new_note_comes_with_the_parts_of_the_page(incident, ben, as_user):
    browser = as_user(ben)
    tag = ask(browser, incident)["ETag"]
    note = add_note(incident, "The **desk** is back.", user=ben, now=NOW + HOUR)
    response = ask(browser, incident, tag)
    html = response.content.decode()
    assert response.status_code == 200 and response["ETag"] != tag
    for part in ("incident-head", "incident-lead", "incident-pinned", "timeline", "timeline-count", "incident-rest"):
        assert html.count(f'id="{part}"') == 1
    assert f'id="entry-{note.pk}"' in html and 'data-say="Ben Tidewell added a note"' in html
    assert "<html" not in html and "note-form" not in html


def test_a_pin_is_a_change(incident, ben, as_user):
    browser = as_user(ben)
    tag = ask(browser, incident)["ETag"]
    pin_entry(incident.timeline.first(), user=ben, now=NOW)
    assert ask(browser, incident, tag).status_code == 200


def test_a_filtered_page_has_a_tag_of_its_own(incident, ben, as_user):
    browser = as_user(ben)
    assert ask(browser, incident)["ETag"] != ask(browser, incident, query="?kind=note")["ETag"]


def test_the_page_changes_as_the_next_update_comes_nearer(incident, ben):
    due, minute = incident.next_update_at, dt.timedelta(minutes=1)

    def look(minutes):
        return find_pulse(ben, incident.pk, Filter(), due - minutes * minute)

    assert look(32) == look(31) != look(21)
    assert len({look(minutes) for minutes in (9, 8, 1, 0.5, -0.5, -20)}) == 6


def test_another_right_is_another_page(incident, ben):
    before = find_pulse(ben, incident.pk, Filter(), NOW)
    ben.groups.clear()
    assert find_pulse(reload_user(ben), incident.pk, Filter(), NOW) != before


def test_there_is_no_pulse_of_what_is_not_there(ben, as_user):
    assert as_user(ben).get("/incidents/999999/live/").status_code == 404
    assert as_user(ben).get(f"/incidents/{2**70}/live/").status_code == 404


def test_whoever_may_not_know_of_it_gets_404(as_user):
    team = make_team("Harbour")
    secret = make_service("Manifest", team=team, classification=Classification.CONFIDENTIAL)
    incident = make_incident("Names are shown", secret)
    cy = make_user("cy", role=READER)
    browser = as_user(cy)
    assert ask(browser, incident).status_code == 404
    RoleHolder.objects.create(incident=incident, role="scribe", person=cy, taken_at=NOW, ended_at=NOW)
    assert ask(browser, incident).status_code == 200


@pytest.mark.parametrize("is_in_team", [True, False])
def test_both_ways_to_ask_who_may_know_agree(is_in_team):
    cy = make_user("cy", role=READER)
    team = make_team("Harbour", *([cy] if is_in_team else []))
    cy = reload_user(cy)
    incident = make_incident(
        "No names", make_service("Manifest", team=team, classification=Classification.CONFIDENTIAL)
    )
    open_one = make_incident("Open to all", make_service("Desk"))
    for one in (incident, open_one):
        is_there = Incident.objects.visible_to(cy).filter(pk=one.pk).exists()
        assert is_there == Incident.objects.known_to(cy.pk).filter(pk=one.pk).exists()
        assert is_there == (find_pulse(cy, one.pk, Filter(), NOW) is not None)
