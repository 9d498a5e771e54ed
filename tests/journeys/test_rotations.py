"""Setting on-call up, looking at its weeks, changing it: by mouse, on a phone, without scripts, on paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Team, User
from accounts.roles import EDITOR, RESPONDER
from oncall.models import Layer, Plan, Rotation
from tests.factories import add_layer, make_rotation, make_team, make_user
from tests.journeys.axe import find_by_day_and_night, find_violations
from tests.journeys.conftest import OpenPage, Watch
from tests.journeys.narrow import find_wide

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
TEAM = "/oncall/harbour/"
PAGE = f"{TEAM}on-call/"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture
def people(transactional_db: None) -> list[User]:
    names = ("Ada Winter", "Bo Marsh", "Cleo Quay", "Dan Pike")
    return [make_user(name.split()[0].lower(), role=RESPONDER, display_name=name) for name in names]


@pytest.fixture
def team(people: list[User]) -> Team:
    return make_team("Harbour", *people)


@pytest.fixture
def eli(team: Team) -> User:
    """An editor who has never been here."""
    return make_user("eli", role=EDITOR, display_name="Eli Sand")


@pytest.fixture
def rotation(team: Team, people: list[User]) -> Rotation:
    rotation = make_rotation(team, *people)
    add_layer(rotation, *people[1:], people[0])
    return rotation


def order_of(layer: str) -> list[str]:
    plan = Plan.objects.filter(layer__name=layer).latest("effective_from")
    return [str(member.person) for member in plan.members.order_by("position")]


def preview_of(page: Page):
    return page.get_by_role("region", name="Preview", exact=True)


def test_a_team_of_four_with_two_layers_is_set_up_in_a_few_clicks(open_page: OpenPage, eli: User):
    page = open_page(eli, TEAM)
    expect(page.get_by_text("Most teams begin with turns of a week")).to_be_visible()
    page.get_by_role("link", name="Set up on-call").click()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(4)
    expect(preview_of(page)).to_contain_text("No gap, nobody in two layers at once, nobody away.")
    page.get_by_role("button", name="Save and start").click()
    expect(page).to_have_url(re.compile("/oncall/harbour/on-call/"))
    expect(page.get_by_role("heading", name="It is set up. Three things make it dependable")).to_be_visible()
    for step in ("Put it into everybody’s calendar", "Say who is called next", "Prove that a message arrives"):
        expect(page.get_by_role("link", name=step)).to_be_visible()
    assert order_of("Primary") == ["Ada Winter", "Bo Marsh", "Cleo Quay", "Dan Pike"]
    assert order_of("Backup") == ["Bo Marsh", "Cleo Quay", "Dan Pike", "Ada Winter"]


def test_the_preview_follows_every_choice(open_page: OpenPage, eli: User):
    page = open_page(eli, f"{TEAM}new/")
    page.get_by_role("button", name="Move Dan Pike up").click()
    page.get_by_role("button", name="Move Dan Pike up").click()
    page.get_by_role("button", name="Move Dan Pike up").click()
    first = preview_of(page).get_by_role("table").first.get_by_role("row", name="Primary")
    expect(first).to_contain_text("Dan Pike")
    page.get_by_label("On call", exact=True).select_option("business")
    expect(preview_of(page)).to_contain_text("Nobody on call")
    page.get_by_label("Somebody in the hours of its layers").check()
    expect(preview_of(page)).to_contain_text("No gap, nobody in two layers at once")
    page.get_by_label("Yes: other people, or another order").check()
    for name in ("Ada Winter", "Bo Marsh", "Cleo Quay"):
        page.get_by_role("group", name="Backup, in their order").get_by_label(name, exact=False).first.uncheck()
    expect(preview_of(page)).to_contain_text("is in two layers at once")
    assert find_violations(page) == []
    page.get_by_label("No backup").check()
    page.get_by_label("Dan Pike").first.uncheck()
    expect(preview_of(page)).not_to_contain_text("Dan Pike")
    page.get_by_role("button", name="Save and start").click()
    expect(page.get_by_role("heading", name="On call Harbour", level=1)).to_be_visible()
    assert order_of("Primary") == ["Ada Winter", "Bo Marsh", "Cleo Quay"]
    assert Rotation.objects.get().expects == "hours"


def test_what_is_missing_is_said_where_it_is_missing(open_page: OpenPage, eli: User, watch: Watch):
    watch.expect(422)
    page = open_page(eli, f"{TEAM}new/")
    page.get_by_text("Another time zone").click()
    page.get_by_label("Time zone").fill("Atlantis/Harbour")
    page.get_by_role("button", name="Save and start").click()
    expect(page.locator("#id_time_zone_error")).to_contain_text("“Atlantis/Harbour” is not a time zone")
    expect(page.get_by_label("Time zone")).to_have_value("Atlantis/Harbour")
    assert (find_violations(page), Rotation.objects.count()) == ([], 0)


def test_the_calendar_can_be_read_by_everybody(open_page: OpenPage, eli: User, rotation: Rotation):
    page = open_page(eli, PAGE)
    expect(page.get_by_role("table")).to_have_count(4)
    assert find_by_day_and_night(page) == []
    page.get_by_role("button", name="Cleo Quay, ").first.click()
    card = page.get_by_role("dialog", name="Cleo Quay").filter(visible=True)
    expect(card.get_by_text("168 h")).to_be_visible()
    assert find_by_day_and_night(page) == []
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)


def test_weeks_are_turned_by_links_and_by_keys(open_page: OpenPage, eli: User, rotation: Rotation):
    page = open_page(eli, f"{PAGE}?week=2026-W48")
    expect(page.get_by_role("heading", name="23 Nov – 20 Dec 2026")).to_be_visible()
    page.get_by_role("link", name="Later weeks").click()
    expect(page.get_by_role("heading", name="21 Dec – 17 Jan 2027")).to_be_visible()
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="23 Nov – 20 Dec 2026")).to_be_visible()
    page.get_by_role("link", name="2 weeks").click()
    expect(page.get_by_role("table")).to_have_count(2)


def test_a_shift_leads_to_putting_somebody_else_in(open_page: OpenPage, eli: User, rotation: Rotation):
    page = open_page(eli, PAGE)
    page.locator("button.bar:not([data-past])").last.click()
    expect(page.get_by_role("link", name="Put somebody else in").filter(visible=True)).to_have_attribute(
        "href", re.compile(rf"^{PAGE}override/\?layer=\d+&start=20\d\d-")
    )


def test_a_plan_is_changed_with_old_and_new_side_by_side(open_page: OpenPage, eli: User, rotation: Rotation):
    page = open_page(eli, PAGE)
    page.get_by_role("region", name="Layers").get_by_role("link", name="Primary").click()
    page.wait_for_load_state()  # its script first, else the click is nobody's
    page.locator("[data-person] button[data-move='1']").first.click()
    changes = page.get_by_role("region", name="What changes").first
    expect(changes.get_by_role("row")).not_to_have_count(1)
    expect(preview_of(page).get_by_role("rowheader", name="Primary before").first).to_be_visible()
    assert find_violations(page) == []
    page.get_by_role("button", name="Save the change").click()
    expect(page.get_by_role("status").filter(has_text="The new plan of “Primary” takes over on")).to_be_visible()
    assert Plan.objects.filter(layer__name="Primary").count() == 2


def test_a_layer_is_ended_after_a_question(open_page: OpenPage, eli: User, rotation: Rotation):
    layer = rotation.layers.get(name="Backup")
    page = open_page(eli, f"{PAGE}layers/{layer.pk}/")
    page.get_by_text("End this layer…").click()
    page.get_by_role("button", name="End the layer").click()
    expect(page.get_by_role("status").filter(has_text="The layer “Backup” is ended.")).to_be_visible()
    assert Layer.objects.get(pk=layer.pk).ended_at is not None


def test_on_a_phone_the_weeks_are_a_list_of_days(open_page: OpenPage, eli: User, rotation: Rotation):
    page = open_page(eli, PAGE, **PHONE)
    expect(page.locator(".week__grid").first).to_be_hidden()
    expect(page.locator(".daylist").first.get_by_role("listitem").first).to_be_visible()
    page.get_by_role("button", name="Open the shift of").last.tap()
    expect(page.locator(".shiftcard:popover-open")).to_be_visible()
    assert (find_wide(page), find_violations(page)) == ([], [])


@pytest.mark.parametrize("path", [TEAM, f"{TEAM}new/", f"{PAGE}edit/", f"{PAGE}layers/new/", f"{PAGE}layers/1/"])
def test_on_a_phone_nothing_sticks_out(open_page: OpenPage, eli: User, rotation: Rotation, path: str):
    page = open_page(eli, path.replace("layers/1/", f"layers/{rotation.layers.get(rank=1).pk}/"), **PHONE)
    assert (find_wide(page), find_violations(page)) == ([], [])


def test_without_scripts_numbers_give_the_order(open_page: OpenPage, eli: User):
    page = open_page(eli, f"{TEAM}new/", java_script_enabled=False)
    for name, place in (("Ada Winter", "4"), ("Bo Marsh", "3"), ("Cleo Quay", "2"), ("Dan Pike", "1")):
        page.get_by_label(f"Place of {name}").first.fill(place)
    page.get_by_role("button", name="Preview").click()
    first = preview_of(page).get_by_role("table").first.get_by_role("row", name="Primary")
    expect(first).to_contain_text("Dan Pike")
    page.get_by_role("button", name="Save and start").click()
    expect(page.get_by_role("heading", name="It is set up. Three things make it dependable")).to_be_visible()
    assert order_of("Primary") == ["Dan Pike", "Cleo Quay", "Bo Marsh", "Ada Winter"]
    page.locator("button.bar").last.click()
    expect(page.locator(".shiftcard:popover-open")).to_be_visible()


def test_on_paper_the_weeks_stay_and_the_buttons_go(open_page: OpenPage, eli: User, rotation: Rotation):
    page = open_page(eli, PAGE, color_scheme="dark")
    page.emulate_media(media="print")
    expect(page.get_by_role("table")).to_have_count(4)
    expect(page.get_by_text("may be out of date")).to_be_visible()
    for gone in (".btn", ".segmented", ".daylist", ".shiftcard", ".topbar"):
        assert page.locator(gone).filter(visible=True).count() == 0, gone
    assert page.locator(".bar").first.evaluate("el => getComputedStyle(el).color") == "rgb(0, 0, 0)"
