"""The worker is nudged after the transaction, once, and only when there is something to send."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from oncall.models import Channel, Delivery, Kind, Notification
from oncall.outbox import notify
from oncall.outbox.nudging import nudge
from tests.factories import NOW, make_user


def tell(to, number=1):
    return notify(key=f"n:{number}", kind=Kind.SHIFT, to=to, subject="News", text="Hello.", now=NOW)


@pytest.mark.django_db
def test_many_notifications_of_one_transaction_nudge_once(ada, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        for number in range(5):
            tell(ada, number)
    assert callbacks == [nudge]


@pytest.mark.django_db
def test_nothing_to_send_nudges_nobody(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        tell(Channel.objects.create(purpose="Incidents", channel="#harbour"))
    assert callbacks == []


@pytest.mark.django_db
def test_nudge_is_not_lost_when_an_inner_part_is_rolled_back(ada, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            tell(ada, 1)
            raise ZeroDivisionError
        tell(ada, 2)
    assert callbacks == [nudge]


@pytest.mark.django_db(transaction=True)
def test_same_cause_told_by_many_at_once_is_told_once():
    ada, barrier = make_user("ada"), Barrier(4)

    def tell_at_once(_):
        barrier.wait()
        try:
            return tell(ada)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        told = [notification for notification in pool.map(tell_at_once, range(4)) if notification]
    assert len(told) == Notification.objects.count() == Delivery.objects.count() == 1
    assert ada.addresses.count() == 1
