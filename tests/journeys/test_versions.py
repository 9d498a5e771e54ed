"""From a draft to what everybody reads, by two people, and back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import APPROVER
from runbooks.models import RunbookVersion
from runbooks.services import EditBase, save_edit
from tests.factories import NOW, TEXT, go_active, make_active, make_draft, make_user
from tests.journeys.conftest import OpenPage

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PATH = "/runbooks/ticket-desk/ticket-desk/"


@pytest.fixture
def two_versions(ben: User, cy: User) -> RunbookVersion:
    """1.0 superseded by 1.1, in which one word of one line differs."""
    first = make_active(ben, cy)
    text = TEXT.replace("at the pier", "at the quay")
    second = save_edit(first.runbook, base=EditBase(first.pk, 1), markdown=text, author=ben, now=NOW)
    return go_active(second, cy)


def row(page: Page, number: str):
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=number, exact=True))


def status(page: Page, number: str):
    return row(page, number).locator(".badge")


def test_two_versions_are_chosen_and_compared_word_by_word(two_versions, open_page: OpenPage, ada: User):
    page = open_page(ada, f"{PATH}versions/")
    page.get_by_label("1.0 is the old side").check()
    page.get_by_label("1.1 is the new side").check()
    page.get_by_role("button", name="Compare the two marked").click()
    expect(page).to_have_url(re.compile(r"/diff/1\.0/1\.1/$"))
    expect(page.locator("table.diff del")).to_have_text(["pier"])
    expect(page.locator("table.diff ins")).to_have_text(["quay"])


def test_the_diff_can_be_read_in_one_column(two_versions, open_page: OpenPage, ada: User):
    page = open_page(ada, f"{PATH}diff/1.0/1.1/")
    expect(page.locator("table.diff")).to_have_attribute("data-view", "split")
    page.get_by_role("link", name="Unified").click()
    expect(page.locator("table.diff")).to_have_attribute("data-view", "unified")
    expect(page.locator("td.del:not(.ln)")).to_contain_text("at the pier")
    expect(page.locator("td.add:not(.ln)")).to_contain_text("at the quay")
    expect(page.locator("table.diff ins")).to_have_text(["quay"])


def test_unchanged_parts_are_folded(open_page: OpenPage, ada: User, ben: User, cy: User):
    text = TEXT + "\n## Notes\n\n" + "".join(f"Line {n}.\n\n" for n in range(40))
    first = make_active(ben, cy, text=text)
    changed = text.replace("Line 39", "Line forty")
    save_edit(first.runbook, base=EditBase(first.pk, 1), markdown=changed, author=ben, now=NOW)
    page = open_page(ada, f"{PATH}diff/1.0/1.1/")
    expect(page.get_by_text(re.compile(r"\d+ unchanged lines"))).to_be_visible()
    expect(page.get_by_text("Sells tickets")).to_have_count(0)


def test_a_draft_becomes_what_everybody_reads_by_two_people(open_page: OpenPage, ada: User, ben: User, cy: User):
    make_active(ben, cy)
    author, reader = open_page(cy, PATH), open_page(ada)

    author.get_by_role("link", name="Suggest a change").click()
    text = author.get_by_label("Text", exact=True)
    text.fill(text.input_value().replace("at the pier", "at the quay"))
    author.get_by_label("What changed, and why").fill("The desk has moved")
    author.get_by_role("button", name="Save draft").click()
    expect(status(author, "1.1")).to_have_text("Draft")
    row(author, "1.1").get_by_role("button", name="Ask for review").click()
    expect(status(author, "1.1")).to_have_text("In review")
    row(author, "1.1").get_by_role("link", name="1.1", exact=True).click()
    expect(author.get_by_role("button", name=re.compile("Approve"))).to_have_count(0)
    reader.goto(PATH)
    expect(reader.get_by_text("at the pier").first).to_be_visible()

    dee = make_user("dee", role=APPROVER)
    approver = open_page(dee, "/")
    approver.get_by_role("region", name="Waiting for somebody").get_by_role("link", name="Ticket desk").click()
    approver.get_by_role("button", name="Approve 1.1").click()
    expect(status(approver, "1.1")).to_have_text("Approved")
    reader.reload()
    expect(reader.get_by_text("at the pier").first).to_be_visible()
    row(approver, "1.1").get_by_role("button", name="Make active").click()
    expect(status(approver, "1.1")).to_have_text("Active")
    expect(status(approver, "1.0")).to_have_text("Superseded")
    reader.reload()
    expect(reader.get_by_text("at the quay").first).to_be_visible()
    expect(reader.get_by_text("at the pier")).to_have_count(0)
    expect(reader.get_by_role("link", name="1.1: The desk has moved")).to_be_visible()


def test_an_old_version_is_restored_as_a_new_draft(two_versions, open_page: OpenPage, ben: User):
    page = open_page(ben, f"{PATH}versions/")
    page.get_by_role("button", name="Restore 1.0 as a draft").click()
    expect(status(page, "1.2")).to_have_text("Draft")
    expect(status(page, "1.1")).to_have_text("Active")
    page.get_by_role("link", name="1.2", exact=True).click()
    expect(page.get_by_text("You are reading version 1.2, draft.")).to_be_visible()
    expect(page.get_by_text("at the pier").first).to_be_visible()


def test_a_version_sent_back_says_why_to_its_author(open_page: OpenPage, ben: User, cy: User):
    make_draft(ben)
    author = open_page(ben, f"{PATH}versions/")
    row(author, "1.0").get_by_role("button", name="Ask for review").click()
    approver = open_page(cy, f"{PATH}versions/1.0/")
    approver.get_by_text("Send back…").click()
    approver.get_by_label("What is missing?").fill("Say who holds the key")
    approver.get_by_role("button", name="Send back to the author").click()
    author.reload()
    expect(status(author, "1.0")).to_have_text("Draft")
    expect(author.get_by_text("Sent back: Say who holds the key")).to_be_visible()


def test_an_old_version_says_that_it_is_old_and_leads_to_the_active_one(two_versions, open_page: OpenPage, ada: User):
    page = open_page(ada, f"{PATH}versions/1.0/")
    expect(page.get_by_text("You are reading version 1.0, superseded.")).to_be_visible()
    page.get_by_role("note").get_by_role("link", name="1.1").click()
    expect(page).to_have_url(re.compile(rf"{PATH}$"))
