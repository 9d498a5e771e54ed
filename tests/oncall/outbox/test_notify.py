"""Writing what has to be told: to whom, through what, when, and once."""

import datetime as dt

import pytest
from django.db import transaction

from oncall.models import Address, AddressChoice, Channel, Contact, Delivery, Kind, Notification, QuietHours
from oncall.outbox import notify, notify_team
from tests.factories import NOW, make_team, make_user

pytestmark = pytest.mark.django_db


def tell(to, **fields):
    given = {"key": f"cause:1:{to.pk}", "kind": Kind.SWAP, "subject": "A swap", "text": "Please answer.", "now": NOW}
    return notify(to=to, **(given | fields))


def add_address(transport, target, **owner):
    return Address.objects.create(transport=transport, target=target, **owner)


def test_login_mail_becomes_an_address_by_itself(ada):
    tell(ada)
    delivery = Delivery.objects.get()
    assert (delivery.transport, delivery.shown_target, delivery.due_at) == ("email", "ada@example.com", NOW)
    assert delivery.address == ada.addresses.get()


def test_login_mail_follows_the_login(ada):
    tell(ada)
    ada.email = "winter@example.com"
    ada.save()
    tell(ada, key="another")
    assert ada.addresses.get().target == "winter@example.com"


def test_mail_that_was_switched_off_stays_off(ada):
    add_address("email", "ada@example.com", person=ada, is_enabled=False)
    assert tell(ada).deliveries.count() == 0


def test_same_key_is_told_once(ada):
    assert tell(ada) is not None
    assert tell(ada, subject="Again") is None
    assert Notification.objects.get().subject == "A swap"
    assert Delivery.objects.count() == 1


def test_same_key_does_not_break_the_transaction_of_its_cause(ada):
    tell(ada)
    with transaction.atomic():
        tell(ada)
        make_user("ben")
    assert type(ada).objects.filter(email="ben@example.com").exists()


def test_nothing_is_left_of_a_cause_that_was_rolled_back(ada):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell(ada)
        raise ZeroDivisionError
    assert not Notification.objects.exists()


def test_somebody_who_left_gets_nothing(ada):
    ada.is_active = False
    ada.save()
    assert tell(ada) is None
    assert not Notification.objects.exists()


def test_ordinary_news_go_by_mail_and_a_page_goes_everywhere(ada):
    add_address("ntfy", "ntfys://ntfy.example.com/pier", person=ada)
    assert {d.transport for d in tell(ada).deliveries.all()} == {"email"}
    assert {d.transport for d in tell(ada, key="page", kind=Kind.PAGE).deliveries.all()} == {"email", "ntfy"}


def test_choice_of_a_kind_wins_over_the_rule(ada):
    phone = add_address("ntfy", "ntfys://ntfy.example.com/pier", person=ada)
    AddressChoice.objects.create(address=phone, kind=Kind.SWAP)
    assert {d.transport for d in tell(ada).deliveries.all()} == {"ntfy"}
    assert {d.transport for d in tell(ada, key="other", kind=Kind.REVIEW).deliveries.all()} == {"email"}


def test_choice_of_an_address_that_was_switched_off_falls_back_to_the_rule(ada):
    phone = add_address("ntfy", "ntfys://ntfy.example.com/pier", person=ada, is_enabled=False)
    AddressChoice.objects.create(address=phone, kind=Kind.SWAP)
    assert {d.transport for d in tell(ada).deliveries.all()} == {"email"}


def test_test_message_goes_to_its_address_only(ada):
    phone = add_address("ntfy", "ntfys://ntfy.example.com/pier", person=ada)
    tell(ada, kind=Kind.TEST, address=phone)
    assert [d.address for d in Delivery.objects.all()] == [phone]


@pytest.mark.parametrize(
    ("kind", "due_at"),
    [(Kind.SWAP, dt.datetime(2026, 11, 17, 6, tzinfo=dt.UTC)), (Kind.PAGE, NOW), (Kind.TEST, NOW)],
)
def test_quiet_hours_hold_back_everything_but_pages_and_tests(kind, due_at):
    ada = make_user("ada", time_zone="Europe/Berlin")
    QuietHours.objects.create(person=ada, starts_at=dt.time(22), ends_at=dt.time(7))
    tell(ada, kind=kind)
    assert Delivery.objects.get().due_at == due_at


def test_contact_without_an_address_stands_there_without_deliveries():
    line = Contact.objects.create(name="Harbour master", kind=Contact.Kind.SHARED)
    notification = tell(line)
    assert (notification.to, notification.contact, notification.deliveries.count()) == ("Harbour master", line, 0)


def test_contact_with_a_login_is_told_as_that_person(ada):
    notification = tell(Contact.objects.create(name="Ada Winter", user=ada))
    assert notification.person == ada
    assert notification.deliveries.get().shown_target == "ada@example.com"


def test_contact_who_left_gets_nothing():
    assert tell(Contact.objects.create(name="Cy", left_at=NOW)) is None


def test_team_means_its_leads_and_its_channels():
    ada, ben = make_user("ada"), make_user("ben")
    team = make_team("Harbour", ada, ben)
    channel = Channel.objects.create(purpose="Incidents", channel="#harbour", team=team)
    add_address("slack", "slack://T1234567/B1234567/abcdefghijklmnopqrstuvwx", channel=channel)
    Channel.objects.create(purpose="Chatter", channel="#pier", team=team)
    team.memberships.filter(user=ada).update(is_lead=True)
    notify_team(team, key="gap:1", kind=Kind.TEAM, subject="A gap", text="Nobody.", now=NOW)
    assert set(Notification.objects.values_list("key", flat=True)) == {
        f"gap:1:user:{ada.pk}",
        f"gap:1:channel:{channel.pk}",
    }


def test_team_that_nobody_leads_means_all_its_members():
    ada, ben = make_user("ada"), make_user("ben")
    gone = make_user("cy", is_active=False)
    told = notify_team(
        make_team("Harbour", ada, ben, gone), key="gap:1", kind=Kind.TEAM, subject="A gap", text="Nobody.", now=NOW
    )
    assert {notification.person for notification in told} == {ada, ben}


def test_subject_can_not_bring_a_header_of_its_own(ada):
    assert tell(ada, subject="A swap\r\nBcc: everybody@example.com\0").subject == "A swap Bcc: everybody@example.com"


@pytest.mark.parametrize("url", ["https://elsewhere.example.com/", "//elsewhere.example.com/", "swaps/1/"])
def test_link_leads_into_the_portal(ada, url):
    with pytest.raises(ValueError, match="path of the portal"):
        tell(ada, url=url)


@pytest.mark.parametrize(
    ("transport", "target", "shown"),
    [
        ("email", "ada@example.com", "ada@example.com"),
        ("webhook", "https://user:pw@hooks.example.com:8443/in/secret?token=x", "https://hooks.example.com:8443/…"),
        ("slack", "https://hooks.slack.com/services/T0/B0/secret", "https://hooks.slack.com/…"),
        ("slack", "slack://TokenA/TokenB/TokenC", "slack://…"),
        ("ntfy", "ntfys://user:pw@ntfy.example.com/topic", "ntfys://ntfy.example.com/…"),
        ("ntfy", "ntfy://secret-topic", "ntfy://…"),
        ("sms", "twilio://AC0:token@15550000000/15550001111", "twilio://…"),
        ("webhook", "https://[::1", "https://…"),
        ("other", "nonsense", "Another service (Apprise address)"),
    ],
)
def test_shown_target_holds_no_secret(ada, transport, target, shown):
    tell(ada, kind=Kind.TEST, address=add_address(transport, target, person=ada))
    assert Delivery.objects.get().shown_target == shown
