"""Pieces of the insert menu and pictures put into the text."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.factories import TEXT
from tests.journeys.conftest import Watch
from tests.journeys.editor import IMAGE, give, png, preview_of, text_of

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


class TestInsertMenu:
    def test_a_piece_is_put_in_by_keyboard_and_its_first_words_are_selected(self, page: Page):
        text_of(page).press("Control+End")
        page.get_by_text("Insert", exact=True).focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("button", name="Alert table")).to_be_focused()
        page.keyboard.press("Enter")
        expect(text_of(page)).to_be_focused()
        assert page.evaluate("getSelection().toString()") == "AlertName"
        page.keyboard.type("DeskDown")
        expect(preview_of(page).get_by_role("cell", name="DeskDown")).to_be_visible()
        assert "```\n\n| Alert |" in text_of(page).input_value()

    def test_it_stands_on_lines_of_its_own(self, page: Page):
        text_of(page).fill("before after")
        text_of(page).evaluate("(field) => field.setSelectionRange(7, 7)")
        page.get_by_text("Insert", exact=True).click()
        page.get_by_role("button", name="Callout").click()
        expect(text_of(page)).to_have_value(re.compile(r"^before \n\n> \[!WARNING\]\n> .*\n\nafter$"))

    def test_it_can_be_undone(self, page: Page):
        text_of(page).press("Control+End")
        page.get_by_text("Insert", exact=True).click()
        page.get_by_role("button", name="Checklist").click()
        page.keyboard.press("Control+z")
        expect(text_of(page)).to_have_value(TEXT)

    def test_escape_closes_it(self, page: Page):
        page.get_by_text("Insert", exact=True).focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Checklist")).to_be_hidden()


class TestPictures:
    @pytest.mark.parametrize("kind", ["paste", "drop"])
    def test_a_picture_comes_to_the_cursor_and_asks_for_its_description(self, page: Page, kind: str):
        text_of(page).press("Control+End")
        assert give(page, kind, ["gate.png", "image/png", png()]) is False
        expect(text_of(page)).to_have_value(IMAGE)
        assert page.evaluate("getSelection().toString()") == "Describe the image"
        expect(preview_of(page).get_by_role("img", name="Describe the image")).to_be_visible()

    def test_several_come_in_their_order(self, page: Page):
        text_of(page).fill("")
        give(page, "drop", ["a.png", "image/png", png("navy")], ["b.png", "image/png", png("red")])
        expect(page.get_by_role("status").filter(has_text="2 pictures are in the text.")).to_be_visible()
        assert len(IMAGE.findall(text_of(page).input_value())) == 2

    def test_of_several_the_refused_one_is_named(self, page: Page, watch: Watch):
        watch.expect(422)
        give(page, "drop", ["a.png", "image/png", png()], ["notes.pdf", "application/pdf", "AAAA"])
        expect(page.get_by_role("status").filter(has_text="notes.pdf was not taken.")).to_be_visible()
        value = text_of(page).input_value()
        assert IMAGE.search(value) and "Invalid response" not in value

    def test_text_that_is_pasted_with_a_picture_of_itself_stays_text(self, page: Page):
        assert give(page, "paste", ["cells.png", "image/png", png()], text="a\tb") is True
        expect(text_of(page)).not_to_have_value(IMAGE)

    def test_without_a_connection_it_says_so(self, page: Page):
        page.route("**/markdownx/upload/", lambda route: route.abort("internetdisconnected"))
        give(page, "paste", ["gate.png", "image/png", png()])
        told = page.get_by_role("status").filter(has_text="gate.png was not taken. There is no connection.")
        expect(told).to_be_visible()
