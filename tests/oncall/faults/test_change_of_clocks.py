"""The clock steps over a change of daylight-saving time: nothing is early, doubled or forgotten."""

import datetime as dt
import zoneinfo
from collections import Counter

import pytest
from django.core import mail

from oncall.models import Delivery, Kind, QuietHours
from oncall.outbox import notify
from oncall.outbox.delivering import deliver_due
from tests.factories import make_user

pytestmark = pytest.mark.django_db
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    "evening", [dt.datetime(2026, 3, 28, 21, tzinfo=BERLIN), dt.datetime(2026, 10, 24, 21, tzinfo=BERLIN)]
)
def test_night_of_23_or_25_hours_sends_each_once_and_none_too_early(evening):
    ada = make_user("ada", time_zone="Europe/Berlin")
    QuietHours.objects.create(person=ada, starts_at=dt.time(22), ends_at=dt.time(7))
    now = evening.astimezone(dt.UTC)
    morning = (evening + dt.timedelta(hours=11)).astimezone(dt.UTC)  # 08:00 on the wall, whatever the night's length
    told = 0
    while now <= morning:
        for kind in (Kind.SHIFT, Kind.PAGE):
            notify(key=f"{kind}:{told}", kind=kind, to=ada, subject=f"{kind} {told}", text="Hello.", now=now)
        told += 1
        at = now
        deliver_due("mail", now=lambda at=at: at)
        now += dt.timedelta(minutes=15)
    assert Counter(message.subject for message in mail.outbox) == {
        f"{kind} {number}": 1 for kind in (Kind.SHIFT, Kind.PAGE) for number in range(told)
    }
    for delivery in Delivery.objects.select_related("notification"):
        local = delivery.finished_at.astimezone(BERLIN).time()
        is_page = delivery.notification.kind == Kind.PAGE
        assert is_page or not (local >= dt.time(22) or local < dt.time(7))
        assert not is_page or delivery.finished_at == delivery.notification.created_at
