"""From a template to a draft with the facts filled in, by mouse, by keyboard and without scripts; and back to a template."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.services import add_member
from oncall.models import Service
from runbooks.models import Runbook, RunbookTemplate, RunbookVersion
from tests.factories import make_published, make_service, make_team, make_user
from tests.journeys.axe import find_violations
from tests.journeys.conftest import OpenPage, Watch
from tests.journeys.narrow import find_wide

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
NEW = "/runbooks/new/"


@pytest.fixture
def desk(ben: User) -> Service:
    """A service about which the portal knows a lot."""
    team = make_team("Harbour", ben)
    team.chat_channel = "#harbour"
    team.save()
    add_member(team, make_user("ada", display_name="Ada Winter"), is_lead=True)
    service = make_service(team=team, slo="99.9 % a month", tier=1)
    service.links.create(kind="dashboard", label="Overview", url="https://grafana.example.net/d/desk")
    return service


def text_of(page: Page):
    return page.get_by_label("Text", exact=True)


def test_by_mouse_from_the_service_into_the_editor_with_its_facts_filled(open_page: OpenPage, ben: User, desk: Service):
    page = open_page(ben, "/services/ticket-desk/")
    page.get_by_role("link", name="Write one").click()
    expect(page.get_by_label("Service", exact=True)).to_have_value(str(desk.pk))
    page.get_by_label("Operational runbook").check()
    page.get_by_role("button", name="Start writing").click()
    expect(page).to_have_url(re.compile("/runbooks/ticket-desk/ticket-desk-operational-runbook/edit/$"))
    expect(page.get_by_role("status").filter(has_text="is a draft now")).to_be_visible()
    for fact in ("Ada Winter", "99.9 % a month", "#harbour", "https://grafana.example.net/d/desk"):
        expect(text_of(page)).to_have_value(re.compile(re.escape(fact)))
    page.goto("/runbooks/ticket-desk/ticket-desk-operational-runbook/")
    expect(page.locator("article .ladder").get_by_text("Ada Winter")).to_be_visible()
    expect(page.locator("article .ladder [data-missing]")).to_have_count(1)


def test_by_keyboard_alone(open_page: OpenPage, ben: User, desk: Service):
    page = open_page(ben, NEW)
    page.get_by_label("Service", exact=True).focus()
    page.keyboard.type("Ticket")
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(page.locator("#id_title")).to_be_focused()
    page.keyboard.type("Count the till")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Service runbook", exact=False)).to_be_focused()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Procedure")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Count the till", level=1).first).to_be_visible()
    assert Runbook.objects.get().kind == "procedure"


def test_without_scripts_and_on_a_phone(open_page: OpenPage, ben: User, desk: Service):
    page = open_page(ben, NEW, java_script_enabled=False, viewport={"width": 390, "height": 780})
    page.get_by_label("Or a new service").fill("Crane log")
    page.get_by_label("Blank").check()
    page.get_by_role("button", name="Start writing").click()
    expect(text_of(page)).to_have_value(re.compile("^# Crane log\n"))


def test_an_alert_begins_its_own_page(open_page: OpenPage, ben: User, desk: Service):
    page = open_page(ben, f"{NEW}?service=ticket-desk&alert=TicketDeskDown")
    expect(page.locator("#id_alert")).to_have_value("TicketDeskDown")
    page.get_by_label("Blank").check()
    expect(page.locator("#id_alert")).to_be_hidden()
    page.locator("input[name=template][value=alert]").check()
    page.get_by_role("button", name="Start writing").click()
    expect(page).to_have_url(re.compile("/ticket-desk/ticket-desk-down/edit/$"))


def test_what_was_chosen_is_still_there_after_a_refusal(open_page: OpenPage, ben: User, desk: Service, watch: Watch):
    watch.expect(422)
    page = open_page(ben, NEW)
    page.get_by_label("Procedure").check()
    page.get_by_role("button", name="Start writing").click()
    expect(page.get_by_text("This field is required.")).to_be_visible()
    expect(page.get_by_label("Procedure")).to_be_checked()
    assert (find_violations(page), find_wide(page)) == ([], [])


def test_a_pasted_text_is_taken_as_it_is(open_page: OpenPage, ben: User, desk: Service):
    page = open_page(ben, f"{NEW}?service=ticket-desk")
    page.get_by_text("Paste a text you have already").click()
    page.locator("#id_markdown").fill("# Night watch\n\nAsk {{ owner }}.\n")
    page.get_by_role("button", name="Start writing").click()
    expect(page.get_by_role("heading", name="Night watch", level=1).first).to_be_visible()
    assert RunbookVersion.objects.get().markdown == "# Night watch\n\nAsk {{ owner }}.\n"


def test_a_runbook_is_saved_as_a_template_tried_and_used(open_page: OpenPage, ben: User, desk: Service):
    make_published(text="# Ticket desk\n\nThe Ticket desk of Harbour sells.\n", service=desk)
    page = open_page(ben, "/runbooks/ticket-desk/ticket-desk/versions/")
    page.get_by_role("link", name="Save as a template").click()
    expect(text_of(page)).to_have_value("# {{ title }}\n\nThe {{ service_name }} of {{ team }} sells.\n")
    page.get_by_label("Name").fill("Desk page")
    page.get_by_label("Try it with").select_option("Ticket desk")
    page.get_by_role("button", name="Show how it fills").click()
    filled = page.get_by_role("region", name="Filled for Ticket desk, nothing saved")
    expect(filled.get_by_text("The Ticket desk of Harbour sells.")).to_be_visible()
    assert find_violations(page) == []
    page.get_by_role("button", name="Save template").click()
    page.get_by_role("link", name="Use Desk page").click()
    expect(page.get_by_label("Desk page")).to_be_checked()


def test_a_template_is_edited_with_a_live_preview_that_shows_what_names_mean(open_page: OpenPage, ben: User):
    page = open_page(ben, "/runbooks/templates/~blank/edit/")
    text_of(page).fill("# {{ title }}\n\nThe SLO is {{ slo }}.\n")
    expect(page.get_by_role("region", name="Preview", exact=True)).to_contain_text("The SLO is SLO of the service.")
    page.get_by_role("button", name="Save template").click()
    expect(page.get_by_role("status").filter(has_text="The template “Blank” is saved.")).to_be_visible()
    assert "The SLO is" in RunbookTemplate.objects.get(slug="blank").markdown


def test_an_own_template_is_deleted_by_an_approver(open_page: OpenPage, cy: User):
    RunbookTemplate.objects.create(name="Old", slug="old", markdown="# x\n")
    page = open_page(cy, "/runbooks/templates/~old/edit/")
    page.get_by_text("Delete…").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_role("status").filter(has_text="The template “Old” is deleted.")).to_be_visible()
    assert not RunbookTemplate.objects.filter(slug="old").exists()
