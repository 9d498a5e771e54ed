"""The mailbox that stands in for a mail server."""

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection

from oncall.models import MailboxMail

pytestmark = pytest.mark.django_db


def send(*mails):
    return get_connection("oncall.outbox.mailbox.MailboxBackend").send_messages(list(mails))


def make_mail(subject="News", **fields):
    mail = EmailMultiAlternatives(subject, "Hello – plain.", "portal@example.com", ["ada@example.com"], **fields)
    mail.attach_alternative("<p>Hello – HTML.</p>", "text/html")
    return mail


def test_both_parts_are_kept_and_the_mail_as_it_is():
    assert send(make_mail(cc=["ben@example.com"])) == 1
    kept = MailboxMail.objects.get()
    assert (kept.to, kept.sender) == ("ada@example.com, ben@example.com", "portal@example.com")
    assert (kept.text.strip(), kept.html.strip()) == ("Hello – plain.", "<p>Hello – HTML.</p>")
    assert b"Subject: News" in bytes(kept.raw)


def test_attachment_is_no_text():
    mail = EmailMultiAlternatives("News", "", "portal@example.com", ["ada@example.com"])
    mail.attach("notes.txt", "secret notes", "text/plain")
    send(mail)
    assert "secret notes" not in MailboxMail.objects.get().text


def test_mail_to_nobody_is_not_kept():
    assert send(EmailMultiAlternatives("News", "Hello.", "portal@example.com", [])) == 0


def test_newest_are_kept(monkeypatch):
    monkeypatch.setattr("oncall.outbox.mailbox.KEPT", 3)
    for number in range(5):
        send(make_mail(str(number)))
    assert list(MailboxMail.objects.order_by("pk").values_list("subject", flat=True)) == ["2", "3", "4"]
