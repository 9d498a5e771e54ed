"""Overrides, swaps between two people, taking a shift, absences and hours, as people do them; most without scripts."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from oncall.models import Absence, Layer, Override, PlannedGap
from oncall.services.covers import ask_swap
from tests.factories import add_layer, make_rotation, make_team
from tests.journeys.axe import find_by_day_and_night, find_violations
from tests.journeys.conftest import OpenPage, Watch
from tests.journeys.narrow import find_wide
from tests.oncall.covers import at, on_call

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
NOW = at(11, 17, 12)  # a Tuesday in Ben's week; Cy's begins on the 23rd
ROTATION = "/oncall/harbour/on-call/"
PLAIN = {"java_script_enabled": False}
PHONE = {"viewport": {"width": 390, "height": 780}}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def layer(ben: User, cy: User) -> Layer:
    rotation = make_rotation(make_team("Harbour", ben, cy), cy, ben)
    add_layer(rotation, ben, cy)
    return rotation.layers.get(rank=1)


def says(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def test_somebody_stands_in_and_is_taken_back(open_page: OpenPage, ben: User, cy: User, layer: Layer):
    page = open_page(ben, f"{ROTATION}override/", **PLAIN)
    page.get_by_label("Who stands in").select_option("Cy Roper")
    page.get_by_label("From").fill("2026-11-18T09:00")
    page.get_by_label("Until").fill("2026-11-19T09:00")
    page.get_by_label("Reason").fill("Dentist")
    page.get_by_role("button", name="Put on call").click()
    says(page, "Cy Roper is on call in Primary until Thu 19 Nov, 09:00.")
    says(page, "Cy Roper is also on call in Backup then")
    assert on_call(layer, at(11, 18, 12)) == cy
    page.goto("/me/shifts/")
    page.get_by_role("button", name="Take it back").click()
    says(page, "Cy Roper does not stand in any more.")
    assert on_call(layer, at(11, 18, 12)) == ben


def test_an_overlap_is_refused_and_what_was_typed_stays(
    open_page: OpenPage, ben: User, cy: User, layer: Layer, watch: Watch
):
    Override.objects.create(layer=layer, person=cy, during=(at(11, 18), at(11, 19)), created_at=NOW)
    watch.expect(422)
    page = open_page(ben, f"{ROTATION}override/", **PHONE)
    page.get_by_label("Who stands in").select_option("Cy Roper")
    page.get_by_label("Until").fill("2026-11-18T18:00")
    page.get_by_label("Reason").fill("Dentist")
    page.get_by_role("button", name="Put on call").click()
    expect(page.get_by_role("alert")).to_contain_text("Cy Roper already stands in: Wed 18 Nov, 09:00")
    expect(page.get_by_label("Reason")).to_have_value("Dentist")
    assert (find_violations(page), find_wide(page)) == ([], [])


def test_two_people_swap_and_one_of_them_undoes_it(open_page: OpenPage, ben: User, cy: User, layer: Layer):
    bens = open_page(ben, "/me/shifts/", **PLAIN)
    bens.get_by_role("link", name=re.compile("Ask for a swap ?: Primary, 30 Nov 09:00")).click()
    expect(bens.get_by_label("Your shift")).to_have_value(re.compile(r"2026-11-30T09:00"))
    bens.get_by_label("Who should take it").select_option("Cy Roper")
    bens.get_by_label("In return you take").select_option("Primary: Mon 23 Nov, 09:00 to Mon 30 Nov, 09:00")
    bens.get_by_label("Message").fill("My sister marries")
    bens.get_by_role("button", name="Ask").click()
    says(bens, "Cy Roper is asked. The shift stays yours until they say yes.")

    cys = open_page(cy, "/me/shifts/", **PLAIN)
    cys.get_by_role("link", name="Ben Tidewell asks for a swap").click()
    expect(cys.get_by_text("My sister marries")).to_be_visible()
    cys.get_by_role("button", name="Yes, swap").click()
    says(cys, "Done: you have swapped.")
    assert (on_call(layer, at(11, 30)), on_call(layer, at(11, 23))) == (cy, ben)

    bens.reload()
    bens.get_by_role("button", name="Undo the swap").click()
    says(bens, "The swap is undone.")
    assert (on_call(layer, at(11, 30)), on_call(layer, at(11, 23))) == (ben, cy)


def test_the_shift_is_taken_from_the_rotations_page(open_page: OpenPage, cy: User, layer: Layer):
    page = open_page(cy, ROTATION, **PLAIN)
    page.get_by_role("link", name="Take the shift now").first.click()
    expect(page.get_by_text("Ben Tidewell, until Mon 23 Nov, 09:00")).to_be_visible()
    page.get_by_role("button", name="Take the shift").click()
    says(page, "You are on call in Primary until Mon 23 Nov, 09:00.")
    assert on_call(layer, NOW) == cy


def test_an_absence_says_which_shift_it_meets_and_leads_to_a_swap(open_page: OpenPage, cy: User, layer: Layer):
    page = open_page(cy, "/me/shifts/", **PLAIN)
    page.get_by_role("link", name="Note one").click()
    page.get_by_label("First day").fill("2026-11-25")
    page.get_by_label("Last day").fill("2026-11-26")
    page.get_by_role("button", name="Note the absence").click()
    clashes = page.get_by_role("region", name="On call while away")
    expect(clashes.get_by_text("You are on call in Harbour · On call, Primary")).to_be_visible()
    clashes.get_by_role("link", name=re.compile("Ask for a swap ?: Primary")).click()
    expect(page.get_by_label("Your shift")).to_have_value(re.compile(r"2026-11-23T09:00"))
    assert Absence.objects.get().during.lower == at(11, 25, 0)


def test_hours_of_another_month(open_page: OpenPage, ada: User, layer: Layer):
    page = open_page(ada, f"{ROTATION}hours/", **PLAIN)
    page.get_by_role("link", name="December 2026").click()
    expect(page.get_by_label("From")).to_have_value("2026-12-01")
    row = page.get_by_role("row").filter(has_text="Ben Tidewell")
    expect(row).to_contain_text("All layers")
    link = page.get_by_role("link", name="Download CSV")
    expect(link).to_have_attribute("href", f"{ROTATION}hours.csv?from=2026-12-01&to=2026-12-31")


def test_a_gap_is_marked_as_meant(open_page: OpenPage, ben: User, layer: Layer):
    plan = layer.plans.get()
    plan.windows.create(weekdays=[0, 1, 2, 3, 4], starts_at="00:00", ends_at="00:00")
    page = open_page(ben, f"{ROTATION}gaps/", **PLAIN)
    page.get_by_role("link", name=re.compile("This is meant ?: Primary, 21 Nov")).click()
    page.get_by_label("Why nobody is needed").fill("No ships on Saturday")
    page.get_by_role("button", name="Mark as meant").click()
    says(page, "The gap is marked as meant.")
    assert PlannedGap.objects.get().during.lower == at(11, 21, 0)


def test_pages_of_covers_are_for_everybody(open_page: OpenPage, ben: User, cy: User, layer: Layer):
    plan = layer.plans.get()
    plan.windows.create(weekdays=[0, 1, 2, 3, 4], starts_at="09:00", ends_at="17:00")
    Absence.objects.create(person=ben, during=(at(11, 18), at(11, 19)), reason="Dentist", created_at=NOW)
    Override.objects.create(layer=layer, person=cy, during=(at(11, 19), at(11, 19, 12)), created_at=NOW)
    asked = ask_swap(layer, at(11, 30), at(12, 4, 17), cy, user=ben, now=NOW)
    own = ask_swap(layer, at(11, 23), at(11, 23, 17), ben, user=cy, now=NOW, message="Could you?")
    page = open_page(ben, **PHONE)
    paths = [f"{ROTATION}{name}/" for name in ("override", "swap", "take", "hours", "gaps")]
    for path in ("/me/shifts/", "/me/absences/", asked.get_absolute_url(), own.get_absolute_url(), *paths):
        page.goto(path)
        assert (path, find_by_day_and_night(page), find_wide(page)) == (path, [], [])
