"""An incident that several people follow: what one writes the others see, and no word is lost."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import READER, RESPONDER
from incidents.models import Incident
from incidents.services import changing
from incidents.services.notes import add_note, pin_entry
from tests.factories import make_incident, make_service, make_user
from tests.journeys.axe import find_by_day_and_night
from tests.journeys.conftest import OpenPage, Watch
from tests.journeys.narrow import find_wide
from tests.runbooks.trees import make_picture

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
SECONDS = 1_000
WITHIN_THREE_SECONDS = 3 * SECONDS
NOTE = "Note"


@pytest.fixture
def ada(transactional_db: None) -> User:
    return make_user("ada", role=RESPONDER, display_name="Ada Winter")


@pytest.fixture
def ben(transactional_db: None) -> User:
    return make_user("ben", role=RESPONDER, display_name="Ben Tidewell")


@pytest.fixture
def incident(ada: User) -> Incident:
    now = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=30)
    return make_incident("Tickets can’t be sold", make_service("Ticket desk"), now=now)


def write(page: Page, words: str) -> None:
    page.get_by_label(NOTE, exact=True).fill(words)


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def test_a_note_appears_for_the_other_within_three_seconds_and_is_announced(
    open_page: OpenPage, ada: User, ben: User, incident: Incident
):
    path = incident.get_absolute_url()
    first, second = open_page(ada, path), open_page(ben, path)
    write(first, "The **third gate** answers again.")
    first.get_by_role("button", name="Add note").click()
    expect(second.locator("#timeline strong", has_text="third gate")).to_be_visible(timeout=WITHIN_THREE_SECONDS)
    expect(second.locator("[data-live]")).to_have_text("Ada Winter added a note")
    expect(first.locator("#timeline strong", has_text="third gate")).to_be_visible()
    expect(first.get_by_label(NOTE, exact=True)).to_have_value("")
    assert first.url.endswith(path)


def test_typed_words_survive_what_the_others_do(open_page: OpenPage, ada: User, ben: User, incident: Incident):
    page = open_page(ada, incident.get_absolute_url())
    write(page, "I am still typing")
    changing.change_status(incident, "mitigating", user=ben, now=now())
    expect(page.locator(".stepper [aria-current]")).to_contain_text("Mitigating", timeout=WITHIN_THREE_SECONDS)
    expect(page.get_by_label(NOTE, exact=True)).to_have_value("I am still typing")
    expect(page.get_by_label(NOTE, exact=True)).to_be_focused()


def test_a_lost_connection_is_said_and_the_words_are_sent_when_it_is_back(
    open_page: OpenPage, ada: User, ben: User, incident: Incident
):
    page = open_page(ada, incident.get_absolute_url())
    write(page, "Written on the ferry")
    cut = lambda route: route.abort("internetdisconnected")  # noqa: E731
    of_ours = re.compile(r"/(live|note)/$")  # markdownx complains of its preview in the console
    page.route(of_ours, cut)
    expect(page.locator("[data-live-state]")).to_contain_text("No connection")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator("[data-form-told]")).to_contain_text("Not sent")
    expect(page.get_by_label(NOTE, exact=True)).to_have_value("Written on the ferry")
    page.unroute(of_ours, cut)
    expect(page.locator("[data-live-state]")).to_be_hidden(timeout=20 * SECONDS)
    page.get_by_label(NOTE, exact=True).press("Control+Enter")
    expect(page.locator("#timeline").get_by_text("Written on the ferry")).to_be_visible()
    assert incident.timeline.filter(kind="note").count() == 1


def test_a_refused_note_says_why_and_keeps_its_words(open_page: OpenPage, watch: Watch, ada: User, incident: Incident):
    watch.expect(422)
    page = open_page(ada, incident.get_absolute_url())
    write(page, "password=" + "hunter2-Xk39dLm2")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator("[data-form-told]")).to_contain_text("looks like a credential")
    expect(page.get_by_label(NOTE, exact=True)).to_have_value("password=" + "hunter2-Xk39dLm2")
    write(page, "It is in the vault.")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator("#timeline").get_by_text("It is in the vault.")).to_be_visible()


def test_a_pin_moves_up_without_loading_the_page_and_keeps_the_focus(
    open_page: OpenPage, ada: User, incident: Incident
):
    note = add_note(incident, "The call is in room Harbour.", user=ada, now=now())
    page = open_page(ada, incident.get_absolute_url())
    page.locator(f"#pin-{note.pk}").press("Enter")
    expect(page.get_by_role("region", name=re.compile("Pinned"))).to_contain_text("room Harbour")
    expect(page.locator(f"#pin-{note.pk}")).to_contain_text("Unpin")
    expect(page.locator(f"#pin-{note.pk}")).to_be_focused()


def test_a_graph_is_put_in_and_shown_in_the_preview(open_page: OpenPage, ada: User, incident: Incident):
    page = open_page(ada, incident.get_absolute_url())
    picture = {"name": "graph.png", "mimeType": "image/png", "buffer": make_picture()}
    page.locator("input[data-pictures]").set_input_files([picture])
    expect(page.get_by_label(NOTE, exact=True)).to_have_value(re.compile(r"!\[Describe the image\]\(/runbooks/images/"))
    expect(page.locator(".markdownx-preview img")).to_be_visible()


def test_the_clock_runs_and_is_not_announced(open_page: OpenPage, ada: User, incident: Incident):
    page = open_page(ada, incident.get_absolute_url())
    clock = page.locator(".incident__head .clock")
    before = clock.inner_text()
    expect(clock).not_to_have_text(before)
    expect(page.locator("[data-live]")).to_have_text("")


def test_a_note_is_written_without_scripts(open_page: OpenPage, ada: User, incident: Incident):
    page = open_page(ada, incident.get_absolute_url(), java_script_enabled=False)
    write(page, "Without scripts")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator("#timeline").get_by_text("Without scripts")).to_be_visible()
    page.get_by_label("Kind of entry").select_option("opened")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#timeline").get_by_text("Without scripts")).to_have_count(0)


def test_a_correction_is_written_without_scripts(open_page: OpenPage, ada: User, incident: Incident):
    note = add_note(incident, "All regions.", user=ada, now=now())
    page = open_page(ada, f"{incident.get_absolute_url()}entries/{note.pk}/correct/", java_script_enabled=False)
    page.get_by_label("Correction").fill("One region only.")
    page.get_by_role("button", name="Add the correction").click()
    expect(page.locator("#timeline").get_by_text("One region only.")).to_be_visible()
    expect(page.locator(f"#entry-{note.pk}").get_by_role("link", name="corrected")).to_be_visible()


@pytest.fixture
def full(incident: Incident, ada: User) -> Incident:
    """An incident in which everything was used, with words that do not break."""
    text = "W" * 120 + "\n\n| a | b |\n|---|---|\n| " + "x" * 90 + " | 2 |\n\n```\n" + "y" * 200 + "\n```\n\n- [ ] one"
    pin_entry(add_note(incident, text, user=ada, now=now()), user=ada, now=now())
    changing.change_facts(incident, user=ada, now=now(), affected="Q" * 150, summary="Z" * 150)
    return incident


def test_axe_finds_nothing(open_page: OpenPage, ada: User, full: Incident):
    page = open_page(ada, full.get_absolute_url())
    assert find_by_day_and_night(page) == []


@pytest.mark.parametrize("width", [360, 390])
def test_nothing_sticks_out_on_a_phone(open_page: OpenPage, ada: User, full: Incident, width: int):
    page = open_page(ada, full.get_absolute_url(), viewport={"width": width, "height": 780}, has_touch=True)
    assert find_wide(page) == []


def test_on_paper_it_is_a_report(open_page: OpenPage, full: Incident):
    page = open_page(make_user("cy", role=READER), full.get_absolute_url())
    page.emulate_media(media="print")
    for hidden in (".topbar", ".composer", ".timeline__filter", ".timeline__do", ".incident__jump"):
        assert page.locator(f"{hidden}:visible").count() == 0, hidden
    expect(page.locator(".incident__head .print-only")).to_contain_text(re.compile(r"INC-\d+, investigating; printed"))
    expect(page.locator("#timeline")).to_be_visible()
