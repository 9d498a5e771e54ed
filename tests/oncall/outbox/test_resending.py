"""Sending again by hand."""

import datetime as dt

import pytest
from django.core import mail

from accounts.errors import NotAllowed
from accounts.roles import ADMINISTRATOR, RESPONDER
from oncall.errors import NotYours, WrongState
from oncall.models import Address, Delivery, Kind
from oncall.outbox import notify
from oncall.outbox.delivering import deliver_due
from oncall.services.resending import resend, resend_all
from tests.factories import NOW, make_user

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=3)


def give_up(person, number=1):
    told = notify(key=f"n:{number}", kind=Kind.SHIFT, to=person, subject="News", text="Hello.", now=NOW)
    told.deliveries.update(status="given_up", attempts=28, finished_at=NOW, last_error="Tried 28 times.")
    return told.deliveries.get()


def test_own_message_goes_out_again_with_its_message_id(ada, clock):
    delivery = give_up(ada)
    resend(delivery, user=ada, now=LATER)
    clock.now = LATER
    assert deliver_due("mail", now=clock) == 1
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == ("sent", 1)
    assert str(delivery.message_id) in mail.outbox[0].extra_headers["Message-ID"]


def test_administrator_sends_anybodys_again(ada):
    assert resend(give_up(ada), user=make_user("root", role=ADMINISTRATOR), now=LATER).status == "waiting"


def test_colleague_may_not(ada):
    with pytest.raises(NotYours):
        resend(give_up(ada), user=make_user("ben", role=RESPONDER), now=LATER)


def test_pause_can_be_cut_short(ada):
    delivery = give_up(ada)
    Delivery.objects.update(status="waiting", finished_at=None, due_at=LATER + dt.timedelta(hours=1))
    assert resend(delivery, user=ada, now=LATER).due_at == LATER


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "sent", "finished_at": NOW}, "sent already"),
        (
            {
                "status": "sending",
                "finished_at": None,
                "leased_until": NOW,
                "claim": "0b9d8f0e-0000-4000-8000-000000000000",
            },
            "being sent",
        ),
    ],
)
def test_what_is_sent_or_on_its_way_is_not_sent_again(ada, fields, words):
    delivery = give_up(ada)
    Delivery.objects.update(**fields)
    with pytest.raises(WrongState, match=words):
        resend(delivery, user=ada, now=LATER)


def test_address_that_was_removed_is_said(ada):
    delivery = give_up(ada)
    Address.objects.all().delete()
    with pytest.raises(WrongState, match="address was removed"):
        resend(delivery, user=ada, now=LATER)


def test_all_go_again_at_once_but_those_without_an_address(ada):
    give_up(ada, 1)
    give_up(ada, 2)
    give_up(make_user("ben"), 3)
    Address.objects.filter(person__email="ben@example.com").delete()
    assert resend_all(user=make_user("root", role=ADMINISTRATOR), now=LATER) == 2
    assert list(Delivery.objects.order_by("pk").values_list("status", flat=True)) == ["waiting", "waiting", "given_up"]


def test_all_is_for_administrators(ada):
    with pytest.raises(NotAllowed):
        resend_all(user=ada, now=LATER)
