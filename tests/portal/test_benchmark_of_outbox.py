"""The outbox's benchmark: a mail server that counts, and notifications to send."""

import smtplib
import time
from email.message import EmailMessage

import pytest

from oncall.models import Delivery
from portal.benchmark.mail_sink import MailSink
from portal.benchmark.outbox import await_mails, count_unsent, tell


def make_mail(number):
    mail = EmailMessage()
    mail["Message-ID"], mail["From"], mail["To"] = f"<{number}@example.com>", "a@example.com", "b@example.com"
    mail.set_content("Hello.\n.\nMessage-ID: <not-a-header@example.com>\n")
    return mail


def test_mail_server_counts_each_message_id():
    with MailSink() as sink, smtplib.SMTP("127.0.0.1", sink.port) as line:
        for number in (1, 2, 2):
            line.send_message(make_mail(number))
        assert sink.ids == {b"<1@example.com>": 1, b"<2@example.com>": 2}
        assert sink.first_at < sink.last_at


def test_waiting_ends_when_nothing_comes_any_more(monkeypatch):
    monkeypatch.setattr("portal.benchmark.outbox.STALL_SECONDS", 0.0)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    await_mails(MailSink(), 5)


@pytest.mark.django_db
def test_notifications_are_written_for_mail_alone():
    assert tell(3)["rate"] > 0
    assert list(Delivery.objects.values_list("transport", flat=True)) == ["email"] * 3
    assert count_unsent() == {"unsent": 3}
