"""The outbox's figures on /metrics."""

import datetime as dt

import pytest
from django.test import Client

from oncall.models import Delivery, Kind
from oncall.outbox import notify
from oncall.outbox.counting import count_outbox
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def tell(to, number, minutes=0, **fields):
    when = NOW + dt.timedelta(minutes=minutes)
    told = notify(key=f"n:{number}", kind=Kind.SHIFT, to=to, subject="News", text="Hello.", now=when)
    told.deliveries.update(**fields)


def test_waiting_given_up_and_the_age_of_the_oldest(ada):
    tell(ada, 1, minutes=-10)
    tell(ada, 2, minutes=60)  # not due yet
    tell(ada, 3, minutes=-90, status="given_up", finished_at=NOW)
    tell(ada, 4, minutes=-90, status="sent", finished_at=NOW)
    counts = count_outbox(NOW)
    assert (counts.waiting, counts.sending, counts.given_up, counts.oldest_due_seconds) == (2, 0, 1, 600)


def test_empty_outbox_has_no_age():
    assert count_outbox(NOW).oldest_due_seconds == 0


def test_metrics_name_them(ada, settings):
    settings.METRICS_TOKEN = "lighthouse"
    tell(ada, 1)
    Delivery.objects.update(status="given_up", finished_at=NOW)
    text = Client().get("/metrics", headers={"Authorization": "Bearer lighthouse"}).content.decode()
    assert 'portal_outbox_deliveries{status="given_up"} 1.0' in text
    assert 'portal_outbox_deliveries{status="waiting"} 0.0' in text
    assert "portal_outbox_oldest_due_seconds 0.0" in text
    assert "portal_http_requests_total" in text
