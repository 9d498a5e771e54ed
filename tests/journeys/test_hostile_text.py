"""Whatever somebody writes into a runbook is shown as words; nothing of it runs, covers or leads astray."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from runbooks.services import EditBase, save_edit
from tests.factories import NOW, make_active, make_published, make_service
from tests.journeys.conftest import OpenPage
from tests.journeys.texts import HOSTILE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PATH = "/runbooks/ticket-desk/ticket-desk/"
TITLE = "\"><script>window.hacked='title'</script>"
MARKED = "window.hacked"


@pytest.fixture
def page(open_page: OpenPage, ada: User) -> Page:
    make_published(TITLE, text=HOSTILE, slug="ticket-desk", service=make_service("Ticket desk"))
    page = open_page(ada, PATH)
    page.wait_for_load_state("networkidle")
    return page


def test_nothing_of_it_runs_when_the_page_is_read_and_used(page: Page):
    assert page.evaluate(MARKED) is None
    for link in page.locator("article a:visible:not(.flaglink, .flagged a), article .deadlink").all()[:20]:
        link.dispatch_event("click")
    for field in page.locator("[data-fills]").all():
        field.fill("<img src=x onerror=\"window.hacked='value'\">")
    for button in page.locator("article [data-copy]").all():
        button.click()
    assert page.evaluate(MARKED) is None
    assert (
        page.locator("article img[onerror], article script, article iframe, article style, article form").count() == 0
    )


def test_no_link_of_the_text_runs_a_script(page: Page):
    hrefs = page.locator("a[href]").evaluate_all("els => els.map(el => el.href)")
    assert hrefs and not [href for href in hrefs if href.split(":")[0] in ("javascript", "data", "vbscript")]


def test_nothing_of_it_covers_the_page_or_asks_for_a_password(page: Page):
    expect(page.get_by_role("button", name="Log in again")).to_have_count(0)
    assert page.locator("article [style], article input:not([type=checkbox]), article base, article link").count() == 0
    page.get_by_role("link", name="Services").click()  # would be intercepted
    expect(page.get_by_role("heading", name="Services", level=1)).to_be_visible()


def test_a_title_of_markup_is_shown_letter_by_letter(page: Page):
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    assert TITLE in page.title()
    for path in ("/", "/runbooks/", "/services/ticket-desk/", f"{PATH}versions/"):
        page.goto(path)
        expect(page.get_by_text(TITLE).first).to_be_visible()
        assert page.evaluate(MARKED) is None


def test_in_the_diff_and_in_the_editor_it_is_text_too(open_page: OpenPage, ben: User, cy: User, settings):
    settings.DEFAULT_GATES = []  # a team that asks for nothing: hostile words are no placeholders to be filled
    version = make_active(ben, cy, text=HOSTILE)
    text = HOSTILE.replace("window.hacked = 'title'", "window.hacked = 'another'")
    save_edit(version.runbook, base=EditBase(version.pk, 1), markdown=text, author=ben, now=NOW)
    page = open_page(ben, f"{PATH}edit/")
    expect(page.get_by_label("Text", exact=True)).to_have_value(text)
    for view in ("split", "unified"):
        page.goto(f"{PATH}diff/1.0/1.1/?view={view}")
        expect(page.locator("table.diff .add:not(.ln)")).to_contain_text("<script>window.hacked = 'another'</script>")
        assert page.evaluate(MARKED) is None


def test_raw_is_plain_text_to_the_browser(page: Page):
    page.goto(f"{PATH}raw/")
    assert page.evaluate("document.contentType") == "text/plain"
    assert page.locator("body").inner_text().strip() == HOSTILE.strip()
    assert page.evaluate(MARKED) is None
