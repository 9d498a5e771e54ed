"""Shifts in one's own calendar: an address made and copied, fetched by a program that is not logged in, and revoked."""

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from accounts.roles import ADMINISTRATOR
from oncall.models import PlanMember
from tests.factories import make_rotation, make_team, make_user
from tests.journeys.axe import find_violations

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def cy(transactional_db):
    return make_user("cy")


@pytest.fixture
def rotation(cy, ben):
    return make_rotation(make_team("Harbour", cy, ben), cy, ben)


def test_an_address_is_made_copied_fetched_and_revoked(open_page, watch, cy, rotation):
    page = open_page(cy, "/me/calendars/", **PHONE)
    page.get_by_label("Shifts of").select_option("Harbour: On call")
    page.get_by_role("button", name="Make the address").click()
    page.get_by_role("button", name="Copy the address of Harbour: On call").click()
    expect(page.get_by_text("Address copied")).to_be_attached()
    address = page.evaluate("navigator.clipboard.readText()")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert find_violations(page) == []

    stranger = open_page().context.request
    calendar = Calendar.from_ical(stranger.get(address).body())
    assert {str(event["summary"]) for event in calendar.walk("VEVENT")} == {
        "Harbour: Primary – Cy",
        "Harbour: Primary – Ben Tidewell",
    }

    watch.expect(404)
    page.reload()
    page.locator("summary", has_text="Revoke").click()
    page.get_by_role("button", name="Revoke it for good").click()
    expect(page.get_by_text("The address is closed.")).to_be_visible()
    assert stranger.get(address).status == 404


def test_without_scripts_the_address_stands_there_to_be_copied(open_page, cy, rotation):
    page = open_page(cy, "/me/calendars/", java_script_enabled=False)
    page.get_by_role("button", name="Make the address").click()
    assert "/calendars/" in page.get_by_label("Address of On call: Cy").input_value()
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    page.locator("summary", has_text="Revoke").click()
    page.get_by_role("button", name="Revoke it for good").click()
    expect(page.get_by_text("The address is closed.")).to_be_visible()


def test_somebody_who_leaves_is_replaced_before_the_account_is_switched_off(open_page, watch, cy, ben, rotation):
    watch.expect(422)
    boss = make_user("dee", role=ADMINISTRATOR, is_staff=True)
    page = open_page(boss, f"/admin/accounts/user/{cy.pk}/change/")
    page.get_by_label("Active", exact=True).uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Cy is still needed")).to_be_visible()
    page.get_by_role("link", name="Choose who takes over").click()
    assert find_violations(page) == []
    page.get_by_label("Who takes over").select_option("Ben Tidewell")
    page.get_by_role("button", name="Put them in these places").click()
    expect(page.get_by_text("Ben Tidewell takes over from Cy in 1 place")).to_be_visible()
    page.get_by_role("link", name="Go to the account").click()
    page.get_by_label("Active", exact=True).uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    latest = rotation.layers.get().plans.latest("effective_from")
    assert set(PlanMember.objects.filter(plan=latest).values_list("person", flat=True)) == {ben.pk}
