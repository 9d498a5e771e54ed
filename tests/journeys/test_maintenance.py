"""Maintenance in a browser: planned without scripts, seen with its conflict, run, called off."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import RESPONDER
from incidents.models import MaintenanceWindow
from oncall.models import Service
from tests.factories import NOW, make_published, make_service, make_team, make_user
from tests.incidents.test_maintenance import STEPS
from tests.incidents.updates import HOUR, make_channel, make_window
from tests.journeys.axe import find_by_day_and_night
from tests.journeys.conftest import OpenPage, Watch
from tests.journeys.narrow import find_wide

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PLAIN = {"java_script_enabled": False}
PHONE = {"viewport": {"width": 390, "height": 780}, "has_touch": True}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def dee(transactional_db: None) -> User:
    return make_user("dee", role=RESPONDER, display_name="Dee Fisher", time_zone="Europe/Berlin")


@pytest.fixture
def desk(dee: User) -> Service:
    desk = make_service(team=make_team())
    make_published(text=STEPS, service=desk)
    make_channel()
    return desk


def says(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def test_it_is_planned_run_and_called_off_without_scripts(open_page: OpenPage, dee: User, desk: Service, watch: Watch):
    watch.expect(422)
    make_window(dee, desk, title="Old winch")  # 24 November, 04:14 to 06:14 in Berlin
    page = open_page(dee, "/maintenance/", **PLAIN)
    page.get_by_role("link", name="Plan maintenance").click()
    page.get_by_label("Title").fill("New winch")
    page.get_by_label("From").fill("2026-11-24T05:00")
    page.get_by_label("Until").fill("2026-11-24T04:00")
    page.get_by_label("Ticket desk", exact=True).check()
    page.get_by_label("What others will notice").fill("Gates stay shut.")
    page.get_by_label("Runbook (optional)").select_option("Ticket desk (Ticket desk)")
    page.get_by_role("button", name="Show its steps").click()
    page.get_by_label("Steps of").select_option("Replace the winch (3 steps)")
    page.get_by_role("button", name="Plan it").click()
    expect(page.get_by_role("alert")).to_contain_text("The end must come after the start.")
    page.get_by_label("Until").fill("2026-11-24T07:00")
    page.get_by_role("button", name="Plan it").click()
    says(page, "The maintenance is planned. It will be announced by itself.")
    expect(page.get_by_text("Something else is planned at the same time")).to_be_visible()
    window = MaintenanceWindow.objects.get(title="New winch")
    page.get_by_role("button", name="Start the run").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Replace the winch")
    page.goto(window.get_absolute_url())
    expect(page.get_by_text("Going on")).to_be_visible()
    page.get_by_role("link", name="Call off…").click()
    page.get_by_label("Why is it called off?").fill("Storm")
    page.get_by_role("button", name="Call it off").click()
    says(page, "The maintenance is called off.")


def test_pages_of_maintenance_are_for_everybody(open_page: OpenPage, dee: User, desk: Service):
    window = make_window(dee, desk, start=NOW + HOUR)
    make_window(dee, desk, start=NOW + 2 * HOUR, title="Anotherwinchwithoutanyspaceinitsname" * 4)
    page = open_page(dee, **PHONE)
    own = window.get_absolute_url()
    for path in ("/maintenance/", "/maintenance/new/", own, f"{own}edit/", f"{own}cancel/"):
        page.goto(path)
        assert (path, find_by_day_and_night(page), find_wide(page)) == (path, [], [])
