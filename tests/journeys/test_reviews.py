"""Reviews in a browser: one click from a message, and a small fix on the spot."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from oncall.models import MailboxMail
from oncall.outbox.delivering import deliver_due
from oncall.views.mailbox import BACKEND
from runbooks.models import Review, Runbook
from runbooks.review_links import RIGHT, make_answer_path
from runbooks.services.reminders import Sent, send_due
from tests.factories import make_published
from tests.journeys.axe import find_violations
from tests.journeys.conftest import OpenPage

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
DESK = "/runbooks/ticket-desk/ticket-desk/"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def overdue(ben: User) -> Runbook:
    """A runbook of Ben's whose review was due yesterday."""
    runbook = make_published(owner=ben)
    runbook.next_review_on = timezone.localdate() - dt.timedelta(days=1)
    runbook.save()
    return runbook


@pytest.fixture(autouse=True)
def _mailbox(settings) -> None:
    settings.EMAIL_BACKEND = BACKEND


def read_link(label: str) -> str:
    """Out of the mail of this morning, as it lies in the mailbox: the path of its link of that name."""
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    assert send_due(noon) == Sent(reminders=1, people=1)
    deliver_due("mail", now=lambda: max(noon, timezone.now()))
    html = MailboxMail.objects.get().html
    found = re.search(rf'href="{re.escape(settings.PORTAL_URL)}([^"]+)">{label}</a>', html)
    assert found is not None
    return unescape(found[1])


def test_one_click_in_a_message_is_the_answer(ben: User, overdue: Runbook, open_page: OpenPage):
    link = read_link("Still right")
    page = open_page(ben, link)
    expect(page.get_by_role("heading", name="Recorded")).to_be_visible()
    assert Review.objects.get().way == "mail"
    assert find_violations(page) == []
    page.go_back()  # the link again: nothing is sent twice
    page.goto(link)
    expect(page.get_by_text("Ben Tidewell answered meanwhile")).to_be_visible()
    page.goto(f"/reviews/{Review.objects.get().pk}/")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("heading", name="Taken back")).to_be_visible()
    assert Review.objects.get().taken_back_at is not None


def test_without_scripts_the_message_s_link_has_a_button(ben: User, overdue: Runbook, open_page: OpenPage):
    link = make_answer_path(ben.pk, overdue.pk, overdue.shown_version_id, RIGHT, overdue.next_review_on)
    page = open_page(ben, link, java_script_enabled=False)
    assert not Review.objects.exists()
    page.get_by_role("button", name="Still right").click()
    expect(page.get_by_role("heading", name="Recorded")).to_be_visible()


def test_a_small_fix_is_made_on_the_spot(ben: User, overdue: Runbook, open_page: OpenPage):
    page = open_page(ben, DESK, viewport=PHONE)
    expect(page.get_by_text("Review overdue since")).to_be_visible()
    page.get_by_role("link", name="Review it").click()
    page.get_by_role("link", name="Small fix").click()
    text = page.get_by_label("Text", exact=True)
    expect(text).to_be_visible()
    text.fill(text.input_value().replace("at the pier", "at the quay"))
    page.get_by_label("What you changed").fill("It moved to the quay")
    page.get_by_role("button", name="Save the fix").click()
    expect(page.get_by_text(re.compile("Recorded. Version 1.1 with your fix is in review"))).to_be_visible()
    assert find_violations(page) == []
    review = Review.objects.get()
    assert review.fix is not None and "at the quay" in review.fix.markdown
    page.goto(DESK)
    expect(page.get_by_text("Review overdue since")).to_have_count(0)
