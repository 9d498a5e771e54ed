"""A mail server that refuses, hangs, and changes its mind: every notification arrives."""

import pytest
from django.utils import timezone

from oncall.models import Delivery
from oncall.outbox.nudging import nudge
from tests.oncall.faults.messages import all_sent, assert_each_came_once, end_pauses, tell_many

pytestmark = pytest.mark.django_db(transaction=True)


def all_failed_once() -> bool:
    return not Delivery.objects.exclude(status="waiting", attempts__gte=1).exists()


def some_failed() -> bool:
    return Delivery.objects.filter(status="waiting", attempts__gte=1).exists()


def go_on() -> None:
    end_pauses()
    nudge()


def test_server_that_refuses_connections_is_waited_for(fleet, sink):
    sink.stop()
    fleet.start("worker")
    tell_many(25)
    fleet.wait_for(all_failed_once, meanwhile=nudge)
    assert Delivery.objects.filter(due_at__gt=timezone.now()).count() == 25
    assert "Connection refused" in Delivery.objects.values_list("last_error", flat=True)[0]
    sink.start()
    fleet.wait_for(all_sent, meanwhile=go_on)
    assert_each_came_once(sink, 25)


def test_server_that_hangs_is_left_and_tried_again(hurried_fleet, sink):
    fleet = hurried_fleet
    sink.hold.clear()
    fleet.start("worker")
    tell_many(5)
    fleet.wait_for(some_failed, meanwhile=nudge)
    assert "connection to the mail server broke" in Delivery.objects.exclude(last_error="")[0].last_error
    sink.hold.set()
    fleet.wait_for(all_sent, meanwhile=go_on)
    assert_each_came_once(sink, 5, lost_answers=5)


def test_server_that_says_later_and_then_yes(fleet, sink):
    sink.answers = ["451 4.3.0 Try again", "452 4.2.2 Mailbox full", "421 4.3.2 Shutting down"]
    fleet.start("worker")
    tell_many(10)
    fleet.wait_for(some_failed, meanwhile=nudge)
    fleet.wait_for(all_sent, meanwhile=go_on)
    assert_each_came_once(sink, 10)


def test_answer_that_is_lost_means_twice_with_the_same_message_id(fleet, sink):
    sink.answers = ["250 fine", "drop", "250 fine"]
    fleet.start("worker")
    tell_many(6)
    fleet.wait_for(some_failed, meanwhile=nudge)
    fleet.wait_for(all_sent, meanwhile=go_on)
    assert_each_came_once(sink, 6, lost_answers=1)
    assert sorted(sink.count_ids().values()) == [1, 1, 1, 1, 1, 2]
