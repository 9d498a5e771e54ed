"""Fixtures of the outbox's tests."""

import datetime as dt

import pytest

from tests.factories import NOW
from tests.oncall.outbox.sinks import MailSink, WebSink


class Clock:
    """A clock that a test sets forward."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now

    def pass_time(self, **much: float) -> None:
        self.now += dt.timedelta(**much)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def mail_sink(settings):
    """A mail server, and the portal set up to use it."""
    with MailSink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        settings.OUTBOX_SEND_SECONDS = settings.EMAIL_TIMEOUT = 2.0
        yield sink


@pytest.fixture
def web_sink(settings):
    """A web server on this machine, and the portal allowed to send there."""
    settings.OUTBOX_PRIVATE_NETWORKS = True
    settings.OUTBOX_SEND_SECONDS = 2.0
    with WebSink() as sink:
        yield sink
