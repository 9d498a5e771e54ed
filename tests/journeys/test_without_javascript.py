"""Every page works where scripts are switched off."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from accounts.models import User
from runbooks.models import RunbookVersion, Status
from tests.factories import PASSWORD, TEXT, make_active, make_draft, make_published, make_service
from tests.journeys.conftest import OpenPage
from tests.journeys.texts import COMMANDS

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
DESK = "/runbooks/ticket-desk/ticket-desk/"


def test_log_in_and_filter_the_list_by_the_button(open_page: OpenPage, ada: User):
    make_published("Gate winch", text=COMMANDS, service=make_service("Ferry pier"))
    make_published()
    page = open_page(path="/runbooks/", java_script_enabled=False)
    page.get_by_label("Email").fill(ada.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("group", name="Service").get_by_label("Ferry pier").check()
    page.get_by_label("Sort by").select_option("updated")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("ol.rows .row__title")).to_have_text(["Gate winch"])
    expect(page.get_by_label("Sort by")).to_have_value("updated")


def test_the_list_is_filtered_with_the_enter_key(open_page: OpenPage, ada: User):
    make_published("Gate winch", service=make_service("Ferry pier"))
    make_published()
    page = open_page(ada, "/runbooks/", java_script_enabled=False)
    page.get_by_label("Filter this list").fill("winch")
    page.get_by_label("Filter this list").press("Enter")
    expect(page.locator("ol.rows .row__title")).to_have_text(["Gate winch"])


def test_a_runbook_is_read_without_controls_that_would_do_nothing(open_page: OpenPage, ada: User):
    make_published(text=COMMANDS)
    page = open_page(ada, DESK, java_script_enabled=False)
    expect(page.get_by_text("Lifts the gate of the ferry pier.").first).to_be_visible()
    expect(page.get_by_text("rollout restart deploy/[service-name]")).to_be_visible()
    for control in ("[data-copy]", "#portal-values", "[data-theme-toggle]"):
        assert page.locator(f"{control}:visible").count() == 0, control
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="Restart").click()
    expect(page).to_have_url(re.compile("#restart$"))


def test_a_draft_is_written_saved_and_sent_for_review(open_page: OpenPage, ben: User):
    make_draft(ben)
    page = open_page(ben, DESK, java_script_enabled=False)
    page.get_by_role("link", name="Suggest a change").first.click()
    page.get_by_label("Text", exact=True).fill(TEXT.replace("pier", "quay"))
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("button", name="Ask for review").click()
    version = RunbookVersion.objects.get()
    assert version.status == Status.REVIEW and "quay" in version.markdown


def test_two_versions_are_compared_and_the_account_menu_opens(open_page: OpenPage, ben: User, cy: User):
    make_active(ben, cy)
    page = open_page(ben, f"{DESK}edit/", java_script_enabled=False)
    page.get_by_label("Text", exact=True).fill(TEXT.replace("pier", "quay"))
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("button", name="Compare the two marked").click()
    expect(page.locator("table.diff ins")).to_have_text(["quay"])
    page.locator("details.menu > summary").first.click()
    page.get_by_role("link", name="Log out").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
