"""On a phone nothing sticks out of the page, and on paper a runbook is only its words."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import ADMINISTRATOR, EDITOR
from runbooks.models import Runbook
from tests.factories import TEXT, make_draft, make_published, make_user
from tests.journeys.conftest import OpenPage, Watch
from tests.journeys.narrow import find_wide
from tests.journeys.places import BOOKING, PLACES, find_living_places
from tests.journeys.texts import COMMANDS, HOSTILE, WIDE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
DESK = "/runbooks/ticket-desk/ticket-desk/"
WIDTHS = pytest.mark.parametrize("width", [360, 390])


def open_phone(open_page: OpenPage, user: User | None, width: int, path: str | None = None) -> Page:
    return open_page(user, path, viewport={"width": width, "height": 780}, has_touch=True)


def test_no_page_scrolls_sideways(example, open_page: OpenPage):
    """All of them at the narrower of the two widths."""
    page = open_phone(open_page, make_user("dee", role=ADMINISTRATOR), 360)
    paths = {*PLACES.values(), *find_living_places().values()}
    paths |= {*(runbook.get_absolute_url() for runbook in Runbook.objects.select_related("service"))}
    found: list[str] = []
    for path in sorted(paths):
        page.goto(path)
        found += find_wide(page)
    assert found == []


@WIDTHS
def test_the_login_does_not_scroll_sideways(open_page: OpenPage, transactional_db: None, width: int):
    assert find_wide(open_phone(open_page, None, width, "/accounts/login/")) == []


@WIDTHS
@pytest.mark.parametrize("text", [WIDE, COMMANDS, HOSTILE], ids=["wide", "commands", "hostile"])
def test_no_text_makes_its_page_scroll_sideways(ada: User, open_page: OpenPage, width: int, text: str):
    make_published(text=text, title="Titlewithoutaspace" * 12, slug="ticket-desk")
    assert find_wide(open_phone(open_page, ada, width, DESK)) == []


@WIDTHS
def test_the_merge_page_does_not_scroll_sideways(ben: User, open_page: OpenPage, watch: Watch, width: int):
    watch.expect(409)
    make_draft(ben)
    first = open_phone(open_page, ben, width, f"{DESK}edit/")
    second = open_phone(open_page, make_user("dee", role=EDITOR), width, f"{DESK}edit/")
    for page, word in ((first, "quay"), (second, "hall" * 60)):
        page.get_by_label("Text", exact=True).fill(TEXT.replace("pier", word))
        page.get_by_role("button", name="Save draft").click()
    expect(second.get_by_role("heading", name="Somebody saved while you were writing")).to_be_visible()
    assert find_wide(second) == []


def test_a_wide_table_and_a_long_command_scroll_inside_their_own_region(ada: User, open_page: OpenPage):
    make_published(text=WIDE)
    page = open_phone(open_page, ada, 390, DESK)
    for region in (page.get_by_role("region", name="Everything in one table table"), page.locator(".cmd pre")):
        region.scroll_into_view_if_needed()
        assert region.evaluate("el => el.scrollWidth > el.clientWidth")
        assert region.evaluate("el => { el.scrollLeft = 60; return el.scrollLeft; }") == 60
        assert region.evaluate("el => el.tabIndex") == 0


def test_on_a_phone_values_are_one_touch_away(ada: User, open_page: OpenPage):
    make_published(text=COMMANDS)
    page = open_phone(open_page, ada, 390, DESK)
    page.locator(".actionbar").get_by_role("link", name="Values").tap()
    value = page.locator('[data-fills="service-name"]')
    expect(value).to_be_in_viewport()
    value.fill("winch")
    expect(page.locator("[data-values-short]")).to_have_text("1/2")


def test_on_a_phone_the_bar_offers_only_what_the_page_has(ada: User, ben: User, open_page: OpenPage):
    make_published(text="# Desk\n\nNo commands, no alerts.\n")
    expect(open_phone(open_page, ada, 390, DESK).locator(".actionbar")).to_have_count(0)
    offered = open_phone(open_page, ben, 390, DESK).locator(".actionbar a")
    expect(offered).to_have_text(["Suggest a change"])


def test_on_a_phone_what_is_touched_is_large_enough(ada: User, open_page: OpenPage):
    make_published(text=COMMANDS)
    page = open_phone(open_page, ada, 390, DESK)
    small = page.locator("main button:visible, main .btn:visible, .topbar .btn:visible").evaluate_all(
        "els => els.filter(el => el.getBoundingClientRect().height < 44).map(el => el.outerHTML)"
    )
    assert small == []


def test_on_paper_only_the_runbook_is_left(example, open_page: OpenPage, ben: User):
    page = open_page(ben, BOOKING)
    page.emulate_media(media="print")
    for chrome in (
        ".topbar",
        ".rail",
        ".outline",
        ".btn",
        ".icmd__copy",
        ".pagefoot",
        ".actionbar",
        ".crumbs",
        ".skip",
    ):
        assert page.locator(chrome).evaluate_all("els => els.filter(el => el.checkVisibility()).length") == 0, chrome
    expect(page.get_by_text("A printed copy may be out of date")).to_be_visible()
    expect(page.get_by_role("heading", name="Booking API", level=1)).to_be_visible()


def test_on_paper_a_long_command_is_wrapped_and_not_cut(ada: User, open_page: OpenPage):
    make_published(text=WIDE)
    page = open_page(ada, DESK, viewport={"width": 700, "height": 900})
    page.emulate_media(media="print")
    command = page.locator(".cmd pre")
    assert command.evaluate("el => el.scrollWidth <= el.clientWidth")
    assert command.evaluate("el => getComputedStyle(el).whiteSpace").startswith("pre-wrap")


def test_on_paper_the_night_is_day(ada: User, open_page: OpenPage):
    make_published()
    page = open_page(ada, DESK, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    red, green, blue = page.evaluate("getComputedStyle(document.body).color.match(/\\d+/g).map(Number)")
    assert max(red, green, blue) < 80


def test_a_printed_version_says_which_one_it_is(ada: User, open_page: OpenPage):
    make_published()
    page = open_page(ada, f"{DESK}versions/1.0/")
    page.emulate_media(media="print")
    expect(page.get_by_text("version 1.0, Active. Printed")).to_be_visible()
