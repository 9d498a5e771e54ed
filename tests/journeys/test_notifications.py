"""Addresses, a test that arrives and is confirmed, choices, and sending again what was given up."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from accounts.roles import ADMINISTRATOR
from oncall.models import Address, AddressChoice, Delivery, Kind, MailboxMail, Notification
from oncall.outbox import notify
from oncall.outbox.delivering import deliver_due
from oncall.views.mailbox import BACKEND
from tests.factories import make_user
from tests.journeys.axe import find_by_day_and_night, find_violations
from tests.journeys.conftest import OpenPage, Watch, make_session_cookie

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
HOSTILE = (
    '<script>top.location = "https://evil.example/"</script><img src="https://evil.example/p.gif"><p>Good evening</p>'
)


@pytest.fixture(autouse=True)
def _mailbox(settings) -> None:
    settings.EMAIL_BACKEND = BACKEND


@pytest.fixture
def boss(transactional_db: None) -> User:
    return make_user("dee", role=ADMINISTRATOR, is_staff=True, display_name="Dee Lantern")


def send_mails() -> None:
    """What the worker does, here and now."""
    deliver_due("mail", now=timezone.now)


def add_address(page: Page, kind: str, target: str, label: str) -> None:
    page.get_by_label("Kind", exact=True).select_option(label=kind)
    page.get_by_label("Address", exact=True).fill(target)
    page.get_by_label(re.compile("^Called")).fill(label)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("status").filter(has_text=f"“{label}” is added")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_an_address_is_added_tested_and_confirmed(boss: User, open_page: OpenPage, javascript: bool):
    page = open_page(boss, "/accounts/settings/", java_script_enabled=javascript)
    page.get_by_role("link", name="My addresses").last.click()
    add_address(page, "E-mail", "dee@pier.example", "Pier mail")
    row = page.get_by_role("listitem").filter(has_text="dee@pier.example")
    expect(row).to_contain_text("Never confirmed")
    row.get_by_role("button", name="Test").click()
    expect(page.get_by_role("status").filter(has_text="A test is on its way")).to_be_visible()
    send_mails()
    page.goto("/mailbox/")
    expect(page.get_by_text("Mails go nowhere")).to_be_visible()
    page.get_by_role("link", name="Test: does this reach you?").click()
    link = page.locator(".mailtext").get_by_role("link", name=re.compile("answer"))
    page.goto(re.sub(r"^https?://[^/]+", "", link.get_attribute("href") or ""))
    page.get_by_role("button", name="Yes, it reached me").click()
    expect(page.get_by_role("heading", name="It reached you")).to_be_visible()
    page.get_by_role("link", name="My addresses").last.click()
    expect(page.get_by_role("listitem").filter(has_text="dee@pier.example")).to_contain_text("Last answered")
    page.goto("/me/notifications/")
    expect(page.get_by_role("listitem").filter(has_text="dee@pier.example").first).to_contain_text("Sent")


def test_a_refused_address_is_explained_beside_its_field(ada: User, open_page: OpenPage, watch: Watch):
    watch.expect(422)
    page = open_page(ada, "/me/addresses/")
    page.get_by_label("Kind", exact=True).select_option(label="Webhook, signed")
    page.get_by_label("Address", exact=True).fill("https://192.168.0.1/hook")
    page.get_by_role("button", name="Add", exact=True).click()
    field = page.get_by_label("Address", exact=True)
    expect(field).to_have_value("https://192.168.0.1/hook")
    expect(page.locator(".error")).to_contain_text("private")
    assert find_violations(page) == []


def test_the_secret_of_a_webhook_is_there_once(ada: User, open_page: OpenPage):
    page = open_page(ada, "/me/addresses/")
    add_address(page, "Webhook, signed", "https://93.184.215.14/hook", "Bridge")
    expect(page.locator(".secret")).to_have_text(Address.objects.get(label="Bridge").secret)
    assert find_violations(page) == []
    page.reload()
    expect(page.locator(".secret")).to_have_count(0)


def test_choices_and_quiet_hours(ada: User, open_page: OpenPage):
    page = open_page(ada, "/me/addresses/")
    add_address(page, "ntfy", "https://ntfy.sh/harbour-ada", "Phone")
    shifts = page.get_by_role("row").filter(has_text="Your shifts")
    shifts.get_by_label(re.compile("to Login mail")).uncheck()
    shifts.get_by_label(re.compile("to Phone")).check()
    page.get_by_role("button", name="Save choices").click()
    expect(page.get_by_role("row").filter(has_text="Your shifts")).to_contain_text("Your choice")
    assert AddressChoice.objects.get().kind == Kind.SHIFT
    page.get_by_label(re.compile("^From")).fill("22:00")
    page.get_by_label(re.compile("^Until")).fill("07:00")
    page.get_by_role("button", name="Save quiet hours").click()
    expect(page.get_by_text("22:00 to 07:00")).to_be_visible()


def test_switching_off_the_last_address_asks_first(ada: User, open_page: OpenPage, watch: Watch):
    watch.expect(422)
    page = open_page(ada, "/me/addresses/")
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_role("alert")).to_contain_text("last address")
    assert find_violations(page) == []
    page.get_by_role("button", name="Switch off all the same").click()
    expect(page.get_by_text("Switched off", exact=True)).to_be_visible()


def test_what_was_given_up_is_sent_again(boss: User, open_page: OpenPage):
    notify(key="gap:1:user:1", kind=Kind.TEAM, to=boss, subject="A gap on Friday", text="Mend it.", now=timezone.now())
    Delivery.objects.update(status="given_up", finished_at=timezone.now(), attempts=28, last_error="550 No such user")
    page = open_page(boss, "/notifications/")
    given_up = page.get_by_role("region", name=re.compile("^Given up"))
    expect(given_up).to_contain_text("550 No such user")
    assert find_violations(page) == []
    given_up.get_by_role("button", name=re.compile("^Send again")).click()
    expect(page.get_by_role("status").filter(has_text="is sent again")).to_be_visible()
    send_mails()
    page.goto("/notifications/?state=sent")
    expect(page.get_by_role("row").filter(has_text="A gap on Friday")).to_contain_text("Sent")
    assert MailboxMail.objects.get().subject == "A gap on Friday"


def test_a_hostile_mail_stays_in_its_frame(boss: User, browser: Browser, live_server: Any, open_page: OpenPage):
    """In a profile without the watch: what the frame refuses, the browser says on the console."""
    mail = MailboxMail.objects.create(
        to="a@b.example", sender="", subject="Hello", html=HOSTILE, raw=b"", received_at=timezone.now()
    )
    failures: dict[str, str | None] = {}
    with browser.new_context(base_url=live_server.url) as context:
        context.add_cookies([make_session_cookie(boss, live_server.url)])
        context.on("requestfailed", lambda request: failures.update({request.url: request.failure}))
        page = context.new_page()
        page.goto(f"/mailbox/{mail.pk}/")
        page.locator(".mailframe").scroll_into_view_if_needed()
        expect(page.frame_locator(".mailframe").get_by_text("Good evening")).to_be_visible()
        expect(page).to_have_url(re.compile(f"/mailbox/{mail.pk}/$"))
    assert failures == {"https://evil.example/p.gif": "csp"}  # refused before anything was asked of the network


def test_axe_finds_nothing(boss: User, open_page: OpenPage):
    Address.objects.create(
        person=boss, transport="webhook", target="https://93.184.215.14/", answered_at=timezone.now()
    )
    for number, status in enumerate(("waiting", "sent", "given_up")):
        notification = Notification.objects.create(
            key=f"n{number}",
            kind=Kind.SHIFT,
            person=boss,
            to="Dee",
            subject="Shift",
            text="…",
            created_at=timezone.now(),
        )
        done = None if status == "waiting" else timezone.now()
        Delivery.objects.create(
            notification=notification,
            transport="email",
            shown_target="dee@pier.example",
            status=status,
            due_at=timezone.now(),
            finished_at=done,
            attempts=number,
            last_error="Timed out.",
        )
    mail = MailboxMail.objects.create(
        to="a@b.example",
        sender="",
        subject="Hello",
        text="Hello",
        html="<p>Hello</p>",
        raw=b"raw",
        received_at=timezone.now(),
    )
    page = open_page(boss)
    found: list[str] = []
    for path in ("/me/addresses/", "/me/notifications/", "/notifications/", "/mailbox/", f"/mailbox/{mail.pk}/"):
        page.goto(path)
        found += find_by_day_and_night(page)
    assert found == []
