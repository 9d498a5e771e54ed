"""Opening an incident with the keyboard, taking command and handing it over, the ribbon, and the small forms on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from incidents.models import Incident, RoleHolder
from incidents.services.changing import change_status
from tests.factories import NOW, make_incident, make_service, make_team
from tests.journeys.axe import find_violations
from tests.journeys.conftest import OpenPage, Watch
from tests.journeys.narrow import find_wide

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PLAIN = {"java_script_enabled": False}
PHONE = {"viewport": {"width": 390, "height": 780}}


def says(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def test_an_incident_is_opened_with_a_few_keys(open_page: OpenPage, ben: User):
    make_service("Ticket desk")
    page = open_page(ben, "/incidents/")
    page.keyboard.press("n")
    expect(page.get_by_label("What is wrong?")).to_be_focused()
    page.keyboard.type("Tickets can't be sold")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # the worst one
    page.keyboard.press("ArrowDown")  # the one below it
    page.keyboard.press("Enter")
    says(page, "is open.")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tickets can't be sold")
    assert Incident.objects.get().severity.name == "SEV-2"


def test_a_service_is_found_by_typing_a_part_of_its_name(open_page: OpenPage, ben: User):
    for name in ("Ticket desk", "Lamp", "Harbour lights"):
        make_service(name)
    page = open_page(ben, "/incidents/new/")
    page.get_by_label("What is wrong?").fill("Dark")
    page.locator("label.choice").first.click()
    narrow = page.get_by_label("Narrow the list of services")
    narrow.fill("lam")
    expect(page.get_by_label("Ticket desk")).to_be_hidden()
    narrow.press("Enter")
    expect(page.get_by_label("Lamp")).to_be_checked()
    expect(page.get_by_label("Ticket desk")).to_be_visible()
    page.get_by_role("button", name="I am on it").click()
    says(page, "You command it.")
    assert list(Incident.objects.get().services.values_list("name", flat=True)) == ["Lamp"]


def test_without_scripts_it_opens_as_well(open_page: OpenPage, ben: User):
    make_service("Lamp")
    page = open_page(ben, "/incidents/new/", **PLAIN, **PHONE)
    assert not find_wide(page)
    page.get_by_label("What is wrong?").fill("Dark")
    page.get_by_label("SEV-3").check()
    page.get_by_label("Lamp").check()
    page.get_by_role("button", name="Open and page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dark")


def test_command_is_taken_handed_over_and_accepted(open_page: OpenPage, ben: User, cy: User):
    make_team("Harbour", ben, cy)
    incident = make_incident("Tickets can't be sold", team=ben.teams.get())
    page = open_page(ben, incident.get_absolute_url())
    page.get_by_role("button", name="Take the role Commander").click()
    says(page, "You are Commander.")
    page.get_by_role("link", name="Hand over").click()
    page.get_by_label("To whom").select_option("Cy Roper")
    page.get_by_label("What they should know").fill("The failover runs")
    page.get_by_role("button", name="Offer command").click()
    says(page, "Cy Roper is asked. You command until they accept.")
    assert RoleHolder.objects.current().get().person == ben

    other = open_page(cy, "/runbooks/")
    ribbon = other.get_by_role("complementary", name="Open incident")
    expect(ribbon).to_contain_text("Tickets can't be sold")
    ribbon.get_by_role("link", name="Tickets can't be sold").click()
    expect(other.get_by_text("The failover runs", exact=False).first).to_be_visible()
    expect(ribbon).to_have_count(0)
    other.get_by_role("button", name="Accept command").click()
    says(other, "You command now.")
    assert RoleHolder.objects.current().get().person == cy


def test_the_small_forms_fit_a_phone_and_are_accessible(open_page: OpenPage, ben: User):
    incident = make_incident("Tickets can't be sold at any of the piers of the whole harbour", make_service("Lamp"))
    change_status(incident, "identified", user=ben, now=NOW)
    page = open_page(ben, f"{incident.get_absolute_url()}status/", **PHONE)
    for name in ("status", "severity", "facts", "times", "links", "roles", "command"):
        page.goto(re.sub(r"[a-z]+/$", f"{name}/", page.url))
        assert not find_wide(page), name
        assert not find_violations(page), name


def test_a_clash_of_two_writers_is_shown_and_settled(open_page: OpenPage, ben: User, cy: User, watch: Watch):
    watch.expect(422)
    incident = make_incident()
    pages = [open_page(user, f"{incident.get_absolute_url()}facts/") for user in (ben, cy)]
    for page, words in zip(pages, ("Both piers", "One pier"), strict=True):
        page.get_by_label("What is affected").fill(words)
    pages[0].get_by_role("button", name="Save").click()
    says(pages[0], "Saved.")
    pages[1].get_by_role("button", name="Save").click()
    expect(pages[1].get_by_text("It says now: “Both piers”.")).to_be_visible()
    expect(pages[1].get_by_label("What is affected")).to_have_value("One pier")
    pages[1].get_by_role("button", name="Save").click()
    says(pages[1], "Saved.")
    incident.refresh_from_db()
    assert incident.affected == "One pier"
