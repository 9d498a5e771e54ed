"""Writing: two people at once, and pictures."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from PIL import Image as Picture
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import EDITOR
from runbooks.models import DraftSave, RunbookVersion
from tests.factories import TEXT, make_draft, make_user
from tests.journeys.conftest import OpenPage, Watch

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PATH = "/runbooks/ticket-desk/ticket-desk/"


def text_of(page: Page):
    return page.get_by_label("Text", exact=True)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save draft").click()


def file(name: str, media_type: str, content: bytes) -> Any:
    return {"name": name, "mimeType": media_type, "buffer": content}


@pytest.fixture
def two_editors(open_page: OpenPage, ben: User) -> tuple[Page, Page]:
    """Ben and Dee, each with the same draft open in the editor."""
    make_draft(ben)
    return open_page(ben, f"{PATH}edit/"), open_page(make_user("dee", role=EDITOR), f"{PATH}edit/")


def test_of_two_saves_in_different_places_the_second_is_merged_and_saved(two_editors, watch: Watch):
    watch.expect(409)
    first, second = two_editors
    text_of(first).fill(TEXT.replace("at the pier", "at the quay"))
    save(first)
    text_of(second).fill(TEXT + "\nAsk Dee.\n")
    save(second)
    expect(second.get_by_role("heading", name="Somebody saved while you were writing")).to_be_visible()
    expect(text_of(second)).to_have_value(TEXT.replace("at the pier", "at the quay") + "\nAsk Dee.\n")
    second.get_by_role("button", name="Save the merged text").click()
    expect(second.get_by_role("status").filter(has_text="Version 1.0 is saved as a draft.")).to_be_visible()
    saved = RunbookVersion.objects.get().markdown
    assert "at the quay" in saved and "Ask Dee." in saved


def test_of_two_saves_in_the_same_line_both_are_shown_and_none_is_lost(two_editors, watch: Watch):
    watch.expect(409)
    first, second = two_editors
    text_of(first).fill(TEXT.replace("at the pier", "at the quay"))
    save(first)
    text_of(second).fill(TEXT.replace("at the pier", "in the hall"))
    save(second)
    expect(second.get_by_role("group", name="Yours, place 1")).to_contain_text("in the hall")
    expect(second.get_by_role("group", name="Saved meanwhile, place 1")).to_contain_text("at the quay")
    offered = text_of(second).input_value()
    assert "<<<<<<<" in offered and "in the hall" in offered and "at the quay" in offered
    assert DraftSave.objects.filter(is_accepted=False, markdown__contains="in the hall").exists()
    text_of(second).fill(TEXT.replace("at the pier", "in the hall on the quay"))
    second.get_by_role("button", name="Save the merged text").click()
    expect(second.get_by_role("status").filter(has_text="is saved as a draft")).to_be_visible()
    assert "in the hall on the quay" in RunbookVersion.objects.get().markdown


def test_leaving_with_unsaved_words_asks_first(open_page: OpenPage, ben: User):
    make_draft(ben)
    page = open_page(ben, f"{PATH}edit/")
    text_of(page).press_sequentially("More. ")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", name="Ticket desk", level=1)).to_be_visible()
    assert asked == ["beforeunload"]


def test_ctrl_enter_saves(open_page: OpenPage, ben: User):
    make_draft(ben)
    page = open_page(ben, f"{PATH}edit/")
    text_of(page).fill("# Desk\n\nShort.\n")
    text_of(page).press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="is saved as a draft")).to_be_visible()


def test_a_text_that_is_refused_comes_back_with_the_reason_and_every_word(open_page: OpenPage, ben: User, watch: Watch):
    watch.expect(422)
    make_draft(ben)
    page = open_page(ben, f"{PATH}edit/")
    text_of(page).fill("bytes \ufffd lost\n")
    page.get_by_label("What changed, and why").fill("My reason")
    save(page)
    expect(page.get_by_text("not valid UTF-8")).to_be_visible()
    expect(text_of(page)).to_have_value("bytes \ufffd lost\n")
    expect(page.get_by_label("What changed, and why")).to_have_value("My reason")


def test_an_uploaded_picture_comes_into_the_text_and_onto_the_page(open_page: OpenPage, ben: User):
    make_draft(ben)
    buffer = io.BytesIO()
    Picture.new("RGB", (40, 30), "navy").save(buffer, "PNG")
    page = open_page(ben, f"{PATH}edit/")
    text_of(page).press("Control+End")
    page.get_by_label("Picture", exact=True).set_input_files(file("gate.png", "image/png", buffer.getvalue()))
    expect(text_of(page)).to_have_value(re.compile(r"!\[Describe the image\]\(/runbooks/images/[0-9a-f]{64}\.png\)$"))
    save(page)
    page.goto(PATH)
    picture = page.get_by_role("img", name="Describe the image")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("complete", True)
    expect(picture).to_have_js_property("naturalWidth", 40)


@pytest.mark.parametrize(
    ("name", "media_type"), [("gate.svg", "image/svg+xml"), ("gate.png", "image/png")], ids=["as itself", "as a PNG"]
)
def test_an_svg_is_refused_with_the_reason(open_page: OpenPage, ben: User, watch: Watch, name: str, media_type: str):
    watch.expect(422)
    make_draft(ben)
    page = open_page(ben, f"{PATH}edit/")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" onload="window.hacked = 1"/>'
    page.get_by_label("Picture", exact=True).set_input_files(file(name, media_type, svg))
    expect(page.get_by_role("status").filter(has_text=name)).to_contain_text("SVG is not taken")
    expect(text_of(page)).to_have_value(TEXT)
