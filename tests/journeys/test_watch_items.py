"""Watch items in a browser: lit from an alert without scripts, seen where people look, prolonged and closed."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import RESPONDER
from accounts.services import add_member
from incidents.models import WatchItem
from oncall.models import Service
from tests.factories import NOW, make_incident, make_published, make_rotation, make_service, make_team, make_user
from tests.incidents.payloads import make_alert, take
from tests.incidents.watch.items import light_one
from tests.journeys.axe import find_by_day_and_night
from tests.journeys.conftest import OpenPage, Watch
from tests.journeys.narrow import find_wide

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PLAIN = {"java_script_enabled": False}
PHONE = {"viewport": {"width": 390, "height": 780}, "has_touch": True}
TEXT = "Decline ratio above 0.12: call Payments"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def dee(transactional_db: None) -> User:
    return make_user("dee", role=RESPONDER, display_name="Dee Fisher", time_zone="Europe/Berlin")


@pytest.fixture
def desk(dee: User) -> Service:
    team = make_team()
    add_member(team, dee)
    make_rotation(team, dee, make_user("ben"))
    desk = make_service(team=team)
    make_published(service=desk)
    return desk


def says(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def test_it_is_lit_from_an_alert_and_closed_without_scripts(
    open_page: OpenPage, dee: User, desk: Service, watch: Watch
):
    watch.expect(422)
    incident = make_incident("Slow desk", desk)
    alert = take(make_alert(labels={"service": "ticket-desk", "severity": "warning"})).new[0]
    page = open_page(dee, alert.get_absolute_url(), **PLAIN)
    page.get_by_role("link", name="Light a watch item").click()
    expect(page.get_by_label("Alert (optional)")).to_have_value("DeskDown")
    expect(page.get_by_label("the end of the next shift")).to_be_checked()
    page.get_by_label("What to look at").fill(TEXT)
    page.get_by_label("Or until").fill("2026-11-16T09:00")
    page.get_by_role("button", name="Light it").click()
    expect(page.get_by_role("alert")).to_contain_text("The end lies in the past.")
    expect(page.get_by_label("What to look at")).to_have_value(TEXT)
    page.get_by_label("Or until").fill("")
    page.get_by_role("button", name="Light it").click()
    says(page, "The watch item is lit.")
    expect(page.get_by_role("region", name="Watch")).to_contain_text(
        "Until Mon 30 Nov, 10:00 CET (09:00 WET for the team)"
    )
    for path in ("/", incident.get_absolute_url(), desk.get_absolute_url()):
        page.goto(path)
        expect(page.get_by_role("link", name=TEXT)).to_be_visible()
    page.get_by_role("link", name=TEXT).click()
    page.get_by_label("a week from now").check()
    page.get_by_role("button", name="Prolong it").click()
    says(page, "It burns until the new end.")
    page.get_by_label("Reason").fill("The ratio is back to normal")
    page.get_by_role("button", name="Close it").click()
    says(page, "The watch item is closed.")
    expect(page.get_by_text("closed it: The ratio is back to normal")).to_be_visible()
    page.goto("/")
    expect(page.get_by_text(TEXT)).to_have_count(0)


def test_an_open_page_of_an_incident_shows_a_new_item(open_page: OpenPage, dee: User, desk: Service):
    incident = make_incident("Slow desk", desk)
    page = open_page(dee, incident.get_absolute_url())
    page.get_by_label("Write a note").first.or_(page.locator("textarea").first).fill("Half a sentence")
    light_one(dee, desk.team, service=desk)
    expect(page.get_by_role("link", name=TEXT)).to_be_visible(timeout=6000)
    expect(page.locator("textarea").first).to_have_value("Half a sentence")


def test_pages_of_watch_items_are_for_everybody(open_page: OpenPage, dee: User, desk: Service):
    item = light_one(dee, desk.team, service=desk, url="https://graphs.example.com/d/1")
    light_one(
        dee, desk.team, text="Anotherwatchitemwithoutanyspaceinitstext" * 5, alert_name="Alertnamewithoutspace" * 8
    )
    page = open_page(dee, **PHONE)
    own = item.get_absolute_url()
    assert WatchItem.objects.count() == 2
    for path in ("/", "/watch/", "/watch/?state=closed", "/watch/new/", own, f"{own}edit/"):
        page.goto(path)
        assert (path, find_by_day_and_night(page), find_wide(page)) == (path, [], [])
