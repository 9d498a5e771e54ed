"""The editor: preview and gaps beside the text, keys, one section, and the whole way from a template to the review."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import EDITOR
from runbooks.models import RunbookVersion, Status
from runbooks.services import EditBase, keep_working_copy
from tests.factories import NOW, TEXT, make_draft, make_published, make_service, make_user
from tests.journeys.axe import find_by_day_and_night
from tests.journeys.conftest import OpenPage, Watch
from tests.journeys.editor import EDIT, IMAGE, PATH, PHONE, give, png, preview_of, state_of, text_of
from tests.journeys.narrow import find_wide
from tests.journeys.texts import HOSTILE, LONG

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


class TestPreview:
    def test_it_follows_what_is_typed(self, page: Page):
        expect(preview_of(page)).to_contain_text("Sells tickets at the pier.")
        text_of(page).press("Control+End")
        page.keyboard.type("\n## Closing\n\nThe **last** ferry.")
        expect(preview_of(page).get_by_role("heading", name="Closing")).to_be_visible()
        expect(preview_of(page).locator("strong")).to_contain_text(["last"])

    def test_hostile_text_shows_nothing_that_runs(self, page: Page):
        text_of(page).fill(HOSTILE)
        expect(preview_of(page)).to_contain_text("Heading")
        page.wait_for_timeout(300)
        assert page.evaluate("window.hacked") is None
        assert preview_of(page).locator("script, style, iframe, form, svg, base, link").count() == 0

    def test_a_link_in_it_does_not_take_the_editor_away(self, page: Page):
        here = page.url.split("/runbooks/")[0]
        text_of(page).fill(f"# Desk\n\nTo the [services]({here}/services/) or [below](#far).\n\n## Far\n\nwords\n")
        with page.context.expect_page() as opened:
            preview_of(page).get_by_role("link", name="services").click()
        expect(opened.value).to_have_url(re.compile("/services/$"))
        preview_of(page).get_by_role("link", name="below").click()
        assert page.url.endswith("/edit/")

    def test_it_scrolls_with_the_text(self, open_page: OpenPage, ben: User):
        make_draft(ben, text=LONG)
        page = open_page(ben, EDIT)
        expect(preview_of(page).get_by_role("heading", name="Part Five")).to_be_attached()
        text_of(page).hover()
        page.mouse.wheel(0, 100_000)
        expect(preview_of(page).get_by_text("What to know of part five")).to_be_in_viewport()

    def test_a_text_that_could_not_be_saved_is_said(self, page: Page, watch: Watch, settings):
        watch.expect(422)
        settings.MAX_RUNBOOK_BYTES = 500
        text_of(page).fill("x" * 600)
        expect(preview_of(page)).to_contain_text("is the most")

    def test_after_being_logged_out_it_says_so_and_loses_nothing(self, page: Page, watch: Watch):
        watch.expect(401)
        page.context.clear_cookies(name="sessionid")
        text_of(page).press_sequentially("More. ")
        expect(preview_of(page)).to_contain_text("You may have been logged out")
        expect(state_of(page)).to_contain_text("logged out")
        give(page, "paste", ["gate.png", "image/png", png()])
        told = page.get_by_role("status").filter(has_text="gate.png was not taken. You may have been logged out.")
        expect(told).to_be_visible()
        assert text_of(page).input_value().startswith("More. #")


class TestGaps:
    def test_they_come_and_go_beside_the_text(self, page: Page):
        gaps = page.get_by_role("region", name="Gaps in the text")
        text_of(page).press("Control+End")
        page.keyboard.type("\nSee [there](#nowhere) and ask [Name of the manager].")
        expect(gaps).to_contain_text("#nowhere")
        expect(gaps).to_contain_text("[Name of the manager]")
        text_of(page).fill(TEXT)
        expect(gaps).not_to_contain_text("#nowhere")

    def test_a_click_selects_the_line(self, page: Page):
        text_of(page).fill("# Desk\n\nSome words.\n\nSee [there](#nowhere).\n")
        gap = page.get_by_role("listitem").filter(has_text="#nowhere")
        gap.get_by_role("link", name="line 5").click()
        expect(text_of(page)).to_be_focused()
        assert page.evaluate("getSelection().toString()") == "See [there](#nowhere)."


class TestKeys:
    def test_tab_goes_on_to_the_next_field(self, page: Page):
        text_of(page).focus()
        page.keyboard.press("Tab")
        expect(text_of(page)).not_to_be_focused()
        page.keyboard.press("Shift+Tab")
        expect(text_of(page)).to_be_focused()
        expect(text_of(page)).to_have_value(TEXT)

    @pytest.mark.parametrize("keys", ["Control+]", "Control+["])
    def test_keys_that_markdownx_would_take_change_nothing(self, page: Page, keys: str):
        text_of(page).press("Control+Home")
        page.keyboard.press(keys)
        expect(text_of(page)).to_have_value(TEXT)

    def test_ctrl_s_saves_and_the_cursor_stays_where_it_was(self, page: Page):
        text_of(page).press("Control+Home")
        page.keyboard.press("ArrowDown")
        page.keyboard.type("Words. ")
        page.keyboard.press("Control+s")
        expect(page.get_by_role("status").filter(has_text="is saved as a draft")).to_be_visible()
        expect(text_of(page)).to_be_focused()
        assert text_of(page).evaluate("(field) => field.selectionStart") == len("# Ticket desk\nWords. ")
        assert "Words. " in RunbookVersion.objects.get().markdown


class TestOneSection:
    def test_it_is_edited_from_its_heading_and_the_rest_stays(self, open_page: OpenPage, ben: User):
        make_published(text=TEXT)
        page = open_page(ben, PATH)
        page.get_by_role("heading", name="Restart").hover()
        page.get_by_role("link", name="Edit the section Restart").click()
        expect(text_of(page)).to_have_value(TEXT[TEXT.index("## Restart") :].rstrip())
        text_of(page).fill("## Restart\n\nAsk first.")
        expect(preview_of(page)).not_to_contain_text("Sells tickets")
        page.get_by_role("button", name="Save draft").click()
        expect(page.get_by_role("status").filter(has_text="is saved as a draft")).to_be_visible()
        draft = RunbookVersion.objects.get(minor=1)
        assert draft.markdown == TEXT[: TEXT.index("## Restart")] + "## Restart\n\nAsk first.\n"

    def test_the_heading_is_still_called_by_its_own_words(self, open_page: OpenPage, ben: User):
        make_published(text=TEXT)
        page = open_page(ben, PATH)
        expect(page.get_by_role("heading", name="Restart", exact=True)).to_be_visible()

    def test_two_browsers_edit_two_sections(self, page: Page, open_page: OpenPage, watch: Watch):
        watch.expect(409)
        other = open_page(make_user("dee", role=EDITOR), f"{EDIT}?section=overview")
        page.goto(f"{EDIT}?section=restart")
        text_of(other).fill("## Overview\n\nSells tickets on the quay.")
        other.get_by_role("button", name="Save draft").click()
        expect(other.get_by_role("status").filter(has_text="is saved as a draft")).to_be_visible()
        text_of(page).fill("## Restart\n\nAsk first.")
        page.get_by_role("button", name="Save draft").click()
        expect(page.get_by_role("heading", name="Somebody saved while you were writing")).to_be_visible()
        page.get_by_role("button", name="Save the merged text").click()
        expect(page.get_by_role("status").filter(has_text="is saved as a draft")).to_be_visible()
        saved = RunbookVersion.objects.get().markdown
        assert "on the quay" in saved and "Ask first." in saved


def test_the_whole_way_from_a_template_to_the_review(open_page: OpenPage, ben: User, watch: Watch):
    watch.expect(422)
    make_service()
    page = open_page(ben, "/runbooks/new/")
    page.get_by_label("Service", exact=True).select_option(label="Ticket desk")
    page.get_by_label("Procedure").check()
    page.get_by_role("button", name="Start writing").click()
    text_of(page).press("Control+End")
    page.keyboard.type("\n## Afterwards\n\nThe till is **empty**.\n\n")
    expect(preview_of(page).get_by_role("heading", name="Afterwards")).to_be_attached()
    give(page, "paste", ["till.png", "image/png", png()])
    expect(text_of(page)).to_have_value(IMAGE)
    page.keyboard.type("The till")  # over the description, which is selected
    text_of(page).press("Control+End")
    page.keyboard.type("\n\npostgres://desk:" + "hunter2" + "Xq9rT4" + "@db.internal/desk")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("#id_markdown_error")).to_contain_text("looks like a credential")
    refused = text_of(page).input_value()
    text_of(page).fill(refused[: refused.index("postgres://")])
    page.get_by_role("button", name="Save draft").click()
    page.get_by_role("button", name="Ask for review").click()
    expect(page.get_by_role("status").filter(has_text="review")).to_be_visible()
    version = RunbookVersion.objects.get()
    assert version.status == Status.REVIEW and re.search(r"!\[The till\]\(/runbooks/images/", version.markdown)


class TestEverywhere:
    @pytest.mark.parametrize("query", ["", "?section=restart"])
    def test_the_editor_is_accessible(self, open_page: OpenPage, ben: User, query: str):
        version = make_draft(ben)
        base = EditBase(version.pk, 1)
        keep_working_copy(
            version.runbook,
            base=base,
            section="restart",
            markdown="## Restart\n\nAsk [Name of the manager].",
            author=ben,
            now=NOW + dt.timedelta(minutes=1),
        )
        page = open_page(ben, f"{EDIT}{query}")
        expect(page.get_by_role("region", name="Gaps in the text")).to_contain_text("[Name of the manager]")
        page.get_by_text("Insert", exact=True).click()
        assert find_by_day_and_night(page) == []

    def test_on_a_phone_text_and_preview_take_turns(self, open_page: OpenPage, ben: User):
        make_draft(ben)
        page = open_page(ben, EDIT, viewport=PHONE, has_touch=True, is_mobile=True)
        expect(preview_of(page)).to_be_hidden()
        assert find_wide(page) == []
        page.get_by_role("button", name="Preview").tap()
        expect(preview_of(page)).to_contain_text("Sells tickets at the pier.")
        expect(text_of(page)).to_be_hidden()
        assert find_wide(page) == []
        page.get_by_role("button", name="Write").tap()
        expect(text_of(page)).to_be_visible()

    def test_without_scripts_the_preview_is_a_page(self, open_page: OpenPage, ben: User):
        make_draft(ben)
        page = open_page(ben, EDIT, java_script_enabled=False)
        text_of(page).fill("# Desk\n\n## Closing\n\nThe **last** ferry.\n")
        page.get_by_role("button", name="Preview").click()
        expect(page.get_by_role("heading", name="Closing")).to_be_visible()
        expect(text_of(page)).to_have_value("# Desk\n\n## Closing\n\nThe **last** ferry.\n")
        expect(page.get_by_text("Insert", exact=True)).to_be_hidden()
        page.get_by_role("button", name="Save draft").click()
        assert "The **last** ferry." in RunbookVersion.objects.get().markdown
