"""Words kept on the server as they are typed, before anybody saves."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from runbooks.models import RunbookVersion, WorkingCopy
from tests.factories import TEXT
from tests.journeys.conftest import OpenPage, Watch
from tests.journeys.editor import EDIT, state_of, text_of

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


class TestKeeping:
    def test_words_are_kept_while_the_version_stays(self, page: Page):
        text_of(page).press("Control+End")
        page.keyboard.type("Half a thought")
        expect(state_of(page)).to_have_text(re.compile(r"Kept \d\d:\d\d:\d\d on the server, not saved yet"))
        assert WorkingCopy.objects.get().markdown == TEXT + "Half a thought"
        assert RunbookVersion.objects.get().markdown == TEXT

    def test_kept_words_are_there_after_the_browser_died(self, page: Page, open_page: OpenPage, ben: User):
        text_of(page).press("Control+End")
        page.keyboard.type("Half a thought")
        expect(state_of(page)).to_contain_text("Kept")
        page.close()
        again = open_page(ben, EDIT)
        expect(again.get_by_role("note")).to_contain_text("the words you left unsaved")
        expect(text_of(again)).to_have_value(TEXT + "Half a thought")
        again.get_by_role("button", name="Discard them").click()
        expect(text_of(again)).to_have_value(TEXT)

    def test_leaving_with_kept_words_asks_nothing(self, page: Page):
        asked: list[str] = []
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        text_of(page).press("Control+End")
        page.keyboard.type("Half a thought")
        expect(state_of(page)).to_contain_text("Kept")
        page.get_by_role("link", name="Cancel").click()
        expect(page.get_by_role("heading", name="Ticket desk", level=1)).to_be_visible()
        assert asked == []

    def test_nothing_is_kept_after_a_save(self, page: Page):
        text_of(page).press("Control+End")
        page.keyboard.type("Half a thought")
        expect(state_of(page)).to_contain_text("Kept")
        page.keyboard.press("Control+s")
        expect(page.get_by_role("status").filter(has_text="is saved as a draft")).to_be_visible()
        expect(state_of(page)).to_contain_text("as you go")
        assert not WorkingCopy.objects.exists()

    def test_what_is_refused_is_told_with_the_reason(self, page: Page, watch: Watch, settings):
        watch.expect(422)
        settings.MAX_RUNBOOK_BYTES = 500
        text_of(page).fill("x" * 600)
        expect(state_of(page)).to_contain_text("Not kept: The text has 600 bytes")
        assert not WorkingCopy.objects.exists()

    def test_a_secret_is_neither_kept_nor_saved(self, page: Page, watch: Watch):
        watch.expect(422)
        secret = "hunter2" + "Xq9rT4"
        text_of(page).press("Control+End")
        page.keyboard.type(f"\n`psql postgres://desk:{secret}@db.internal/desk`\n")
        expect(state_of(page)).to_contain_text("Not kept: The text holds what looks like a credential: line 16")
        gaps = page.get_by_role("region", name="Gaps in the text")
        expect(gaps).to_contain_text("This line looks like a credential")
        page.get_by_role("button", name="Save draft").click()
        expect(page.locator("#id_markdown_error")).to_contain_text("line 16")
        assert secret in text_of(page).input_value()
        assert RunbookVersion.objects.get().markdown == TEXT and not WorkingCopy.objects.exists()

    def test_without_a_connection_it_tries_again(self, page: Page):
        cut = lambda route: route.abort("internetdisconnected")  # noqa: E731
        page.route("**/edit/keep/", cut)
        text_of(page).press("Control+End")
        page.keyboard.type("Half a thought")
        expect(state_of(page)).to_contain_text("Offline")
        page.unroute("**/edit/keep/", cut)
        expect(state_of(page)).to_contain_text("Kept")

    def test_words_typed_while_others_are_on_their_way_are_kept_too(self, page: Page):
        def wait(route: Route) -> None:
            page.keyboard.type(" and more")
            route.continue_()

        page.route("**/edit/keep/", wait, times=1)
        text_of(page).press("Control+End")
        page.keyboard.type("Half a thought")
        expect(state_of(page)).to_contain_text("Kept")
        assert WorkingCopy.objects.get().markdown.endswith("Half a thought and more")

    def test_a_tab_that_goes_out_of_sight_sends_its_words_at_once(self, page: Page):
        text_of(page).press("Control+End")
        page.keyboard.type("Half a thought")
        page.evaluate(
            "() => { Object.defineProperty(document, 'visibilityState', { value: 'hidden' });"
            " document.dispatchEvent(new Event('visibilitychange')); }"
        )
        expect(state_of(page)).to_contain_text("Kept", timeout=1_500)
