"""Where the portal sends: adding, switching, choosing, quiet hours."""

import datetime as dt

import pytest

from accounts.roles import ADMINISTRATOR, EDITOR
from oncall.errors import AddressRefused, LastAddress, NotAllowed, NotYours, WrongState
from oncall.models import Address, AddressChoice, Channel, Contact, Kind, QuietHours
from oncall.outbox.choosing import find_addresses
from oncall.services.addresses import (
    MOST,
    add_address,
    remove_address,
    renew_secret,
    set_choices,
    set_quiet_hours,
    switch_address,
)
from tests.factories import make_user

pytestmark = pytest.mark.django_db
TWILIO = f"twilio://AC{'a' * 32}:{'b' * 32}@+442079460001/"
SLACK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
NTFY = "https://ntfy.sh/harbour-pages"


def add(owner, transport="email", target="ada@pier.example", **extra):
    return add_address(owner, transport, target, **({"user": owner} | extra))


def test_a_person_adds_an_address_of_their_own(ada):
    address = add(ada, label="  Home   mail ")
    assert (address.person, address.label, address.is_enabled, address.secret) == (ada, "Home mail", True, "")


def test_a_webhook_gets_a_secret_of_its_own(ada):
    first = add(ada, "webhook", "https://93.184.215.14/one")
    second = add(ada, "webhook", "https://93.184.215.14/two")
    assert len(first.secret) == 64
    assert first.secret != second.secret


@pytest.mark.parametrize(
    ("transport", "target"),
    [
        ("email", "ada"),
        ("email", "ada@pier.example\nBcc: all@pier.example"),
        ("webhook", "http://93.184.215.14/"),
        ("webhook", "https://127.0.0.1/"),
        ("webhook", "https://192.168.1.20/hook"),
        ("webhook", "https://[::1]/"),
        ("slack", "https://example.com/"),
        ("ntfy", "nonsense"),
        ("sms", TWILIO),
        ("sms", f"{TWILIO}12"),
        ("sms", f"{TWILIO}+447700900123/999"),
        ("sms", "+44 7700 900123"),
        ("other", "file:///etc/passwd"),
        ("pigeon", "loft 3"),
    ],
)
def test_what_nothing_can_be_sent_to_is_refused(ada, transport, target):
    with pytest.raises(AddressRefused):
        add(ada, transport, target)
    assert not Address.objects.exists()


def test_a_gateway_with_a_real_number_is_taken(ada):
    assert add(ada, "sms", f"{TWILIO}+447700900123").transport == "sms"


def test_the_same_address_twice_is_refused(ada):
    add(ada)
    with pytest.raises(AddressRefused, match="already there"):
        add(ada)


def test_there_is_an_end_to_addresses(ada):
    for number in range(MOST):
        add(ada, target=f"ada{number}@pier.example")
    with pytest.raises(AddressRefused, match=str(MOST)):
        add(ada)


def test_nobody_adds_addresses_to_somebody_else(ada):
    with pytest.raises(NotYours):
        add(ada, user=make_user("ben", role=EDITOR))


def test_an_administrator_may(ada):
    assert add(ada, user=make_user("ben", role=ADMINISTRATOR)).person == ada


@pytest.mark.parametrize("owner", [Contact(name="Harbour master"), Channel(purpose="Incidents", channel="#harbour")])
def test_contacts_and_channels_are_for_editors(ada, owner):
    owner.pk = None
    owner.save()
    with pytest.raises(NotAllowed):
        add(owner, user=ada)
    assert add(owner, user=make_user("ben", role=EDITOR)).target == "ada@pier.example"


def test_the_last_address_is_switched_off_only_by_somebody_who_is_sure(ada):
    address = add(ada)
    with pytest.raises(LastAddress):
        switch_address(address, on=False, user=ada)
    assert not switch_address(address, on=False, user=ada, sure=True).is_enabled


def test_one_of_two_is_switched_off_without_a_question(ada):
    first, second = add(ada), add(ada, "ntfy", NTFY)
    switch_address(second, on=False, user=ada)
    with pytest.raises(LastAddress):
        switch_address(first, on=False, user=ada)


def test_the_only_mail_address_stays(ada):
    mail = add(ada)
    add(ada, "ntfy", NTFY)
    with pytest.raises(WrongState, match="Switch it off"):
        remove_address(mail, user=ada)


def test_another_address_is_removed(ada):
    add(ada)
    other = add(ada, "ntfy", NTFY)
    remove_address(other, user=ada)
    assert [address.transport for address in ada.addresses.all()] == ["email"]


def test_removing_the_last_one_in_use_asks_first(ada):
    mail, other = add(ada), add(ada, "ntfy", NTFY)
    switch_address(mail, on=False, user=ada)
    with pytest.raises(LastAddress):
        remove_address(other, user=ada)
    remove_address(other, user=ada, sure=True)
    assert not ada.addresses.usable().exists()


def test_a_new_secret_replaces_the_old_one(ada):
    hook = add(ada, "webhook", "https://93.184.215.14/one")
    old = hook.secret
    assert renew_secret(hook, user=ada).secret != old
    with pytest.raises(WrongState):
        renew_secret(add(ada), user=ada)


def test_choices_decide_where_a_kind_goes(ada):
    mail, ntfy = add(ada), add(ada, "ntfy", NTFY)
    set_choices(ada, {Kind.SHIFT: [ntfy.pk]}, user=ada)
    assert find_addresses(ada, Kind.SHIFT) == [ntfy]
    assert find_addresses(ada, Kind.SWAP) == [mail]


def test_a_choice_that_is_the_rule_is_not_kept_so_that_later_addresses_get_pages_too(ada):
    mail = add(ada)
    set_choices(ada, {Kind.PAGE: [mail.pk], Kind.SHIFT: [mail.pk]}, user=ada)
    assert not AddressChoice.objects.exists()
    ntfy = add(ada, "ntfy", NTFY)
    assert set(find_addresses(ada, Kind.PAGE)) == {mail, ntfy}


def test_nothing_ticked_is_the_rule_again(ada):
    mail, ntfy = add(ada), add(ada, "ntfy", NTFY)
    set_choices(ada, {Kind.PAGE: [ntfy.pk]}, user=ada)
    set_choices(ada, {}, user=ada)
    assert set(find_addresses(ada, Kind.PAGE)) == {mail, ntfy}


def test_choices_keep_to_ones_own_addresses(ada):
    ben = make_user("ben")
    theirs = add(ben, target="ben@pier.example")
    add(ada)
    set_choices(ada, {Kind.SHIFT: [theirs.pk], "nonsense": [theirs.pk]}, user=ada)
    assert not AddressChoice.objects.exists()


def test_quiet_hours_are_set_changed_and_taken_away(ada):
    set_quiet_hours(ada, (dt.time(22), dt.time(7)), user=ada)
    set_quiet_hours(ada, (dt.time(21), dt.time(7)), user=ada)
    assert str(QuietHours.objects.get(person=ada)) == "21:00–07:00"
    set_quiet_hours(ada, None, user=ada)
    assert not QuietHours.objects.exists()


def test_quiet_hours_of_a_whole_day_are_refused(ada):
    with pytest.raises(AddressRefused):
        set_quiet_hours(ada, (dt.time(8), dt.time(8)), user=ada)
