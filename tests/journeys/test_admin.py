"""The admin in a browser: the same work as in the pages, under the same policy, in the same look."""

from __future__ import annotations

import contextlib
import io
import re

import pytest
from PIL import Image as Picture
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from accounts.models import User
from accounts.roles import ADMINISTRATOR, APPROVER, EDITOR
from runbooks.models import Image, Runbook, RunbookVersion
from tests.factories import TEXT, make_active, make_draft, make_service, make_user
from tests.journeys.axe import find_by_day_and_night
from tests.journeys.conftest import PATIENCE, OpenPage, Watch
from tests.journeys.narrow import find_wide

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LIST = "/admin/runbooks/runbook/"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}

# Puts a picture onto the clipboard's event, as a browser does when somebody pastes one.
PASTE = """(editor, bytes) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], "gate.png", { type: "image/png" }));
  editor.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def dee(transactional_db: None) -> User:
    """An editor who may open the admin."""
    return make_user("dee", role=EDITOR, is_staff=True, display_name="Dee Ropewalk")


@pytest.fixture
def fay(transactional_db: None) -> User:
    """An approver who may open the admin."""
    return make_user("fay", role=APPROVER, is_staff=True, display_name="Fay Anchor")


def change_page(runbook: Runbook) -> str:
    return f"{LIST}{runbook.pk}/change/"


def text_of(page: Page):
    return page.get_by_label("Text:", exact=True)


def choose(page: Page, label: str, words: str) -> None:
    """By keyboard: open a choice with search, type, and take the first that is found."""
    # Until select2 has come, the plain list is the combobox of that name.
    box = page.locator(".select2-selection").and_(page.get_by_role("combobox", name=label))
    expect(box).to_be_visible()
    open_choice(page, box)
    page.locator(".select2-search__field").press_sequentially(words)
    expect(page.get_by_role("option", name=words)).to_be_visible()
    page.keyboard.press("Enter")
    expect(box).to_contain_text(words)


def open_choice(page: Page, box: Locator) -> None:
    """Press Enter, and again where nothing opened, as a person does while a page is still busy."""
    field = page.locator(".select2-search__field")
    for _ in range(4):
        box.press("Enter")
        with contextlib.suppress(PlaywrightTimeout):
            field.wait_for(timeout=PATIENCE / 4)
            return
    expect(field).to_be_visible()


def choose_action(page: Page, action: str, *titles: str) -> None:
    for title in titles:
        page.get_by_role("checkbox", name=f"Select this object for an action - {title}").check()
    page.get_by_label("Action:").select_option(label=action)
    page.get_by_role("button", name="Go").click()


def test_a_new_runbook_is_written_with_its_preview_beside_it(open_page: OpenPage, dee: User):
    make_service("Ferry radio")
    page = open_page(dee, "/admin/")
    page.get_by_role("main").get_by_role("link", name="Add Runbooks").click()
    choose(page, "Service", "Ferry radio")
    text_of(page).fill("# Radio check\n\n## Call the harbour\n\n<script>window.hacked = 1</script>\n")
    preview = page.get_by_role("region", name="Preview")
    expect(preview.get_by_role("heading", name="Call the harbour")).to_be_visible()
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_role("status").filter(has_text="was added successfully")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Radio check")
    assert page.evaluate("window.hacked") is None
    assert RunbookVersion.objects.get().author == dee


def test_a_text_with_a_credential_is_refused_and_stays_in_the_field(open_page: OpenPage, dee: User, watch: Watch):
    watch.expect(422)
    version = make_active()
    page = open_page(dee, change_page(version.runbook))
    leak = TEXT + "\nexport DB_PASS" + "WORD=" + "q7Lk" + "Zr29vTx4\n"
    text_of(page).fill(leak)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(re.compile(r"looks like a credential: line \d+"))).to_be_visible()
    expect(text_of(page)).to_have_value(leak)
    assert RunbookVersion.objects.count() == 1


def test_a_picture_is_pasted_into_the_text(open_page: OpenPage, dee: User):
    buffer = io.BytesIO()
    Picture.new("RGB", (40, 30), "navy").save(buffer, "PNG")
    page = open_page(dee, change_page(make_active().runbook))
    text_of(page).press("Control+End")
    text_of(page).evaluate(PASTE, list(buffer.getvalue()))
    expect(text_of(page)).to_have_value(re.compile(r"!\[.*\]\(/runbooks/images/[0-9a-f]{64}\.png\)"))
    preview = page.get_by_role("region", name="Preview")
    expect(preview.get_by_role("img")).to_have_js_property("naturalWidth", 40)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Version 1.1 is saved as a draft.")).to_be_visible()
    assert Image.objects.get().sha256 in RunbookVersion.objects.get(minor=1).markdown


def test_drafts_are_submitted_by_one_and_approved_and_activated_by_another(open_page: OpenPage, dee: User, fay: User):
    service = make_service()
    for title in ("Desk", "Gate"):
        make_draft(dee, title=title, service=service)
    page = open_page(dee, LIST)
    choose_action(page, "Submit for review", "Desk", "Gate")
    expect(page.get_by_role("status").filter(has_text="2 runbooks submitted for review.")).to_be_visible()
    page = open_page(fay, LIST)
    choose_action(page, "Approve", "Desk", "Gate")
    expect(page.get_by_role("status").filter(has_text="2 runbooks approved.")).to_be_visible()
    choose_action(page, "Activate", "Desk")
    expect(page.get_by_role("status").filter(has_text="1 runbook activated.")).to_be_visible()
    page.get_by_role("link", name="Desk", exact=True).click()
    page.get_by_role("link", name="History").click()
    for step in ("Submitted version 1.0 for review.", "Approved version 1.0.", "Activated version 1.0."):
        expect(page.get_by_role("cell", name=step)).to_be_visible()


def test_who_wrote_a_draft_cannot_approve_it_here_either(open_page: OpenPage, fay: User):
    make_draft(fay)
    page = open_page(fay, LIST)
    choose_action(page, "Submit for review", "Ticket desk")
    choose_action(page, "Approve", "Ticket desk")
    expect(page.get_by_text("Ticket desk: You wrote part of this version")).to_be_visible()
    assert RunbookVersion.objects.get().status == "review"


def test_a_review_date_is_picked_for_many(open_page: OpenPage, dee: User):
    make_active()
    page = open_page(dee, LIST)
    choose_action(page, "Set review date…", "Ticket desk")
    page.get_by_role("link", name="Choose a Date").click()
    expect(page.locator(".calendarbox")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_label("Next review").fill("04/03/2027")
    page.get_by_role("button", name="Set the date").click()
    expect(page.get_by_role("status").filter(has_text="1 runbook given the new review date.")).to_be_visible()
    assert str(Runbook.objects.get().next_review_on) == "2027-03-04"


def test_two_people_who_saved_the_same_text_meet_in_the_merge(open_page: OpenPage, dee: User, fay: User, watch: Watch):
    watch.expect(409, 422)
    runbook = make_draft().runbook
    first, second = open_page(dee, change_page(runbook)), open_page(fay, change_page(runbook))
    text_of(first).fill(TEXT.replace("at the pier", "at the quay"))
    first.get_by_role("button", name="Save", exact=True).click()
    expect(first.get_by_role("status").filter(has_text="is saved as a draft")).to_be_visible()
    text_of(second).fill(TEXT + "\nAsk Fay.\n")
    second.get_by_role("button", name="Save", exact=True).click()
    expect(second.get_by_text("Somebody saved this text while you were writing.")).to_be_visible()
    second.get_by_role("button", name="Merge the texts").click()
    merged = second.get_by_label("Text", exact=True)
    expect(merged).to_have_value(TEXT.replace("at the pier", "at the quay") + "\nAsk Fay.\n")


def test_without_scripts_a_text_is_changed_all_the_same(open_page: OpenPage, dee: User):
    page = open_page(dee, change_page(make_active().runbook), java_script_enabled=False)
    text_of(page).fill("# Ticket desk\n\nClosed.\n")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Version 1.1 is saved as a draft.")).to_be_visible()
    assert RunbookVersion.objects.get(minor=1).markdown == "# Ticket desk\n\nClosed.\n"


def test_the_theme_is_that_of_the_portal_and_is_changed_here_too(open_page: OpenPage, dee: User):
    page = open_page(dee, "/admin/")
    button = page.get_by_role("button", name="Change theme")
    button.click()
    button.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto(LIST)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 16, 19)"
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_palette_of_the_portal_opens_here_too(open_page: OpenPage, dee: User):
    page = open_page(dee, "/admin/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Search")).to_be_visible()


PAGES = ("/admin/", LIST, f"{LIST}add/", "/admin/oncall/service/add/", "/admin/accounts/user/add/")


@pytest.fixture
def root(transactional_db: None) -> User:
    """Somebody who is offered everything."""
    return make_user("root", role=ADMINISTRATOR, is_staff=True, is_superuser=True)


def test_axe_finds_nothing_serious(open_page: OpenPage, root: User):
    version = make_active()
    page = open_page(root)
    found: list[str] = []
    people = f"/admin/accounts/user/{root.pk}/change/"
    service = f"/admin/oncall/service/{version.runbook.service_id}/change/"
    history = f"{LIST}{version.runbook_id}/history/"
    for path in (*PAGES, change_page(version.runbook), people, service, history, "/admin/runbooks/runbooktemplate/"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        found += find_by_day_and_night(page)
    assert found == []


def test_nothing_runs_off_a_phone(open_page: OpenPage, root: User):
    version = make_active()
    page = open_page(root, **PHONE)
    for path in (*PAGES, change_page(version.runbook)):
        page.goto(path)
        assert find_wide(page) == [], path
