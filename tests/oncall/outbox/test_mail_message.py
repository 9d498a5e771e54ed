"""The mail itself: plain text and HTML of one content, stable headers, nothing fetched from elsewhere."""

import re

import pytest

from oncall.models import Delivery, Kind
from oncall.outbox import notify
from oncall.outbox.sending.message import build_mail
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _known_place(settings):
    settings.PORTAL_URL = "https://runbooks.example.com"
    settings.PORTAL_NAME = "Harbour runbooks"
    settings.DEFAULT_FROM_EMAIL = "Runbooks <portal@example.com>"


def build(to, **fields):
    given = {"kind": Kind.SWAP, "subject": "Ben asks you to swap", "text": "First.\n\nSecond,\nand more.", "now": NOW}
    given |= {"url": "/swaps/12/", "action": "Answer the swap", "key": "swap:1"}
    notify(to=to, **(given | fields))
    delivery = Delivery.objects.select_related("notification", "address").get()
    mail = build_mail(delivery, delivery.address)
    return delivery, mail, mail.message(), mail.alternatives[0][0]


def test_plain_text_says_it_all(ada):
    _, mail, _, _ = build(ada)
    assert mail.body == (
        "First.\n\nSecond,\nand more.\n\nAnswer the swap:\nhttps://runbooks.example.com/swaps/12/\n\n-- \n"
        "Harbour runbooks, for Ada\nWhat you get, and where: https://runbooks.example.com/me/addresses/\n"
    )


def test_html_has_the_same_words_and_a_button(ada):
    _, _, _, html = build(ada)
    assert "<p>First.</p>" in html
    assert "<p>Second,<br>and more.</p>" in html
    assert '<a class="button" href="https://runbooks.example.com/swaps/12/">Answer the swap</a>' in html


def test_message_id_and_headers_stay_the_same(ada):
    delivery, _, message, _ = build(ada)
    again = build_mail(delivery, delivery.address).message()
    assert message["Message-ID"] == again["Message-ID"] == f"<{delivery.message_id}@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Portal-Kind"] == "swap"
    assert message["List-Unsubscribe"] == "<https://runbooks.example.com/me/addresses/>"
    assert message["Date"]
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.get_payload()] == ["text/plain", "text/html"]


def test_page_says_so_first(ada):
    _, mail, message, html = build(ada, kind=Kind.PAGE)
    assert mail.body.startswith("ANSWER NOW\n\nFirst.")
    assert '<p class="page">Answer now</p>' in html
    assert message["Importance"] == "high"


def test_hostile_text_stays_text(ada):
    evil = '<script>alert(1)</script><img src="https://evil.example.com/x.png">'
    _, mail, message, html = build(ada, subject=f"{evil}\r\nBcc: x@example.com", text=evil, action=evil[:30])
    assert "<script" not in html
    assert "<img" not in html
    assert evil in mail.body
    assert message["Bcc"] is None
    assert mail.recipients() == ["ada@example.com"]


def test_nothing_is_fetched_from_elsewhere(ada):
    _, _, _, html = build(ada)
    assert not re.search(r"<(?:img|link|iframe|script)|url\(|@import", html)


def test_without_a_link_there_is_no_button(ada):
    _, mail, _, html = build(ada, url="", action="")
    assert "Open in the portal" not in html + mail.body
    assert 'class="button"' not in html
