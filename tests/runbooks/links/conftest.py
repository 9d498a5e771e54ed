"""Fixtures: a clock, web servers, and a runbook that leads to them."""

import datetime as dt

import pytest

from runbooks.models import ExternalLink
from runbooks.services.links.checking import check_until
from tests.factories import make_published
from tests.runbooks.links.far_ends import Clock, FarEnd


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def far_end(settings, clock):
    """A web server on this machine, and the portal allowed to ask there."""
    settings.LINK_PRIVATE_NETWORKS = True
    settings.LINK_TIMEOUT_SECONDS = 2.0
    with FarEnd(clock) as server:
        yield server


@pytest.fixture
def other_end(far_end, clock):
    """Another one, which is another host."""
    with FarEnd(clock) as server:
        yield server


@pytest.fixture
def lead_to(db):
    """Publish a runbook whose text leads to those addresses; its links, by address."""

    def publish(*addresses, title="Ticket desk", **extra):
        lines = "\n\n".join(f"See [place {number}]({address})." for number, address in enumerate(addresses))
        return make_published(title, text=f"# {title}\n\n## Links\n\n{lines}\n", **extra)

    return publish


@pytest.fixture
def check(clock):
    """Let a worker ask whatever is due within the next minute of the clock."""

    def run(seconds=50):
        return check_until(clock() + dt.timedelta(seconds=seconds), now=clock, sleep=clock.sleep)

    return run


def get_link(address):
    return ExternalLink.objects.get(url=address)
