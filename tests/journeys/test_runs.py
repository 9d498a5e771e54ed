"""A run in a real browser: by keyboard alone, by two people at once, on a phone, without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from incidents.models import Run
from incidents.services.runs import note_step, settle_step, skip_step
from tests.factories import NOW, make_incident, make_published
from tests.incidents.run_texts import STEPS, make_run
from tests.journeys.axe import find_by_day_and_night
from tests.journeys.conftest import OpenPage, Watch

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
SOON = 4_000  # milliseconds: what others do is there within three seconds, and a little


@pytest.fixture
def run(ben: User) -> Run:
    return make_run(ben, incident=make_incident())


def current(page: Page):
    return page.locator('.step[aria-current="step"]')


def states(run: Run) -> list[str]:
    return list(run.steps.order_by("position").values_list("state", flat=True))


def test_a_run_is_gone_through_by_keyboard_alone(open_page: OpenPage, ben: User, run: Run):
    page = open_page(ben, f"/runs/{run.pk}/")
    expect(current(page)).to_contain_text("Tell the pier")
    page.keyboard.press("d")
    expect(current(page)).to_contain_text("Restart the desk")
    expect(current(page).locator("h3")).to_be_focused()

    page.keyboard.press("n")
    page.keyboard.type("took a minute: do it")  # letters that are keys elsewhere are only letters here
    page.keyboard.press("Control+Enter")
    expect(current(page)).to_contain_text("took a minute: do it")
    assert states(run)[1] == "todo"

    page.keyboard.press("s")
    expect(current(page).get_by_label("Why is it skipped?")).to_be_focused()
    page.keyboard.type("no ship")
    page.keyboard.press("Enter")
    expect(current(page)).to_contain_text("Look at the dashboard")
    expect(current(page).locator("h3")).to_be_focused()

    page.keyboard.press(" ")
    expect(current(page)).to_contain_text("Tell the pier again")
    expect(current(page).locator("h3")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#run-end button").last).to_be_focused()
    assert states(run) == ["done", "skipped", "done", "done"]

    page.keyboard.press("Enter")
    expect(page.get_by_text("Done by Ben Tidewell")).to_be_visible()
    assert not Run.objects.get(pk=run.pk).is_going


def test_keys_do_nothing_once_they_are_switched_off(open_page: OpenPage, ben: User, run: Run):
    page = open_page(ben, f"/runs/{run.pk}/")
    page.evaluate("localStorage.setItem('portal.keys-off', '1')")
    page.keyboard.press("d")
    page.keyboard.press(" ")
    page.wait_for_timeout(300)
    assert states(run) == ["todo"] * 4


def test_two_people_see_what_the_other_does(open_page: OpenPage, ben: User, cy: User, run: Run):
    first = open_page(ben, f"/runs/{run.pk}/")
    second = open_page(cy, f"/runs/{run.pk}/")
    current(second).get_by_label("Note").fill("the pier does not answer")
    first.keyboard.press("d")
    expect(current(first)).to_contain_text("Restart the desk")
    expect(second.locator("[data-live]")).to_have_text("Ben Tidewell did step 1", timeout=SOON)
    expect(current(second).get_by_label("Note")).to_have_value("the pier does not answer")

    current(second).get_by_role("button", name="Done, next step").click()
    expect(current(second)).to_contain_text("Restart the desk")
    step = run.steps.order_by("position")[0]
    assert step.settled_by == ben
    assert step.events.get(kind="note").text == "the pier does not answer"

    second.keyboard.press("d")
    expect(current(second)).to_contain_text("Look at the dashboard")
    expect(current(first)).to_contain_text("Look at the dashboard", timeout=SOON)
    expect(first.locator("#run-progress")).to_contain_text("2 of 4")


def test_a_value_that_one_saves_fills_the_other_s_commands(
    open_page: OpenPage, ben: User, cy: User, run: Run, watch: Watch
):
    watch.expect(422)
    third = run.steps.order_by("position")[2]
    first = open_page(ben, f"/runs/{run.pk}/?step={third.pk}")
    second = open_page(cy, f"/runs/{run.pk}/?step={third.pk}")
    expect(current(second)).to_contain_text("Not filled in yet: Namespace")
    first.get_by_label("Namespace").fill("pier; reboot")
    first.get_by_role("button", name="Save values").click()
    expect(first.locator("#values-form [data-form-told]")).to_contain_text("a shell could act upon")
    first.get_by_label("Namespace").fill("pier")
    first.get_by_role("button", name="Save values").click()
    expect(current(second).locator("pre")).to_contain_text("kubectl -n pier get pods -l app=ticket-desk", timeout=SOON)
    current(second).get_by_role("button", name="Copy command: Pods of the desk").click()
    copied = second.evaluate("navigator.clipboard.readText()")
    assert copied == "kubectl -n pier get pods -l app=ticket-desk"


def test_on_a_phone_the_thumb_does_it(open_page: OpenPage, ben: User, run: Run):
    page = open_page(ben, f"/runs/{run.pk}/", viewport={"width": 390, "height": 844}, has_touch=True)
    bar = page.locator(".actionbar")
    box = bar.get_by_role("button", name="Done, next step").bounding_box()
    assert box is not None
    assert box["height"] >= 48
    bar.get_by_role("button", name="Done, next step").click()
    expect(current(page)).to_contain_text("Restart the desk")
    bar.get_by_role("link", name="Skip").click()
    page.get_by_label("Why is it skipped?").fill("no ship")
    page.get_by_role("button", name="Skip, next step").click()
    expect(current(page)).to_contain_text("Look at the dashboard")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_scripts_a_run_is_started_gone_through_and_ended(open_page: OpenPage, ben: User):
    runbook = make_published(text=STEPS)
    page = open_page(ben, f"/runs/new/?runbook={runbook.pk}", java_script_enabled=False)
    page.get_by_role("link", name="Restart", exact=True).click()
    page.get_by_label("Namespace").fill("pier")
    page.get_by_role("button", name="Start the run").click()
    page.get_by_label("Note").fill("told them")
    page.get_by_role("button", name="Done, next step").click()
    expect(current(page)).to_contain_text("Restart the desk")
    page.get_by_text("Skip this step…").click()
    page.get_by_label("Why is it skipped?").fill("no ship")
    page.get_by_role("button", name="Skip, next step").click()
    expect(current(page).locator("pre")).to_contain_text("kubectl -n pier get pods")
    page.get_by_role("link", name="This step is wrong").click()
    page.get_by_label("What is wrong").fill("the dashboard has moved")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Thank you.")).to_be_visible()
    page.get_by_text("Add a step after step 3…").click()
    page.get_by_label("What is to be done").fill("Ring the bell")
    page.get_by_role("button", name="Add the step").click()
    expect(page.locator(".steps")).to_contain_text("Ring the bell")
    page.get_by_role("button", name="Finish the run").click()
    expect(page.get_by_text("Done by Ben Tidewell")).to_be_visible()


def test_everybody_can_use_the_page(open_page: OpenPage, ben: User, run: Run):
    first, second, third, _ = run.steps.order_by("position")
    settle_step(first, user=ben, now=NOW, note="told")
    skip_step(second, "no ship", user=ben, now=NOW)
    note_step(third, "a note", output="line\n" * 30, user=ben, now=NOW)
    page = open_page(ben, f"/runs/{run.pk}/")
    assert find_by_day_and_night(page) == []
    for path in (
        f"/runs/{run.pk}/stop/",
        f"/runs/{run.pk}/steps/{third.pk}/flag/",
        f"/runs/new/?runbook={run.runbook_id}",
    ):
        page.goto(path)
        assert find_by_day_and_night(page) == []
    page.goto(f"/runs/new/?runbook={run.runbook_id}&section=restart")
    assert find_by_day_and_night(page) == []
