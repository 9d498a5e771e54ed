"""A handoff that two people have open: what one ticks and writes the other sees, and no word is lost."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import RESPONDER
from handoffs.models import Handoff
from handoffs.services.writing import write_entry_note, write_words
from tests.factories import make_handoff, make_incident, make_rotation, make_service, make_team, make_user
from tests.handoffs.contracts import reload
from tests.journeys.axe import find_by_day_and_night
from tests.journeys.conftest import OpenPage, Watch
from tests.journeys.narrow import find_wide

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
SECONDS = 1_000
WITHIN_THREE_SECONDS = 3 * SECONDS
CONTEXT, URGENT = "Context for the next shifts", "What cannot wait"


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@pytest.fixture
def ada(transactional_db: None) -> User:
    return make_user("ada", role=RESPONDER, display_name="Ada Winter", time_zone="Europe/Lisbon")


@pytest.fixture
def ben(transactional_db: None) -> User:
    return make_user("ben", role=RESPONDER, display_name="Ben Tidewell", time_zone="Asia/Kolkata")


@pytest.fixture
def handoff(ada: User, ben: User) -> Handoff:
    team = make_team("Harbour", ada, ben)
    changes_at = now() + dt.timedelta(hours=1)
    handoff = make_handoff(ada, ben, rotation=make_rotation(team, ada, ben), changes_at=changes_at)
    make_incident("Tickets can’t be sold", make_service("Ticket desk", team=team), team=team, now=now())
    return reload(handoff)


def button(page: Page, item: str):
    return page.get_by_role("button", name=item)


def test_a_tick_appears_for_the_other_within_three_seconds(open_page: OpenPage, ada: User, ben: User, handoff: Handoff):
    first, second = open_page(ada, handoff.get_absolute_url()), open_page(ben, handoff.get_absolute_url())
    button(first, "Review open incidents").click()
    line = second.locator("#tick-1")
    expect(line.get_by_text("Ada Winter")).to_be_visible(timeout=WITHIN_THREE_SECONDS)
    expect(button(second, "Review open incidents")).to_have_attribute("aria-pressed", "true")
    expect(first.locator("#tick-1").get_by_text("Ada Winter")).to_be_visible(timeout=WITHIN_THREE_SECONDS)
    expect(button(first, "Review open incidents")).to_be_focused()
    expect(second.locator("#checklist-count")).to_have_text("1 of 5")


def test_words_save_themselves_and_appear_for_the_other_who_goes_on_typing(
    open_page: OpenPage, ada: User, ben: User, handoff: Handoff
):
    first, second = open_page(ada, handoff.get_absolute_url()), open_page(ben, handoff.get_absolute_url())
    second.get_by_label(CONTEXT).press_sequentially("Ben is ")
    first.get_by_label(URGENT).fill("Call the **vendor** before ten.")
    expect(first.locator("#words [data-keep-state]")).to_have_text("Saved")
    expect(second.locator("#handoff-breath strong", has_text="vendor")).to_be_visible(timeout=WITHIN_THREE_SECONDS)
    second.get_by_label(CONTEXT).press_sequentially("typing.")
    expect(second.get_by_label(CONTEXT)).to_have_value("Ben is typing.")
    expect(second.locator("#words [data-keep-state]")).to_have_text("Saved")
    saved = reload(handoff)
    assert (saved.urgent, saved.context) == ("Call the **vendor** before ten.", "Ben is typing.")


def test_a_note_to_an_entry_opens_in_place_and_saves_itself(open_page: OpenPage, ada: User, handoff: Handoff):
    page = open_page(ada, handoff.get_absolute_url())
    entry = page.locator("#rows-open-incidents > li").first
    entry.get_by_text("Add a note").click()
    entry.get_by_label("Tried").fill("Restarted **the desk**")
    entry.get_by_role("button", name="Preview").click()
    expect(entry.locator("[data-look-box] strong", has_text="the desk")).to_be_visible()
    expect(entry.locator("[data-keep-state]")).to_have_text("Saved")
    page.get_by_role("heading", level=1).click()
    expect(entry.locator(".entry__note strong", has_text="the desk")).to_be_visible()


def test_where_both_write_in_one_place_both_texts_are_shown(
    open_page: OpenPage, watch: Watch, ada: User, ben: User, handoff: Handoff
):
    watch.expect(409)
    page = open_page(ben, handoff.get_absolute_url())
    page.get_by_label(CONTEXT).press_sequentially("From Ben")
    write_words(handoff, user=ada, now=now(), context="From Ada")
    expect(page.locator("#words .theirs")).to_have_text("From Ada")
    expect(page.get_by_label(CONTEXT)).to_have_value("From Ben")
    page.get_by_label(CONTEXT).fill("From Ada and from Ben")
    page.locator("#words").get_by_role("button", name="Save").click()
    expect(page.locator("#words [data-keep-state]")).to_have_text("Saved")
    assert reload(handoff).context == "From Ada and from Ben"


def test_a_lost_connection_is_said_and_the_words_are_sent_when_it_is_back(
    open_page: OpenPage, ada: User, handoff: Handoff
):
    page = open_page(ada, handoff.get_absolute_url())
    cut = lambda route: route.abort("internetdisconnected")  # noqa: E731
    page.route(re.compile(r"/(live|words)/$"), cut)
    page.get_by_label(CONTEXT).fill("Written on the ferry")
    expect(page.locator("[data-live-state]")).to_contain_text("No connection")
    expect(page.locator("#words [data-keep-state]")).to_contain_text("your words stay here")
    page.unroute(re.compile(r"/(live|words)/$"), cut)
    expect(page.locator("#words [data-keep-state]")).to_have_text("Saved", timeout=20 * SECONDS)
    expect(page.locator("[data-live-state]")).to_be_hidden(timeout=20 * SECONDS)
    assert reload(handoff).context == "Written on the ferry"


def test_it_is_written_without_scripts(open_page: OpenPage, ada: User, handoff: Handoff):
    page = open_page(ada, handoff.get_absolute_url(), java_script_enabled=False)
    button(page, "Check system health").click()
    expect(button(page, "Check system health")).to_have_attribute("aria-pressed", "true")
    page.get_by_label(CONTEXT).fill("**Calm** night")
    page.locator("#words").get_by_role("button", name="Preview").click()
    expect(page.locator("strong", has_text="Calm")).to_be_visible()
    page.get_by_role("button", name="Save it").click()
    expect(page.get_by_label(CONTEXT)).to_have_value("**Calm** night")


@pytest.fixture
def full(handoff: Handoff, ada: User) -> Handoff:
    """Words that do not break, in every field."""
    long = "W" * 120 + "\n\n| a | b |\n|---|---|\n| " + "x" * 90 + " | 2 |\n\n```\n" + "y" * 200 + "\n```"
    incident = make_incident("Z" * 150, team=handoff.team, now=now())
    write_words(handoff, user=ada, now=now(), summary="Q" * 200, urgent=long, context=long)
    note = {"tried": long, "stuck": long, "next_step": long}
    write_entry_note(handoff, f"incident:{incident.pk}", **note, user=ada, now=now())
    return handoff


def test_axe_finds_nothing(open_page: OpenPage, ada: User, full: Handoff):
    page = open_page(ada, full.get_absolute_url())
    assert find_by_day_and_night(page) == []


def test_nothing_sticks_out_on_a_phone(open_page: OpenPage, ada: User, full: Handoff):
    page = open_page(ada, full.get_absolute_url(), viewport={"width": 360, "height": 780}, has_touch=True)
    assert find_wide(page) == []


def test_on_paper_there_are_words_and_signatures_and_no_buttons(open_page: OpenPage, ada: User, full: Handoff):
    page = open_page(ada, full.get_absolute_url())
    page.emulate_media(media="print")
    for hidden in (".topbar", ".writer", "#words", ".btn", ".handoff__jump"):
        assert page.locator(f"{hidden}:visible").count() == 0, hidden
    expect(page.locator("#handoff-context")).to_be_visible()
    expect(page.locator("#signatures")).to_be_visible()
