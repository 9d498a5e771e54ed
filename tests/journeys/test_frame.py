"""What every page has around it: theme, keys, skip link, account menu."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.factories import PASSWORD, make_published
from tests.journeys.conftest import OpenPage

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PATH = "/runbooks/ticket-desk/ticket-desk/"


@pytest.fixture
def page(open_page: OpenPage, ada: User) -> Page:
    make_published()
    return open_page(ada, PATH)


def background(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_the_theme_goes_round_and_survives_a_reload(page: Page):
    html, toggle = page.locator("html"), page.get_by_role("button", name="Change theme")
    light = background(page)
    for theme in ("light", "dark"):
        toggle.click()
        expect(html).to_have_attribute("data-theme", theme)
        page.reload()
        expect(html).to_have_attribute("data-theme", theme)
    assert background(page) != light
    toggle.click()
    page.reload()
    assert html.get_attribute("data-theme") is None
    assert background(page) == light


def test_without_a_choice_the_theme_is_the_systems(page: Page):
    light = background(page)
    page.emulate_media(color_scheme="dark")
    assert background(page) != light


def test_the_slash_key_opens_the_search(page: Page):
    page.keyboard.press("/")
    expect(page.get_by_role("dialog", name="Search").get_by_role("combobox")).to_be_focused()


def test_the_question_mark_shows_the_keys_and_escape_closes_them(page: Page):
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text("History")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_single_keys_can_be_switched_off_on_this_device(page: Page):
    page.keyboard.press("?")
    page.get_by_label("Use single keys on this device").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("/")
    expect(page.get_by_role("dialog", name="Search")).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Search")).to_be_visible()


def test_the_first_stop_of_the_tab_key_skips_to_the_text(page: Page):
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to main content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_the_account_menu_is_reached_opened_and_closed_by_keyboard(page: Page):
    summary = page.locator("details.menu > summary")
    for _ in range(15):
        page.keyboard.press("Tab")
        if summary.evaluate("el => el === document.activeElement"):
            break
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Settings")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="My shifts")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Settings")).to_be_hidden()
    expect(summary).to_be_focused()


def test_logging_out_closes_every_page(page: Page):
    page.locator("details.menu > summary").click()
    page.get_by_role("link", name="Log out").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    expect(page.locator(".topbar")).to_have_count(0)
    page.goto(PATH)
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_a_changed_password_is_the_one_that_opens(page: Page, ada: User):
    page.goto("/accounts/password/change/")
    page.locator("#id_oldpassword").fill(PASSWORD)
    page.locator("#id_password1").fill("another long pass phrase")
    page.locator("#id_password2").fill("another long pass phrase")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("status").filter(has_text=re.compile("[Pp]assword"))).to_be_visible()
    ada.refresh_from_db()
    assert ada.check_password("another long pass phrase")


def test_times_follow_the_zone_in_the_settings(page: Page):
    page.goto("/accounts/settings/")
    page.get_by_label("Time zone").select_option("Asia/Tokyo")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".pagefoot")).to_contain_text("Asia/Tokyo")
