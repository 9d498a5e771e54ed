"""A value is typed once, follows into every command, and the clipboard gets what can be run."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.factories import make_published, make_service
from tests.journeys.conftest import OpenPage
from tests.journeys.texts import COMMANDS

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PATH = "/runbooks/ferry-pier/gate-winch/"


@pytest.fixture
def page(open_page: OpenPage, ada: User) -> Page:
    make_published("Gate winch", text=COMMANDS, service=make_service("Ferry pier"))
    return open_page(ada, PATH)


def value(page: Page, name: str):
    return page.locator(f'input[data-fills="{name}"]')


def copy(page: Page, label: str) -> str:
    """What is on the clipboard after the button of that name was pressed."""
    page.evaluate("navigator.clipboard.writeText('nothing')")
    page.get_by_role("button", name=label).click()
    expect(page.locator("[data-copied]")).to_be_visible()
    return page.evaluate("navigator.clipboard.readText()")


def test_a_value_typed_once_stands_in_every_place_of_its_name(page: Page):
    places = page.locator('var[data-var="service-name"]')
    assert places.all_inner_texts() == ["[service-name]"] * 6
    value(page, "service-name").fill("winch")
    assert places.all_inner_texts() == ["winch"] * 6
    expect(page.locator("[data-values-count]")).to_have_text("1 of 2 set")


def test_an_emptied_value_gives_the_places_their_names_back(page: Page):
    value(page, "service-name").fill("winch")
    value(page, "service-name").fill("")
    assert set(page.locator('var[data-var="service-name"]').all_inner_texts()) == {"[service-name]"}


def test_a_block_is_copied_with_its_values_and_without_its_comments(page: Page):
    value(page, "service-name").fill("winch")
    value(page, "namespace").fill("pier")
    assert copy(page, "Copy command: Restart, and wait for it") == (
        "kubectl -n pier rollout restart deploy/winch\n\nkubectl -n pier rollout status deploy/winch"
    )


def test_of_a_session_only_the_commands_are_copied(page: Page):
    value(page, "service-name").fill("winch")
    value(page, "namespace").fill("pier")
    assert copy(page, "Copy command: Which pods are there") == (
        "kubectl -n pier get pods -l app=winch\nkubectl -n pier logs deploy/winch --tail=20"
    )


def test_a_command_in_a_sentence_is_copied_by_its_own_button(page: Page):
    value(page, "service-name").fill("winch")
    value(page, "namespace").fill("pier")
    assert copy(page, "Copy command: kubectl -n [namespace] get deploy") == "kubectl -n pier get deploy winch"


def test_the_copy_button_says_how_many_values_are_missing(page: Page):
    value(page, "service-name").fill("winch")
    assert "[namespace]" in copy(page, "Copy command: Restart, and wait for it")
    expect(page.locator("[data-live]")).to_have_text("Copied, 1 value missing")


def test_a_value_is_remembered_in_this_browser_and_in_no_other(page: Page, open_page: OpenPage, ada: User):
    value(page, "service-name").fill("winch")
    page.reload()
    expect(value(page, "service-name")).to_have_value("winch")
    expect(page.locator('var[data-var="service-name"]').first).to_have_text("winch")
    other = open_page(ada, PATH)
    expect(value(other, "service-name")).to_have_value("")
    expect(other.locator('var[data-var="service-name"]').first).to_have_text("[service-name]")


def test_a_value_of_one_runbook_does_not_fill_another(page: Page):
    make_published("Gate winch two", text=COMMANDS, service=make_service("Second pier"))
    value(page, "service-name").fill("winch")
    page.goto("/runbooks/second-pier/gate-winch-two/")
    expect(value(page, "service-name")).to_have_value("")


def test_forget_empties_every_value_for_good(page: Page):
    value(page, "service-name").fill("winch")
    page.get_by_role("button", name="Forget").click()
    expect(value(page, "service-name")).to_have_value("")
    page.reload()
    expect(value(page, "service-name")).to_have_value("")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('portal.values'))") == []


def test_where_copying_is_not_allowed_the_command_is_selected(page: Page):
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed')); }")
    page.get_by_role("button", name="Copy command: Restart, and wait for it").click()
    expect(page.locator("[data-live]")).to_contain_text("press Ctrl+C")
    assert "rollout restart" in page.evaluate("getSelection().toString()")


def test_a_token_fills_the_commands_but_is_not_kept(open_page: OpenPage, ada: User):
    text = '# Flags\n\n## Switch\n\n```bash\ncurl -H "Authorization: Bearer $FLAGS_TOKEN" https://flags.example/[flag]\n```\n'
    make_published("Flags", text=text, service=make_service("Ferry pier"))
    page = open_page(ada, "/runbooks/ferry-pier/flags/")
    value(page, "flags-token").fill("hush")
    value(page, "flag").fill("printed-fares")
    expect(page.locator('var[data-var="flags-token"]')).to_have_text("hush")
    page.reload()
    expect(value(page, "flag")).to_have_value("printed-fares")
    expect(value(page, "flags-token")).to_have_value("")
