"""Something is wrong in a runbook: a reader says so, it stands on the page, and the runbook is mended."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import READER
from incidents.services.run_steps import note_step
from tests.factories import NOW, make_published, make_user
from tests.incidents.runs import CHECKLIST, go_through, make_run, minutes
from tests.journeys.axe import find_by_day_and_night
from tests.journeys.conftest import OpenPage, Watch

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
DESK = "/runbooks/ticket-desk/ticket-desk/"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def ada(transactional_db: None) -> User:
    """Somebody who reads."""
    return make_user("ada", role=READER, display_name="Ada Winter")


def say(page: Page, what: str, instead: str = "") -> None:
    page.get_by_label("What is wrong?").fill(what)
    page.get_by_label(re.compile("What would be right")).fill(instead)
    page.get_by_role("button", name="Say so").click()


def test_from_a_heading_to_the_answer(ada: User, ben: User, open_page: OpenPage, watch: Watch):
    watch.expect(422)
    make_published(text=CHECKLIST, owner=ben)
    reader = open_page(ada, DESK)
    reader.get_by_role("link", name="Something wrong in Restart").click()
    expect(reader.get_by_label(re.compile("^Where"))).to_have_value("restart")
    say(reader, "The desk has another name", "Restart desk-api")
    expect(reader.get_by_role("heading", name="1 thing here is said to be wrong")).to_be_visible()
    reader.get_by_role("link", name="A reader says that something here is wrong").click()
    expect(reader).to_have_url(re.compile("#h-flags$"))

    editor = open_page(ben, "/flags/")
    editor.get_by_role("link", name="The desk has another name").click()
    editor.get_by_label("The runbook is right as it is").check()
    editor.get_by_role("button", name="Answer").click()
    expect(editor.get_by_text("Say why the runbook is right")).to_be_visible()
    expect(editor.get_by_label("The runbook is right as it is")).to_be_checked()
    editor.get_by_label(re.compile("^Note")).fill("It is an alias")
    editor.get_by_role("button", name="Answer").click()
    expect(editor.get_by_role("heading", name="The runbook is right")).to_be_visible()
    reader.reload()
    expect(reader.get_by_text("said to be wrong")).to_have_count(0)


def test_without_scripts_it_is_said_from_the_end_of_the_page(ada: User, open_page: OpenPage):
    make_published(text=CHECKLIST)
    page = open_page(ada, DESK, java_script_enabled=False)
    page.get_by_role("link", name="Something wrong here?").click()
    page.get_by_label(re.compile("^Where")).select_option("restart")
    say(page, "The desk has another name")
    expect(page.get_by_role("heading", name="1 thing here is said to be wrong")).to_be_visible()


def test_from_a_run_to_the_draft(ben: User, open_page: OpenPage):
    run = make_run(ben, text=CHECKLIST)
    note_step(run.steps.first(), "The pier knows", output="ok", user=ben, now=minutes(1))
    go_through(run, ben, skip={2}, flag={3: ("It has another name", "Restart `desk-api`")})
    page = open_page(ben, f"/runs/{run.pk}/")
    page.get_by_role("link", name="What came of it").click()
    expect(page.get_by_text("Skipped: not needed today")).to_be_visible()
    page.get_by_text(re.compile("^Output")).click()
    expect(page.get_by_role("group", name="Output")).to_have_text("ok")
    page.get_by_role("button", name="Put it into a draft of the runbook").click()
    expect(page).to_have_url(re.compile(r"/diff/1\.0/1\.1/$"))
    expect(page.locator("td.add:not(.ln)")).to_contain_text("Restart `desk-api`")
    expect(page.get_by_text("It has another name").first).to_be_visible()


def test_the_pages_are_clear_to_everybody(ben: User, open_page: OpenPage):
    run = make_run(ben, text=CHECKLIST)
    note_step(run.steps.first(), "The pier knows", output="ok", user=ben, now=minutes(1))
    go_through(run, ben, skip={2}, flag={3: ("It has another name", "Restart `desk-api`")})
    quiet = make_run(ben, runbook=run.runbook)
    type(quiet).objects.filter(pk=quiet.pk).update(asked_at=NOW)
    page = open_page(ben)
    paths = (f"/runs/{run.pk}/summary/", f"/runs/{quiet.pk}/", "/runs/", "/flags/?whose=all", DESK, f"{DESK}versions/")
    found = []
    for path in paths:
        page.goto(path)
        found += find_by_day_and_night(page)
    assert found == []


def test_on_a_phone_nothing_is_wider_than_the_screen(ben: User, open_page: OpenPage):
    long = "https://" + "long" * 40
    run = make_run(ben, text=CHECKLIST)
    go_through(run, ben, flag={3: (long, long)})
    page = open_page(ben, viewport=PHONE)
    for path in (f"/runs/{run.pk}/summary/", "/runs/", "/flags/?whose=all", DESK, f"{DESK}versions/1.0/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
