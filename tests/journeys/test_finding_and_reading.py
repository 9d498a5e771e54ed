"""Somebody logs in, finds the runbook and reads it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from tests.factories import PASSWORD, make_published, make_service, make_user
from tests.journeys.conftest import OpenPage
from tests.journeys.texts import COMMANDS, LONG

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shelf():
    """Three runbooks of two services."""
    pier = make_service("Ferry pier")
    make_published("Gate winch", text=COMMANDS, service=pier)
    make_published("Long haul", text=LONG, service=pier, kind="procedure")
    make_published("Ticket desk")


def test_log_in_find_a_runbook_by_its_name_and_read_it(shelf, open_page: OpenPage):
    make_user("ada")
    page = open_page(path="/runbooks/")
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile(r"/runbooks/$"))
    page.get_by_label("Filter this list").press_sequentially("winch")
    expect(page.locator("[data-say]")).to_have_text("1 runbook for winch")
    page.get_by_role("link", name="Gate winch").click()
    expect(page.get_by_role("heading", name="Gate winch", level=1)).to_be_visible()
    expect(page.get_by_text("Lifts the gate of the ferry pier.").first).to_be_visible()


def test_words_typed_before_the_scripts_came_are_searched_too(shelf, open_page: OpenPage, ada):
    page = open_page(ada)
    held: list[Route] = []
    page.route("**/*htmx*.js", lambda route: held.append(route))  # noqa: PLW0108 - Playwright takes no built-in
    page.goto("/runbooks/", wait_until="commit")
    page.get_by_label("Filter this list").press_sequentially("winch")
    assert held
    held[0].continue_()
    expect(page.locator("[data-say]")).to_have_text("1 runbook for winch")


def test_a_wrong_password_is_told_and_the_address_stays_filled_in(open_page: OpenPage, ben):
    page = open_page(path="/accounts/login/")
    page.get_by_label("Email").fill(ben.email)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Email")).to_have_value(ben.email)


def test_the_list_is_filtered_by_a_facet_and_by_its_chip_no_more(shelf, open_page: OpenPage, ada):
    page = open_page(ada, "/runbooks/")
    expect(page.locator("ol.rows > li")).to_have_count(3)
    page.get_by_role("group", name="Service").get_by_label("Ferry pier").check()
    expect(page.locator("ol.rows > li")).to_have_count(2)
    expect(page).to_have_url(re.compile(r"\?service=ferry-pier\b"))
    expect(page.locator("[data-say]")).to_have_text("2 runbooks")
    page.get_by_role("link", name="remove this filter").click()
    expect(page.locator("ol.rows > li")).to_have_count(3)


def test_the_list_is_sorted_and_the_back_button_goes_back(shelf, open_page: OpenPage, ada):
    page = open_page(ada, "/runbooks/")
    titles = page.locator("ol.rows .row__title")
    expect(titles).to_have_text(["Gate winch", "Long haul", "Ticket desk"])
    page.get_by_label("Sort by").select_option("updated")
    expect(titles).to_have_text(["Ticket desk", "Long haul", "Gate winch"])
    page.go_back()
    expect(titles).to_have_text(["Gate winch", "Long haul", "Ticket desk"])


def test_the_outline_follows_the_scroll(shelf, open_page: OpenPage, ada):
    page = open_page(ada, "/runbooks/ferry-pier/long-haul/")
    current = page.locator(".outline [aria-current]")
    expect(current).to_have_text("Part One")
    page.locator("#part-three").evaluate("el => el.scrollIntoView({behavior: 'instant'})")
    expect(current).to_have_text("Part Three")
    page.mouse.wheel(0, 100_000)
    expect(current).to_have_text("Part Five")


def test_the_outline_leads_to_a_section_below_the_bar(shelf, open_page: OpenPage, ada):
    page = open_page(ada, "/runbooks/ferry-pier/long-haul/", reduced_motion="reduce")
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="Part Four").click()
    expect(page).to_have_url(re.compile("#part-four$"))
    expect(page.locator(".outline [aria-current]")).to_have_text("Part Four")
    bar = page.locator(".topbar").bounding_box()
    heading = page.locator("#part-four").bounding_box()
    assert bar["y"] + bar["height"] <= heading["y"] < 200


def test_an_address_with_an_anchor_opens_at_that_section(shelf, open_page: OpenPage, ada):
    page = open_page(ada, "/runbooks/ferry-pier/long-haul/#part-three", reduced_motion="reduce")
    expect(page.locator("#part-three")).to_be_in_viewport()
    page.locator("#part-three").hover()
    link = page.locator("#part-three .anchor")
    expect(link).to_be_visible()
    assert link.get_attribute("href") == "#part-three"


def test_the_gaps_of_a_runbook_are_counted_and_one_click_away(open_page: OpenPage, ada):
    make_published(text="# Desk\n\nNobody owns this.\n")
    page = open_page(ada, "/runbooks/ticket-desk/ticket-desk/")
    expect(page.locator(".facts")).to_contain_text("2 gaps")
    page.locator(".facts").get_by_role("link", name="Show").click()
    expect(page.get_by_role("region", name="Gaps")).to_be_in_viewport()
