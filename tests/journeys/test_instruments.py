"""The journeys' own instruments notice what they are there to notice."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.journeys.axe import find_violations
from tests.journeys.conftest import OpenPage, Watch
from tests.journeys.narrow import find_wide

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page(path="/accounts/login/")


def take(watch: Watch, page: Page) -> str:
    """What was noticed so far, handed over so that it fails nothing."""
    page.wait_for_timeout(50)
    noticed, watch.problems = watch.problems, []
    return "\n".join(noticed)


def test_a_script_that_the_policy_forbids_is_noticed(page: Page, watch: Watch):
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
    assert "Content Security Policy" in take(watch, page)
    assert page.evaluate("window.ran") is None


def test_a_style_that_the_policy_forbids_is_noticed(page: Page, watch: Watch):
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    assert "Content Security Policy" in take(watch, page)


def test_an_error_in_a_script_is_noticed(page: Page, watch: Watch):
    page.evaluate("() => { setTimeout(() => { throw new Error('broken'); }); }")
    assert "broken" in take(watch, page)


def test_an_answer_that_was_not_expected_is_noticed(page: Page, watch: Watch):
    page.evaluate("fetch('/static/no-such-file.js')")
    assert "404" in take(watch, page)


def test_axe_notices_a_button_without_a_name_and_a_pale_text(page: Page):
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    page.evaluate("document.querySelector('h1').style.setProperty('color', '#bbb')")
    found = "\n".join(find_violations(page))
    assert "button-name" in found and "color-contrast" in found


def test_what_sticks_out_of_the_page_is_noticed(page: Page):
    page.evaluate("document.querySelector('h1').style.setProperty('width', '3000px')")
    assert any("H1" in found for found in find_wide(page))
