"""Fixtures of the fault tests."""

import pytest

from tests.oncall.faults.fleet import Fleet
from tests.oncall.outbox.sinks import MailSink


@pytest.fixture
def sink():
    with MailSink() as sink:
        yield sink


@pytest.fixture
def fleet(tmp_path, sink):
    """Workers and beats that send to the sink."""
    with Fleet(tmp_path, EMAIL_URL=sink.url) as fleet:
        yield fleet


@pytest.fixture(autouse=True)
def _quiet_sink(caplog):
    """The mail server's own log is long, and slow to keep."""
    caplog.set_level("WARNING", logger="mail.log")
