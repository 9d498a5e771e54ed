"""Routine tasks in a browser: ticked, left out with a reason, seen by somebody else, told in the history."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from runbooks.models import RoutineTask
from tests.factories import NOW, make_rotation
from tests.journeys.axe import find_by_day_and_night
from tests.journeys.conftest import OpenPage, Watch
from tests.journeys.narrow import find_wide
from tests.runbooks.routine.texts import DAY, get_task, make_people, make_routine, tick_on

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 390, "height": 780}, "has_touch": True}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def people(transactional_db: None) -> tuple[User, User]:
    team, ada, ben, _ = make_people()
    make_rotation(team, ada, ben)
    make_routine(team=team)
    RoutineTask.objects.update(started_on=NOW.date() - 4 * DAY)
    tick_on(get_task(), NOW.date() - DAY, ben)
    return ada, ben


def row(page: Page, text: str):
    return page.locator("li.routine", has_text=text)


def test_one_ticks_and_leaves_out_and_the_other_sees_who(open_page: OpenPage, people: tuple[User, User], watch: Watch):
    watch.expect(422)
    ada, ben = people
    late = open_page(ben, "/routine/")
    page = open_page(ada, "/routine/")
    expect(page.get_by_text("On duty:")).to_be_visible()
    expect(row(page, "Look at the error rate")).to_contain_text("Missed: Sun 15 Nov, Sat 14 Nov")
    row(page, "Look at the error rate").get_by_role("button", name="Tick").click()
    expect(row(page, "Look at the error rate")).to_contain_text("Done by Ada")
    expect(page.locator("#count-" + str(ada.get_team_ids()[0]) + "-daily")).to_have_text("1 of 2 done")
    disk = row(page, "Check the disk")
    disk.get_by_text("Note, or leave out").click()
    disk.get_by_label("What was seen, or why it is left out").fill("The ledger moves today")
    disk.get_by_role("button", name="Leave it out").click()
    expect(row(page, "Check the disk")).to_contain_text("Left out by Ada")
    row(late, "Look at the error rate").get_by_role("button", name="Tick").click()
    expect(late.get_by_role("alert")).to_contain_text("Ada did it already")
    expect(row(late, "Look at the error rate")).to_contain_text("Done by Ada")
    assert find_by_day_and_night(page) == []


def test_without_scripts_a_reason_is_asked_for_and_the_history_tells_it(
    open_page: OpenPage, people: tuple[User, User], watch: Watch
):
    watch.expect(422)
    page = open_page(people[0], "/routine/", java_script_enabled=False)
    task = row(page, "Look at the error rate")
    task.get_by_text("Note, or leave out").click()
    task.get_by_role("button", name="Leave it out").click()
    expect(page.get_by_role("alert")).to_contain_text("why it is left out")
    page.get_by_text("Note, or leave out").click()
    page.get_by_label("What was seen, or why it is left out").fill("The desk is closed")
    page.get_by_role("button", name="Leave it out").click()
    expect(page.get_by_role("table")).to_contain_text("The desk is closed")
    expect(page.locator(".strip li")).to_have_text(
        ["Missed Sat 14 Nov", "Missed Sun 15 Nov", "Done Mon 16 Nov", "Left out Tue 17 Nov"]
    )
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("Still open.")).to_be_visible()


def test_on_a_phone_nothing_stands_out(open_page: OpenPage, people: tuple[User, User]):
    page = open_page(people[0], "/routine/", **PHONE)
    assert find_wide(page) == []
    page.goto(page.url.replace("/routine/", get_task().get_absolute_url()))
    assert find_wide(page) == []
    assert find_by_day_and_night(page) == []
