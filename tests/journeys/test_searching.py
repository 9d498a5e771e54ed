"""Somebody asks: in the palette by keyboard alone, on the search page, with a typing error, and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from runbooks.models import UnansweredQuestion
from tests.factories import make_published, make_service
from tests.journeys.axe import find_by_day_and_night
from tests.journeys.conftest import OpenPage, Watch
from tests.journeys.narrow import find_wide
from tests.journeys.texts import COMMANDS, LONG

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LONG_HAUL = "/runbooks/ferry-pier/long-haul/"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def shelf(transactional_db: None) -> None:
    """Three runbooks of two services."""
    pier = make_service("Ferry pier")
    make_published("Gate winch", text=COMMANDS, service=pier)
    make_published("Long haul", text=LONG, service=pier, kind="procedure")
    make_published("Ticket desk")


@pytest.fixture
def page(shelf: None, open_page: OpenPage, ada: User) -> Page:
    return open_page(ada, "/services/", reduced_motion="reduce")


def palette(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Search")


def field(page: Page) -> Locator:
    return palette(page).get_by_role("combobox")


def chosen(page: Page) -> Locator:
    return palette(page).locator("[role=option][aria-selected=true]")


def open_palette(page: Page, text: str) -> None:
    """Opens it, types, and waits until the lines answer the text."""
    page.keyboard.press("/")
    page.keyboard.type(text)
    expect(palette(page).get_by_role("option", name=f"All results for {text}")).to_be_visible()


# ---- The palette ----


def test_from_the_key_to_the_section_without_a_mouse(page: Page):
    open_palette(page, "part four")
    expect(chosen(page)).to_contain_text("Part Four")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(LONG_HAUL) + "#part-four$"))
    heading = page.get_by_role("heading", name="Part Four")
    expect(heading).to_be_in_viewport()
    assert heading.bounding_box()["y"] < 300


def test_a_section_of_the_page_itself_is_scrolled_to(page: Page):
    page.goto(LONG_HAUL)
    open_palette(page, "part four")
    page.keyboard.press("Enter")
    expect(palette(page)).to_be_hidden()
    expect(page).to_have_url(re.compile("#part-four$"))
    expect(page.get_by_role("heading", name="Part Four")).to_be_in_viewport()


def test_letters_typed_while_the_script_is_still_on_its_way_are_not_lost(page: Page):
    held: list[Route] = []
    page.route("**/palette*.js", lambda route: held.append(route))  # noqa: PLW0108 - Playwright takes no built-in
    page.keyboard.press("/")
    page.keyboard.type("winch")
    expect(palette(page).get_by_role("textbox")).to_have_value("winch")
    held[0].continue_()
    expect(palette(page).get_by_role("option", name="All results for winch")).to_be_visible()
    expect(chosen(page)).to_contain_text("winch", ignore_case=True)


def test_where_the_script_does_not_come_the_enter_key_still_searches(page: Page):
    page.route("**/palette*.js", lambda route: route.abort())
    page.keyboard.press("/")
    page.keyboard.type("winch")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=winch$"))
    expect(page.get_by_role("link", name="Gate winch").first).to_be_visible()


def test_where_suggestions_do_not_come_it_says_so_and_enter_shows_all_results(page: Page, watch: Watch):
    watch.expect(503)
    page.route("**/search/suggest/*", lambda route: route.fulfill(status=503))
    page.keyboard.press("/")
    page.keyboard.type("winch")
    expect(palette(page)).to_contain_text("Enter shows all results")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=winch$"))


def test_enter_before_the_answer_is_there_shows_all_results(page: Page):
    page.keyboard.press("/")
    expect(chosen(page)).to_be_visible()
    page.route("**/search/suggest/*", lambda route: None)
    page.keyboard.type("winch")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=winch$"))


def test_an_answer_that_comes_late_does_not_replace_a_newer_one(page: Page):
    late: list[Route] = []
    page.route(re.compile(r"/suggest/\?q=part$"), lambda route: late.append(route))  # noqa: PLW0108
    page.keyboard.press("/")
    with page.expect_request(re.compile(r"/suggest/\?q=part$")):
        page.keyboard.type("part")
    field(page).fill("winch")
    expect(palette(page).get_by_role("option", name="All results for winch")).to_be_visible()
    late[0].continue_()
    expect(palette(page).get_by_role("option", name="All results for part")).to_have_count(0)
    expect(chosen(page)).to_contain_text("winch", ignore_case=True)


def test_the_arrows_go_round_and_home_and_end_to_the_ends(page: Page):
    open_palette(page, "part")
    options = palette(page).get_by_role("option")
    for key, number in (("ArrowDown", 1), ("End", -1), ("ArrowDown", 0), ("ArrowUp", -1), ("Home", 0)):
        page.keyboard.press(key)
        expect(options.nth(number)).to_have_attribute("aria-selected", "true")
        expect(field(page)).to_have_attribute("aria-activedescendant", options.nth(number).get_attribute("id"))
        expect(options.nth(number)).to_be_in_viewport()
    expect(chosen(page)).to_have_count(1)
    expect(field(page)).to_be_focused()


def test_escape_closes_and_the_focus_returns(page: Page):
    link = page.get_by_role("link", name="Ferry pier")
    link.focus()
    open_palette(page, "winch")
    page.keyboard.press("Escape")
    expect(palette(page)).to_be_hidden()
    expect(link).to_be_focused()


def test_control_enter_opens_a_page_of_its_own(page: Page):
    open_palette(page, "part four")
    with page.context.expect_page() as opened:
        page.keyboard.press("Control+Enter")
    expect(opened.value).to_have_url(re.compile("#part-four$"))
    expect(palette(page)).to_be_visible()
    expect(page).to_have_url(re.compile("/services/$"))


def test_the_number_of_answers_is_announced_once_the_letters_stop(page: Page):
    open_palette(page, "winch")
    status = palette(page).get_by_role("status")
    expect(status).to_have_text(re.compile(r"^\d+ suggestions?\.$"))
    field(page).fill("zeppelin")
    expect(status).to_have_text("No answer yet for zeppelin.")


def test_actions_are_found_after_an_angle_bracket(page: Page):
    page.keyboard.press("Control+k")
    page.keyboard.type("> sett")
    expect(palette(page).get_by_role("option")).to_have_text(["Settings"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/accounts/settings/$"))


def test_what_the_page_itself_offers_is_among_the_actions(page: Page):
    page.goto(LONG_HAUL)
    page.keyboard.press("Control+k")
    page.keyboard.type("> hist")
    expect(palette(page).get_by_role("option")).to_have_text(["History"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(re.escape(LONG_HAUL) + "versions/$"))


def test_control_k_works_while_somebody_types_in_another_field(page: Page):
    page.goto("/runbooks/")
    page.get_by_label("Filter this list").focus()
    page.keyboard.press("Control+k")
    expect(field(page)).to_be_focused()


def test_the_box_in_the_bar_opens_it_with_a_click_and_with_a_letter(page: Page):
    box = page.get_by_role("searchbox", name="Search")
    box.click()
    expect(field(page)).to_be_focused()
    page.keyboard.press("Escape")
    box.focus()
    page.keyboard.type("winch")
    expect(field(page)).to_have_value("winch")
    expect(palette(page).get_by_role("option", name="All results for winch")).to_be_visible()


def test_on_a_phone_the_button_opens_it_and_nothing_reaches_out(shelf: None, open_page: OpenPage, ada: User):
    page = open_page(ada, LONG_HAUL, **PHONE)
    page.get_by_role("link", name="Search").click()
    expect(field(page)).to_be_focused()
    page.keyboard.type("part")
    expect(palette(page).get_by_role("option", name="All results for part")).to_be_visible()
    assert find_wide(page) == []
    palette(page).get_by_role("option", name=re.compile("Part Five")).click()
    expect(page).to_have_url(re.compile("#part-five$"))


def test_axe_finds_nothing_in_it(shelf: None, open_page: OpenPage, ada: User):
    page = open_page(ada, "/services/")
    page.keyboard.press("/")
    expect(chosen(page)).to_be_visible()
    found = find_by_day_and_night(page)
    for text in ("winch", "wnich", "zeppelin", "> nothing"):
        field(page).fill(text)
        expect(palette(page)).to_contain_text("No page is called that" if ">" in text else f"All results for {text}")
        found += find_by_day_and_night(page)
    assert found == []


# ---- The search page ----


def test_answers_follow_the_letters_and_the_address_with_them(page: Page):
    page.goto("/search/")
    box = page.get_by_role("searchbox")
    expect(box).to_be_focused()
    page.keyboard.type("winch")
    expect(page.locator("[data-say]")).to_contain_text("for winch")
    expect(page).to_have_url(re.compile(r"/search/\?q=winch$"))
    expect(box).to_be_focused()
    expect(page.locator("[data-live]")).to_contain_text("for winch")


def test_words_typed_before_the_scripts_came_are_answered_too(shelf: None, open_page: OpenPage, ada: User):
    page = open_page(ada)
    held: list[Route] = []
    page.route("**/*htmx*.js", lambda route: held.append(route))  # noqa: PLW0108
    page.goto("/search/", wait_until="commit")
    page.get_by_role("searchbox").press_sequentially("winch")
    held[0].continue_()
    expect(page.locator("[data-say]")).to_contain_text("for winch")


def test_going_back_shows_the_question_before(page: Page):
    page.goto("/search/?q=winch")
    page.get_by_role("searchbox").fill("part")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=part$"))
    expect(page.locator("[data-say]")).to_contain_text("for part")
    page.go_back()
    expect(page.get_by_role("searchbox")).to_have_value("winch")
    expect(page.locator("[data-say]")).to_contain_text("for winch")


def test_the_slash_key_goes_to_its_own_box(page: Page):
    page.goto("/search/?q=winch")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    expect(palette(page)).to_be_hidden()


def test_the_command_of_the_best_match_is_copied(page: Page):
    page.goto("/search/?q=rollout+restart+deploy")
    best = page.get_by_role("region", name="Best match")
    best.get_by_role("button", name=re.compile("^Copy command")).click()
    expect(best.get_by_role("button")).to_have_text("Copied")
    assert "rollout restart deploy/" in page.evaluate("navigator.clipboard.readText()")


def test_a_misspelt_word_finds_what_was_meant_and_says_so(page: Page):
    page.goto("/search/?q=wnich")
    expect(page.get_by_text("Nothing has wnich")).to_be_visible()
    page.get_by_role("link", name="Gate winch").first.click()
    expect(page.get_by_role("heading", name="Gate winch", level=1)).to_be_visible()


def test_one_kind_is_chosen_and_kept_while_typing(page: Page):
    page.goto("/search/?q=part")
    narrow = page.get_by_role("navigation", name="Narrow the results")
    narrow.get_by_role("link", name=re.compile("^Sections")).click()
    expect(page).to_have_url(re.compile("kind=section"))
    page.get_by_role("searchbox").fill("part five")
    expect(page.locator("[data-say]")).to_contain_text("for part five")
    expect(page).to_have_url(re.compile(r"q=part\+five&kind=section$|q=part%20five&kind=section$"))


def test_a_question_with_markup_is_shown_as_text(page: Page):
    text = "<script>document.title='x'</script> \"quoted' <img src=x onerror=alert(1)>"
    page.goto("/search/")
    page.get_by_role("searchbox").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator("[data-say]")).to_contain_text("<script>document.title='x'</script>")
    assert page.locator("main img, main script").count() == 0
    page.keyboard.press("Control+k")
    field(page).fill(text)
    expect(palette(page)).to_contain_text("<script>document.title='x'</script>")
    assert palette(page).locator("img, script").count() == 0


def test_what_nobody_found_becomes_a_runbook(shelf: None, open_page: OpenPage, ben: User):
    page = open_page(ben, "/search/?q=zeppelin+mast")
    page.get_by_role("link", name="What else was not found").click()
    expect(page.get_by_text("zeppelin mast").first).to_be_visible()
    page.get_by_role("link", name="Start a runbook: zeppelin mast").click()
    expect(page).to_have_url(re.compile(r"/runbooks/new/.*title=zeppelin"))
    page.go_back()
    page.get_by_role("button", name="Clear: zeppelin mast").click()
    expect(page.get_by_text("Everything was answered")).to_be_visible()
    assert not UnansweredQuestion.objects.exists()


def test_without_scripts_the_boxes_are_plain_forms(shelf: None, open_page: OpenPage, ada: User):
    page = open_page(ada, "/services/", java_script_enabled=False)
    page.get_by_role("searchbox", name="Search").fill("part four")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=part\+four$"))
    page.get_by_role("link", name="Part Four").first.click()
    expect(page).to_have_url(re.compile(re.escape(LONG_HAUL) + "#part-four$"))
    phone = open_page(ada, LONG_HAUL, java_script_enabled=False, **PHONE)
    phone.get_by_role("link", name="Search").click()
    expect(phone.get_by_role("searchbox")).to_be_visible()
    assert palette(phone).count() == 0 or not palette(phone).is_visible()


def test_the_pages_fit_a_phone(shelf: None, open_page: OpenPage, ben: User):
    page = open_page(ben, **PHONE)
    for path in (
        "/search/",
        "/search/?q=winch",
        "/search/?q=rollout+restart",
        "/search/?q=" + "x" * 300,
        "/search/unanswered/",
    ):
        page.goto(path)
        assert find_wide(page) == []
        hits = page.locator(".hit > *")
        assert all(hits.nth(i).bounding_box()["width"] < 360 for i in range(hits.count()))
