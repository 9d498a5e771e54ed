"""Deliveries, addresses, tests and checks in the admin: to look at, and to send again."""

import pytest
from django.urls import reverse

from accounts.roles import ADMINISTRATOR, APPROVER
from oncall.models import Address, Delivery, Kind, MailboxMail, Notification, ReachTest, ShiftCheck
from tests.factories import NOW, make_rotation, make_team, make_user

pytestmark = pytest.mark.django_db
NAMES = ["notification", "delivery", "address", "reachtest", "shiftcheck", "mailboxmail"]
SLACK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"


def list_of(name):
    return reverse(f"admin:oncall_{name}_changelist")


def page_of(row):
    return reverse(f"admin:oncall_{row._meta.model_name}_change", args=[row.pk])


@pytest.fixture
def as_boss(as_user):
    return as_user(make_user("dee", role=ADMINISTRATOR, is_staff=True))


def make_rows(number=0):
    person = make_user(f"p{number}")
    address = Address.objects.create(person=person, transport="slack", target=SLACK, secret="s3cret", label="Chat")
    notification = Notification.objects.create(
        key=f"n{number}", kind=Kind.TEST, person=person, to=str(person), subject="Hello", text="…", created_at=NOW
    )
    Delivery.objects.create(
        notification=notification,
        address=address,
        transport="slack",
        shown_target="https://hooks.slack.com/…",
        status="given_up",
        due_at=NOW,
        finished_at=NOW,
    )
    ReachTest.objects.create(
        address=address, person=person, notification=notification, token=f"tok-{number}", sent_at=NOW
    )
    layer = make_rotation(make_team(f"Team {number}"), person).layers.get()
    ShiftCheck.objects.create(layer=layer, person=person, shift_starts_at=NOW, checked_at=NOW, problems=["Away."])
    MailboxMail.objects.create(
        to="a@b.example", sender="", subject="Hello", html="<script>1</script>", raw=b"raw", received_at=NOW
    )


@pytest.mark.parametrize("name", NAMES)
def test_lists_and_pages_open_for_administrators(as_boss, name):
    make_rows()
    page = as_boss.get(list_of(name))
    assert page.status_code == 200
    row = page.context["cl"].queryset.get()
    assert as_boss.get(page_of(row)).status_code == 200
    assert as_boss.get(list_of(name), {"q": "p0 \x00"}).status_code in {200, 302}


@pytest.mark.parametrize("name", NAMES)
def test_they_are_closed_for_everybody_else(as_user, name):
    assert as_user(make_user("cy", role=APPROVER, is_staff=True)).get(list_of(name)).status_code == 403


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_made_or_changed_there(as_boss, name):
    make_rows()
    row = as_boss.get(list_of(name)).context["cl"].queryset.get()
    assert as_boss.get(reverse(f"admin:oncall_{name}_add")).status_code == 403
    assert as_boss.post(page_of(row), {"subject": "Changed", "label": "Changed"}).status_code == 403


def test_what_is_secret_in_an_address_is_not_shown(as_boss):
    make_rows()
    for path in (list_of("address"), page_of(Address.objects.get()), page_of(ReachTest.objects.get())):
        page = as_boss.get(path).content.decode()
        assert "TIiajkdnlazkcOXrIdevi7FQ" not in page
        assert "s3cret" not in page
        assert "tok-0" not in page


def test_deliveries_are_sent_again_and_refusals_are_said(as_boss):
    make_rows(1)
    make_rows(2)
    Delivery.objects.filter(notification__key="n2").update(status="sent")
    ids = list(Delivery.objects.values_list("pk", flat=True))
    page = as_boss.post(list_of("delivery"), {"action": "send_again", "_selected_action": ids}, follow=True)
    text = page.content.decode()
    assert "1 will be sent again." in text
    assert "It was sent already." in text
    assert set(Delivery.objects.values_list("status", flat=True)) == {"waiting", "sent"}


@pytest.mark.parametrize("name", NAMES)
def test_lists_take_as_many_queries_for_many_rows_as_for_few(as_boss, name, django_assert_max_num_queries):
    for number in range(2):
        make_rows(number)
    as_boss.get(list_of(name))
    with django_assert_max_num_queries(14) as few:
        as_boss.get(list_of(name))
    for number in range(2, 12):
        make_rows(number)
    with django_assert_max_num_queries(len(few)):
        as_boss.get(list_of(name))
