"""What was told: one's own list, everybody's for administrators, and sending again."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.roles import ADMINISTRATOR, APPROVER
from oncall.errors import NotAllowed, NotYours, WrongState
from oncall.models import Address, Delivery, Kind, Notification
from oncall.services.resending import resend, resend_all
from tests.factories import NOW, make_user

pytestmark = pytest.mark.django_db
MINE, ALL = "/me/notifications/", "/notifications/"
HOUR = dt.timedelta(hours=1)


def make_delivery(person, status="sent", *, subject="Your shift starts", kind=Kind.SHIFT, **fields):
    address, _ = Address.objects.get_or_create(person=person, transport="email", target=person.email)
    notification = Notification.objects.create(
        key=f"{subject}:{Notification.objects.count()}",
        kind=kind,
        person=person,
        to=str(person),
        subject=subject,
        text="…",
        created_at=timezone.now(),
    )
    done = status in {"sent", "given_up"}
    sending = {"claim": "0" * 32, "leased_until": NOW} if status == "sending" else {}
    defaults = {
        "address": address,
        "transport": "email",
        "shown_target": person.email,
        "due_at": NOW,
        "finished_at": NOW if done else None,
    }
    return Delivery.objects.create(notification=notification, status=status, **(defaults | sending | fields))


@pytest.fixture
def boss():
    return make_user("dee", role=ADMINISTRATOR)


def test_everybody_sees_what_they_were_told_and_nothing_else(as_ada, ada):
    make_delivery(ada, subject="For Ada")
    make_delivery(make_user("ben"), subject="For Ben")
    page = as_ada.get(MINE).content.decode()
    assert "For Ada" in page
    assert "For Ben" not in page


@pytest.mark.parametrize(
    ("status", "fields", "words"),
    [
        ("sent", {}, "Sent"),
        ("sending", {}, "Being sent"),
        ("given_up", {"last_error": "550 no such user"}, "550 no such user"),
        ("waiting", {"attempts": 2, "last_error": "timed out"}, "Waiting to try again"),
        ("waiting", {"due_at": timezone.make_aware(dt.datetime(2100, 1, 1), dt.UTC)}, "not before"),
    ],
)
def test_the_state_is_said_in_words(as_ada, ada, status, fields, words):
    make_delivery(ada, status, **fields)
    assert words in as_ada.get(MINE).content.decode()


def test_what_had_nowhere_to_go_is_said(as_ada, ada):
    make_delivery(ada).delete()
    assert "No address" in as_ada.get(MINE).content.decode()


def test_the_whole_list_is_for_administrators(as_ada, as_user, boss):
    make_delivery(make_user("ben"), subject="For Ben")
    assert as_ada.get(ALL).status_code == 403
    assert as_user(make_user("cy", role=APPROVER)).get(ALL).status_code == 403
    assert "For Ben" in as_user(boss).get(ALL).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=given_up", {"Gap"}),
        ("kind=shift", {"Shift"}),
        ("who=ben", {"Shift"}),
        ("who=example.com&kind=team", {"Gap"}),
        ("state=nonsense&kind=nonsense", {"Gap", "Shift"}),
        ("who=%00&page=999", {"Gap", "Shift"}),
        ("who=nobody", set()),
    ],
)
def test_the_list_is_filtered(as_user, boss, query, found):
    make_delivery(make_user("ada"), "given_up", subject="Gap", kind=Kind.TEAM)
    make_delivery(make_user("ben"), subject="Shift", kind=Kind.SHIFT)
    page = as_user(boss).get(f"{ALL}?{query}")
    assert {delivery.notification.subject for delivery in page.context["page"]} == found


def test_what_was_given_up_stands_on_top_with_the_reason(as_user, boss):
    make_delivery(boss, "given_up", subject="Gap", last_error="550 no such <user>", attempts=28)
    page = as_user(boss).get(f"{ALL}?kind=page").content.decode()
    assert "550 no such &lt;user&gt;" in page
    assert "28 attempts" in page


def test_what_went_nowhere_is_listed(as_user, boss):
    make_delivery(boss, subject="Into the fog").delete()
    assert "Into the fog" in as_user(boss).get(ALL).content.decode()


@pytest.mark.parametrize("path", [ALL, MINE])
def test_queries_do_not_grow_with_rows(as_user, boss, path, django_assert_max_num_queries):
    for number in range(25):
        make_delivery(boss, "given_up" if number % 2 else "sent", subject=f"Number {number}")
    client = as_user(boss)
    client.get(path)
    with django_assert_max_num_queries(7):
        client.get(path)


def test_a_long_list_has_pages(as_user, boss):
    for number in range(51):
        make_delivery(boss, subject=f"Number {number}")
    client = as_user(boss)
    assert len(client.get(MINE).context["page"]) == 50
    assert len(client.get(f"{MINE}?page=2").context["page"]) == 1


def test_an_administrator_sends_again(as_user, boss, ada):
    delivery = make_delivery(ada, "given_up", attempts=28)
    message_id = delivery.message_id
    response = as_user(boss).post(f"{ALL}{delivery.pk}/resend/")
    delivery.refresh_from_db()
    assert response["Location"] == ALL
    assert (delivery.status, delivery.attempts, delivery.finished_at) == ("waiting", 0, None)
    assert delivery.message_id == message_id


def test_everybody_sends_their_own_again(as_ada, ada):
    delivery = make_delivery(ada, "given_up")
    assert as_ada.post(f"{ALL}{delivery.pk}/resend/", {"mine": "1"})["Location"] == MINE
    delivery.refresh_from_db()
    assert delivery.status == "waiting"


def test_a_pause_is_cut_short(as_user, boss, ada):
    delivery = make_delivery(ada, "waiting", attempts=3, due_at=timezone.now() + 5 * HOUR)
    assert "Send now" in as_user(boss).get(ALL).content.decode()
    as_user(boss).post(f"{ALL}{delivery.pk}/resend/")
    delivery.refresh_from_db()
    assert delivery.due_at < timezone.now()


def test_those_of_others_are_not_there(as_ada):
    delivery = make_delivery(make_user("ben"), "given_up")
    assert as_ada.post(f"{ALL}{delivery.pk}/resend/").status_code == 404
    with pytest.raises(NotYours):
        resend(delivery, user=make_user("cy"), now=NOW)


@pytest.mark.parametrize("status", ["sent", "sending"])
def test_what_was_sent_or_is_on_its_way_is_not_sent_again(ada, status):
    delivery = make_delivery(ada, status)
    with pytest.raises(WrongState):
        resend(delivery, user=ada, now=NOW)
    delivery.refresh_from_db()
    assert delivery.status == status


def test_an_address_that_was_removed_gets_nothing_more(as_ada, ada):
    delivery = make_delivery(ada, "given_up")
    ada.addresses.all().delete()
    page = as_ada.post(f"{ALL}{delivery.pk}/resend/", {"mine": "1"}, follow=True)
    assert "Its address was removed" in page.content.decode()


def test_all_are_sent_again_at_once(as_user, boss, ada):
    for number in range(3):
        make_delivery(ada, "given_up", subject=f"Number {number}")
    make_delivery(ada, "sent")
    page = as_user(boss).post(f"{ALL}resend/", follow=True).content.decode()
    assert "3 messages will be sent again" in page
    assert not Delivery.objects.given_up().exists()


def test_all_is_for_administrators(as_ada, ada):
    make_delivery(ada, "given_up")
    assert as_ada.post(f"{ALL}resend/").status_code == 403
    with pytest.raises(NotAllowed):
        resend_all(user=ada, now=NOW)
