"""A page at night: the mail, its link, one button on a phone; and what everybody sees when nobody presses it."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import RESPONDER
from incidents.models import Incident
from incidents.services.escalating import sweep
from oncall.models import MailboxMail
from oncall.outbox.delivering import deliver_due
from oncall.views.mailbox import BACKEND
from tests.factories import make_user
from tests.incidents.ladders import MINUTE, open_ladder, running
from tests.journeys.axe import find_by_day_and_night, find_violations
from tests.journeys.conftest import OpenPage

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(autouse=True)
def _mailbox(settings) -> None:
    settings.EMAIL_BACKEND = BACKEND


@pytest.fixture
def dee(transactional_db: None) -> User:
    return make_user("dee", role=RESPONDER, display_name="Dee Lantern")


@pytest.fixture
def eve(transactional_db: None) -> User:
    return make_user("eve", role=RESPONDER, display_name="Eve Quay")


def read_link(number: int) -> str:
    """The path that the mail of that place leads to."""
    deliver_due("mail", now=timezone.now)
    mail = MailboxMail.objects.order_by("pk")[number]
    found = re.search(r"https?://[^/\s]+(/incidents/\d+/acknowledge/)", mail.text)
    assert found is not None
    return found[1]


def fits(page: Page) -> bool:
    """Whether nothing is wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_the_mail_leads_to_one_big_button_on_a_phone(dee: User, eve: User, open_page: OpenPage, javascript: bool):
    incident = open_ladder([dee], [eve], now=timezone.now())
    link = read_link(0)
    page = open_page(dee, link, java_script_enabled=javascript, **PHONE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Tickets can't be sold")
    button = page.get_by_role("button", name="Acknowledge: I am on it")
    box = button.bounding_box()
    assert box is not None and box["height"] >= 44 and box["y"] + box["height"] < 844, (
        "under the thumb, without scrolling"
    )
    if javascript:
        assert fits(page)
        assert find_violations(page) == []
    button.click()
    expect(page).to_have_url(re.compile(rf"/incidents/{incident.pk}/$"))
    expect(page.get_by_role("status").filter(has_text="You are on it")).to_be_visible()
    expect(page.get_by_role("region", name="Answered by Dee Lantern")).to_be_visible()
    late = open_page(eve, link, java_script_enabled=javascript, **PHONE)
    expect(late.get_by_text(re.compile("Dee Lantern acknowledged it today at"))).to_be_visible()
    expect(late.get_by_role("button", name=re.compile("I am on it"))).to_have_count(0)


def test_the_panel_counts_down_holds_and_calls_the_next_level(dee: User, eve: User, open_page: OpenPage):
    incident = open_ladder([dee], [eve], now=timezone.now())
    page = open_page(dee, incident.get_absolute_url())
    panel = page.get_by_role("region", name="Next escalation: L2")
    clock = panel.locator("time[data-clock]")
    first = clock.inner_text()
    expect(clock).not_to_have_text(first)
    panel.get_by_text("Hold the next level").click()
    panel.get_by_label("Why it can wait").fill("The vendor calls back")
    panel.get_by_role("button", name="Hold", exact=True).click()
    expect(page.get_by_text("The vendor calls back").first).to_be_visible()
    page.get_by_role("button", name="Page L2 now").click()
    expect(page.get_by_role("region", name="Waiting for L2")).to_be_visible()
    assert running(incident).called_levels.count() == 2


def test_what_nobody_answers_is_shouted_on_the_front_page(dee: User, eve: User, open_page: OpenPage):
    incident = open_ladder([dee], now=timezone.now() - 20 * MINUTE)
    sweep(timezone.now())
    page = open_page(eve, "/")
    expect(page.get_by_role("alert").filter(has_text="Nobody has answered")).to_be_visible()
    assert find_by_day_and_night(page) == []
    phone = open_page(eve, "/", **PHONE)
    assert fits(phone)
    phone.get_by_role("button", name=f"Acknowledge {incident.reference}").click()
    expect(phone.get_by_role("region", name="Answered by Eve Quay")).to_be_visible()
    assert Incident.objects.get(pk=incident.pk).acknowledged_at is not None


def test_a_path_is_called_by_hand_where_there_is_none(dee: User, eve: User, open_page: OpenPage):
    other = open_ladder([eve], now=timezone.now())
    incident = Incident.objects.create(
        title="The lamp is out", severity=other.severity, started_at=timezone.now(), opened_at=timezone.now()
    )
    page = open_page(dee, incident.get_absolute_url())
    page.get_by_role("link", name="Call a path").click()
    assert find_violations(page) == []
    page.get_by_label("Escalation path").select_option(label="Harbour path")
    page.get_by_role("button", name="Call it").click()
    expect(page.get_by_role("status").filter(has_text="Harbour path is being called")).to_be_visible()
    page.goto(f"/incidents/{incident.pk}/snooze/")
    assert find_violations(page) == []
