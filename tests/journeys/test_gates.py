"""A version waits behind its gates until they hold: refused with the reasons, ticked by two people, activated."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from accounts.roles import APPROVER, RESPONDER
from runbooks.models import ReviewPolicy
from runbooks.services import approve_version, submit_version
from tests.factories import NOW, make_draft, make_service, make_team, make_user
from tests.journeys.axe import find_by_day_and_night
from tests.journeys.conftest import OpenPage, Watch

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PAGE = "/runbooks/ticket-desk/ticket-desk/versions/1.0/"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def ada(transactional_db: None) -> User:
    """Somebody on call."""
    return make_user("ada", role=RESPONDER, display_name="Ada Winter")


@pytest.fixture
def dee(transactional_db: None) -> User:
    """Somebody who approves and activates, and wrote none of it."""
    return make_user("dee", role=APPROVER, display_name="Dee Marsh")


def gate(page: Page, label: str) -> Locator:
    return page.get_by_role("region", name="Before 1.0 becomes active").get_by_role("listitem").filter(has_text=label)


def test_from_refused_to_active(ada: User, ben: User, dee: User, open_page: OpenPage, watch: Watch):
    watch.expect(409)
    team = make_team("Harbour", ada, ben)
    ReviewPolicy.objects.create(team=team, gates=["placeholders", "commands", "oncall"])
    version = make_draft(ben, service=make_service("Ticket desk", team=team))
    approve_version(submit_version(version, user=ben, now=NOW), user=dee, now=NOW)

    page = open_page(dee, PAGE)
    expect(page.get_by_text("2 gates are closed.")).to_be_visible()
    page.get_by_role("button", name="Make 1.0 active").click()
    refusal = page.get_by_role("alert")
    expect(refusal).to_contain_text("“The commands were tried” is not so yet")
    expect(refusal).to_contain_text("“The on-call team agreed” is not so yet")
    assert find_by_day_and_night(page) == []

    tried = open_page(ada, PAGE, viewport=PHONE)
    gate(tried, "The commands were tried").get_by_label("Note on").fill("On staging, yesterday")
    gate(tried, "The commands were tried").get_by_role("button", name="Tick").click()
    expect(gate(tried, "The commands were tried")).to_contain_text("On staging, yesterday")
    expect(gate(tried, "The commands were tried")).to_contain_text("Ada Winter")
    assert find_by_day_and_night(tried) == []

    page.goto(page.url.removesuffix("activate/"))
    gate(page, "The on-call team agreed").get_by_role("button", name="Tick").click()
    expect(page.get_by_text("Every required gate is open.")).to_be_visible()
    page.get_by_role("button", name="Make 1.0 active").click()
    expect(page.get_by_text("Version 1.0 is what everybody reads now.")).to_be_visible()
    page.goto(page.url.removesuffix("versions/") + "versions/1.0/")
    expect(page.get_by_role("heading", name="Ticked before 1.0 became active")).to_be_visible()
