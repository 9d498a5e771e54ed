"""Somebody looks for who is on call: on the board, on a phone, from a runbook, and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from accounts.models import Team, User
from oncall.models import Contact, Way
from tests.factories import make_published, make_rotation, make_service, make_team, make_user
from tests.journeys.axe import find_by_day_and_night
from tests.journeys.conftest import OpenPage
from tests.journeys.narrow import find_wide

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def harbour(transactional_db: None) -> Team:
    """Two teams; Sol is on call for the one, and for the ticket desk with it."""
    sol = make_user("sol", display_name="Sol Kemp")
    contact = Contact.objects.create(name="Sol Kemp", user=sol)
    Way.objects.create(contact=contact, kind=Way.Kind.PHONE, value="+44 20 7946 0123")
    team = make_team("Harbour")
    make_rotation(team, sol)
    make_team("Quay")
    make_published(service=make_service(team=team))
    return team


def test_the_board_narrows_as_somebody_types_and_leads_to_the_team(harbour: Team, ada: User, open_page: OpenPage):
    page = open_page(ada, "/oncall/")
    expect(page.get_by_role("link", name="Quay")).to_be_visible()
    page.get_by_label("Filter this board").press_sequentially("sol")
    expect(page.get_by_role("link", name="Quay")).to_have_count(0)
    expect(page.get_by_role("link", name="Call Sol Kemp")).to_have_attribute("href", "tel:+442079460123")
    page.get_by_role("link", name="Harbour").click()
    expect(page).to_have_url(page.url.partition("/oncall/")[0] + "/oncall/harbour/")


def test_without_scripts_the_filter_is_sent_with_enter(harbour: Team, ada: User, open_page: OpenPage):
    page = open_page(ada, "/oncall/", java_script_enabled=False)
    page.get_by_label("Filter this board").fill("quay")
    page.get_by_label("Filter this board").press("Enter")
    expect(page.get_by_role("link", name="Quay")).to_be_visible()
    expect(page.get_by_role("link", name="Harbour")).to_have_count(0)


def test_on_a_phone_a_tap_calls_and_the_page_is_as_wide_as_the_screen(harbour: Team, ada: User, open_page: OpenPage):
    page = open_page(ada, "/oncall/", **PHONE)
    call = page.get_by_role("link", name="Call Sol Kemp")
    box = call.bounding_box()
    assert box is not None and box["height"] >= 44
    assert find_wide(page) == []
    page.goto("/runbooks/ticket-desk/ticket-desk/")
    expect(page.get_by_role("link", name="Call or write: +44 20 7946 0123")).to_be_visible()


def test_axe_finds_nothing_where_nobody_is_on_call(harbour: Team, ada: User, open_page: OpenPage):
    page = open_page(ada, "/oncall/")
    assert find_by_day_and_night(page) == []
    page.goto("/")
    assert find_by_day_and_night(page) == []
