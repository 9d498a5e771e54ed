"""Changes to the directory: what is stored, what counts as confirmed, and what is refused."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.roles import APPROVER, EDITOR, RESPONDER
from oncall.errors import BadWay, NotAllowed, StillNeeded, WrongState
from oncall.models import Channel, Contact, EscalationLevel, EscalationPath, EscalationTarget, Vendor, Way
from oncall.services.directory import (
    WaySpec,
    bring_back,
    confirm_channel,
    confirm_contact,
    confirm_vendor,
    confirm_way,
    delete_channel,
    delete_vendor,
    mark_as_left,
    save_channel,
    save_contact,
    save_vendor,
)
from tests.factories import NOW, make_user
from tests.oncall.directory import DESK, MAIL, MOBILE, make_contact

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(days=100)
PHONE = WaySpec("phone", DESK)


@pytest.fixture
def ben(db):
    return make_user("ben", role=EDITOR)


def save(contact, ways, user, facts=None, **options):
    return save_contact(contact, facts or {"name": "Edda Brekke"}, ways, user=user, now=LATER, **options)


def test_a_contact_is_made_with_its_ways_and_counts_as_confirmed(ben):
    contact = save(None, [PHONE, WaySpec("email", MAIL)], ben)
    assert [way.value for way in contact.ways.order_by("pk")] == [DESK, MAIL]
    assert (contact.confirmed_by, contact.confirmed_at) == (ben, LATER)
    assert contact.ways.filter(confirmed_by=ben, confirmed_at=LATER).count() == 2


def test_a_way_that_stays_as_it_was_keeps_its_age(ben):
    contact = make_contact()
    phone, mail = contact.ways.order_by("pk")
    save(contact, [WaySpec("phone", DESK, pk=phone.pk), WaySpec("email", "new@skerry.example", pk=mail.pk)], ben)
    assert contact.ways.get(pk=phone.pk).confirmed_at == NOW
    assert contact.ways.get(pk=mail.pk).confirmed_at == LATER


def test_a_way_that_is_left_out_is_gone(ben):
    contact = make_contact()
    save(contact, [], ben)
    assert not contact.ways.exists()


def test_two_ways_may_change_places(ben):
    contact = make_contact(ways=(("phone", DESK), ("phone", "+44 20 7946 0151")))
    one, two = contact.ways.order_by("pk")
    save(contact, [WaySpec("phone", two.value, pk=one.pk), WaySpec("phone", one.value, pk=two.pk)], ben)
    assert {way.pk: way.value for way in contact.ways.all()} == {one.pk: two.value, two.pk: one.value}


def test_the_same_way_twice_is_refused_at_its_line(ben):
    with pytest.raises(BadWay) as refusal:
        save(None, [PHONE, WaySpec("phone", "+442079460150")], ben)
    assert refusal.value.place == 1
    assert not Contact.objects.exists()


def test_a_number_that_is_none_is_refused_and_nothing_is_saved(ben):
    with pytest.raises(BadWay):
        save(None, [WaySpec("phone", "0123")], ben)
    assert not Contact.objects.exists()


def test_a_way_of_somebody_else_can_not_be_taken_over(ben):
    other = make_contact("Sigrid Haugen")
    theirs = other.ways.get(kind="phone")
    save(None, [WaySpec("phone", "+44 20 7946 0151", pk=theirs.pk)], ben)
    theirs.refresh_from_db()
    assert (theirs.contact, theirs.value) == (other, DESK)


def test_more_ways_than_anybody_has_are_refused(ben):
    specs = [WaySpec("chat", f"@edda{n}") for n in range(21)]
    with pytest.raises(Exception, match="At most 20"):
        save(None, specs, ben)


def test_a_zone_that_does_not_exist_is_refused_at_its_field(ben):
    with pytest.raises(ValidationError) as refusal:
        save(None, [], ben, {"name": "Edda", "time_zone": "Europe/Atlantis"})
    assert "time_zone" in refusal.value.message_dict


def test_a_shared_line_is_nobodys_account(ben):
    with pytest.raises(ValidationError, match="nobody's account"):
        save(None, [], ben, {"name": "Desk", "kind": "shared", "user": ben})


def test_a_name_is_one_line(ben):
    assert save(None, [], ben, {"name": "Edda\n\tBrekke\x07"}).name == "Edda Brekke"


def test_what_changed_while_somebody_wrote_is_not_written_over(ben):
    contact = make_contact()
    seen = contact.updated_at
    save(contact, [], ben, {"role": "Harbour master"})
    with pytest.raises(WrongState, match="Somebody else"):
        save(contact, [], ben, {"role": "Cook"}, seen=seen)
    contact.refresh_from_db()
    assert contact.role == "Harbour master"


def test_a_reader_may_not_add_others(ada):
    with pytest.raises(NotAllowed):
        save(None, [], ada)


def test_everybody_may_write_and_change_their_own_entry(ada):
    own = save(None, [PHONE], ada, {"name": "Ada", "user": ada})
    changed = save(own, [PHONE], ada, {"name": "Ada Winter"})
    assert (changed.user, changed.name) == (ada, "Ada Winter")


def test_nobody_gives_their_entry_to_somebody_else(ada):
    own = make_contact("Ada", user=ada)
    with pytest.raises(NotAllowed):
        save(own, [], ada, {"user": make_user("cy")})


def test_nobody_ties_the_entry_of_another_to_themselves(ada):
    with pytest.raises(NotAllowed):
        save(make_contact(), [], ada, {"user": ada})


def test_who_can_not_see_a_personal_number_does_not_delete_it(ada):
    contact = make_contact("Ada", mobile=MOBILE)
    clerk = make_user("clerk", role=EDITOR)
    clerk.role_permissions = [p for p in clerk.role_permissions if "personal" not in p]
    save(contact, [], clerk)
    assert [way.value for way in contact.ways.all()] == [MOBILE]


# Still right


def test_a_click_confirms_the_facts_and_leaves_the_ways(ben):
    contact = make_contact()
    confirm_contact(contact, user=ben, now=LATER)
    contact.refresh_from_db()
    assert (contact.confirmed_at, contact.confirmed_by) == (LATER, ben)
    assert contact.ways.get(kind="phone").confirmed_at == NOW


def test_one_way_is_confirmed_for_itself(ben):
    contact = make_contact()
    confirm_way(contact.ways.get(kind="phone"), seen=DESK, user=ben, now=LATER)
    assert contact.ways.get(kind="phone").confirmed_at == LATER
    assert contact.ways.get(kind="email").confirmed_at == NOW


def test_only_the_value_that_was_looked_at_is_confirmed(ben):
    way = make_contact().ways.get(kind="phone")
    Way.objects.filter(pk=way.pk).update(value="+44 20 7946 0199")
    with pytest.raises(WrongState):
        confirm_way(way, seen=DESK, user=ben, now=LATER)


def test_a_responder_confirms_their_own_and_no_other(db):
    dee = make_user("dee", role=RESPONDER)
    own, other = make_contact("Dee", user=dee), make_contact("Edda")
    confirm_contact(own, user=dee, now=LATER)
    for change in (
        lambda: confirm_contact(other, user=dee, now=LATER),
        lambda: confirm_way(other.ways.get(kind="phone"), seen=DESK, user=dee, now=LATER),
    ):
        with pytest.raises(NotAllowed):
            change()


def test_a_confirmation_does_not_turn_away_an_open_form(ben):
    contact = make_contact()
    seen = contact.updated_at
    confirm_contact(contact, user=ben, now=LATER)
    assert save(contact, [], ben, {"role": "Cook"}, seen=seen).role == "Cook"


# Who left


def test_somebody_who_left_is_departed_until_they_are_back(ben):
    contact = make_contact()
    mark_as_left(contact, user=ben, now=LATER)
    assert list(Contact.objects.departed()) == [contact]
    bring_back(contact, user=ben)
    assert list(Contact.objects.current()) == [contact]


def test_leaving_twice_is_refused(ben):
    contact = mark_as_left(make_contact(), user=ben, now=LATER)
    with pytest.raises(WrongState):
        mark_as_left(contact, user=ben, now=LATER)


def test_an_account_that_is_switched_off_has_to_be_switched_on_first(ben):
    contact = make_contact(user=make_user("edda", is_active=False))
    with pytest.raises(WrongState, match="switched off"):
        bring_back(contact, user=ben)


def test_a_reader_says_of_nobody_that_they_left(ada):
    with pytest.raises(NotAllowed):
        mark_as_left(make_contact(), user=ada, now=LATER)


# Vendors and channels


def test_a_vendor_is_made_changed_confirmed_and_deleted():
    cy = make_user("cy", role=APPROVER)
    vendor = save_vendor(None, {"name": "Fjordlink", "account_number": "SKERRY-02"}, [PHONE], user=cy, now=NOW)
    save_vendor(vendor, {"hours": "24/7"}, [PHONE], user=cy, now=NOW)
    confirm_vendor(vendor, user=cy, now=LATER)
    vendor.refresh_from_db()
    assert (vendor.hours, vendor.confirmed_at) == ("24/7", LATER)
    delete_vendor(vendor, user=cy)
    assert not Way.objects.exists()


def test_a_vendor_is_there_once(ben):
    save_vendor(None, {"name": "Fjordlink"}, [], user=ben, now=NOW)
    with pytest.raises(ValidationError, match="already there"):
        save_vendor(None, {"name": "Fjordlink"}, [], user=ben, now=NOW)


def test_a_channel_opens_nothing_but_web_pages(ben):
    facts = {"purpose": "Incidents", "channel": "#harbour", "url": "javascript:alert(1)"}
    with pytest.raises(ValidationError):
        save_channel(None, facts, user=ben, now=NOW)


def test_a_channel_that_a_ladder_calls_stays():
    cy = make_user("cy", role=APPROVER)
    channel = save_channel(None, {"purpose": "Incidents", "channel": "#harbour"}, user=cy, now=NOW)
    confirm_channel(channel, user=cy, now=LATER)
    level = EscalationLevel.objects.create(
        path=EscalationPath.objects.create(name="Gates", slug="gates"), position=1, label="L1"
    )
    EscalationTarget.objects.create(level=level, channel=channel)
    with pytest.raises(StillNeeded, match="Gates") as refusal:
        delete_channel(channel, user=cy)
    assert refusal.value.places == ["Gates"]
    level.delete()
    delete_channel(channel, user=cy)
    assert not Channel.objects.exists()


@pytest.mark.parametrize("change", [delete_vendor, delete_channel])
def test_an_editor_deletes_nothing(ben, change):
    row = {
        delete_vendor: lambda: Vendor.objects.create(name="Fjordlink"),
        delete_channel: lambda: Channel.objects.create(purpose="Incidents", channel="#harbour"),
    }[change]()
    with pytest.raises(NotAllowed):
        change(row, user=ben)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_the_later_is_told():
    ben = make_user("ben", role=EDITOR)
    contact = make_contact()
    seen, outcomes, start = contact.updated_at, [], threading.Barrier(2)

    def write(role):
        start.wait(timeout=10)
        try:
            outcomes.append(save(contact, [PHONE], ben, {"role": role}, seen=seen).role)
        except WrongState:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(role,)) for role in ("Cook", "Bosun")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    contact.refresh_from_db()
    assert sorted(outcomes) == sorted(["told", contact.role])
