"""Updates in a browser: written with and without scripts, on a phone, and read by others."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import EDITOR, RESPONDER
from incidents.models import Incident, IncidentUpdate
from tests.factories import NOW, make_incident, make_published, make_service, make_team, make_user
from tests.incidents.test_update_templates import MESSAGES
from tests.incidents.updates import make_channel, make_window, send
from tests.journeys.axe import find_by_day_and_night
from tests.journeys.conftest import OpenPage, Watch
from tests.journeys.narrow import find_wide

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PLAIN = {"java_script_enabled": False}
PHONE = {"viewport": {"width": 390, "height": 780}, "has_touch": True}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def dee(transactional_db: None) -> User:
    """Somebody who responds."""
    return make_user("dee", role=RESPONDER, display_name="Dee Fisher")


@pytest.fixture
def incident(dee: User) -> Incident:
    make_channel()
    make_channel("Radio 12", mail="")
    return make_incident("Tickets can't be sold", make_service(team=make_team()))


def says(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def test_an_update_is_written_with_a_live_preview(open_page: OpenPage, dee: User, incident: Incident):
    page = open_page(dee, f"/incidents/{incident.pk}/update/")
    preview = page.get_by_role("region", name="Preview")
    page.get_by_label("Template").select_option("Update, to customers")
    expect(page.get_by_label("For")).to_have_value("customers")
    page.get_by_label("What changed since").fill("Half of the **desks** work.")
    expect(preview.get_by_text("Half of the desks work.")).to_be_visible()
    page.get_by_label("[what people notice]").fill("Queues at the pier")
    page.get_by_label("Next update in").select_option("30")
    expect(preview).to_contain_text("Tue 17 Nov 2026, 03:44 WET")
    expect(preview).to_contain_text("What you may notice: Queues at the pier")
    page.get_by_label("New status").select_option("Mitigating")
    page.get_by_label("#harbour (Incidents)").check()
    page.get_by_role("button", name="Send the update").click()
    says(page, "The update is sent: #harbour, the status page.")
    update = IncidentUpdate.objects.get()
    assert (update.status, update.audience, update.sent_to) == ("mitigating", "customers", ["#harbour"])
    page.goto("/status/")
    expect(page.get_by_text("Queues at the pier")).to_be_visible()


def test_it_is_written_without_scripts_and_words_survive(
    open_page: OpenPage, dee: User, incident: Incident, watch: Watch
):
    watch.expect(422)
    page = open_page(dee, f"/incidents/{incident.pk}/update/", **PLAIN)
    page.get_by_label("What changed since").fill("The desk is down.")
    page.get_by_role("button", name="Send the update").click()
    expect(page.get_by_role("alert")).to_contain_text("[what people notice] is still to be filled in")
    expect(page.get_by_label("What changed since")).to_have_value("The desk is down.")
    page.get_by_label("[what people notice]").fill("No tickets")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Preview")).to_contain_text("What people notice: No tickets")
    page.get_by_role("button", name="Send the update").click()
    says(page, "The update is sent")
    assert "The desk is down." in IncidentUpdate.objects.get().markdown


def test_an_internal_note_goes_to_nobody(open_page: OpenPage, dee: User, incident: Incident):
    page = open_page(dee, f"/incidents/{incident.pk}/update/")
    page.get_by_label("What changed since").fill("Northpay confirms it.")
    page.get_by_role("button", name="Internal note only").click()
    says(page, "The note is in the timeline. Nothing was sent.")
    assert not IncidentUpdate.objects.exists()


def test_a_message_of_a_runbook_becomes_a_template(open_page: OpenPage, dee: User):
    make_published(text=MESSAGES)
    editor = make_user("eve", role=EDITOR)
    page = open_page(editor, "/update-templates/", **PLAIN)
    page.get_by_role("link", name="From a runbook").click()
    page.get_by_role("button", name="Show its messages").click()
    page.get_by_role("button", name="Add as a template : Initial Notification").click()
    says(page, "is added. Look over what it says")
    expect(page.get_by_label("Subject")).to_have_value("STATUS UPDATE - {{ services }}")


def test_the_status_page_follows_what_happens(open_page: OpenPage, dee: User, ada: User, incident: Incident):
    page = open_page(ada, "/status/")
    expect(page.get_by_text("No update was sent yet.")).to_be_visible()
    send(incident, dee, markdown="We are on it.")
    expect(page.get_by_text("We are on it.")).to_be_visible(timeout=15_000)


def test_the_status_page_prints_without_the_portal(open_page: OpenPage, dee: User, ada: User, incident: Incident):
    send(incident, dee, markdown="We are on it.")
    page = open_page(ada, "/status/")
    page.emulate_media(media="print")
    for chrome in (".topbar", ".pagefoot", ".skip"):
        assert page.locator(chrome).evaluate_all("els => els.filter(el => el.checkVisibility()).length") == 0, chrome
    expect(page.get_by_text("We are on it.")).to_be_visible()
    expect(page.get_by_text("As of Tue 17 Nov, 03:14 UTC")).to_be_visible()


def test_pages_of_updates_are_for_everybody(open_page: OpenPage, dee: User, incident: Incident):
    make_published(text=MESSAGES)
    editor = make_user("eve", role=EDITOR)
    send(incident, dee, markdown="We are on it.\n\n```\ncode\n```\n\n- one")
    send(incident, dee, markdown="Still.")
    make_window(dee, *incident.services.all())
    page = open_page(editor, **PHONE)
    number = incident.pk
    paths = [f"/incidents/{number}/update/", f"/incidents/{number}/updates/", "/status/", "/update-templates/"]
    for path in (*paths, "/update-templates/new/", "/update-templates/adopt/"):
        page.goto(path)
        assert (path, find_by_day_and_night(page), find_wide(page)) == (path, [], [])
