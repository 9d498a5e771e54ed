"""Proof that a message arrives: a test with a link that only its person can answer."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.urls import reverse

from accounts.errors import require
from accounts.models import Membership, User
from oncall.errors import NotAllowed, WrongState
from oncall.models import Address, Channel, Contact, Kind, PlanMember, ReachTest
from oncall.outbox import notify
from oncall.outbox.choosing import find_addresses_of_person

ANSWER_WITHIN = dt.timedelta(days=7)
PAUSE = dt.timedelta(seconds=60)


@transaction.atomic
def send_test(address: Address, *, user: User, now: dt.datetime) -> ReachTest:
    """Send a test to one address: one's own, a team-mate's (`oncall.add_reachtest`), or that of a contact or a channel.

    Raises NotAllowed; WrongState when the address is switched off, or was tested within the last minute.
    """
    address = lock_address(address.pk)
    _require_may_test(address, user)
    if not address.is_enabled:
        raise WrongState("This address is switched off. Switch it on, then test it.")
    newest = address.tests.order_by("-sent_at").first()
    if newest is not None and now - newest.sent_at < PAUSE:
        raise WrongState("A test went there less than a minute ago. Give it the time to arrive.")
    test = write_test(address, key=f"test:{address.pk}:{secrets.token_hex(8)}", asked_by=user, now=now)
    if test is None:
        raise WrongState("Nobody with an account that is in use could answer this test.")
    return test


@transaction.atomic
def send_tests(person: User, *, user: User, now: dt.datetime) -> int:
    """Send a test to each address that a page to the person would go to. How many; the refusals of `send_test`."""
    addresses = find_addresses_of_person(person, Kind.PAGE)
    if not addresses:
        raise WrongState(f"{person} has no address in use. They can add one under “My addresses”.")
    return len([send_test(address, user=user, now=now) for address in addresses])


def write_test(address: Address, *, key: str, asked_by: User | None, now: dt.datetime) -> ReachTest | None:
    """The rows of a test, within the caller's transaction. None when nobody could answer it, or `key` was already sent.

    Without `asked_by` it is the portal itself that asks, before a shift.
    """
    person = _who_answers(address, asked_by)
    if person is None or not person.is_active:
        return None
    token = secrets.token_urlsafe(32)
    notification = notify(
        key=key,
        kind=Kind.TEST,
        to=_owner_of(address),
        subject="Test: does this reach you?",
        text=_say_why(address, person, asked_by),
        now=now,
        url=reverse("oncall:answer_test", args=[token]),
        action="Answer the test",
        address=address,
    )
    if notification is None:
        return None
    return ReachTest.objects.create(
        address=address, person=person, notification=notification, token=token, asked_by=asked_by, sent_at=now
    )


def find_test(token: str, user: User) -> ReachTest | None:
    """The test of that link, if it is this person's to answer."""
    tests = ReachTest.objects.select_related("address", "address__contact", "address__channel", "asked_by", "person")
    return tests.filter(token=token, person=user).first()


def is_too_old(test: ReachTest, now: dt.datetime) -> bool:
    """Whether the link has run out: seven days after the message was sent."""
    return now - test.sent_at > ANSWER_WITHIN


@transaction.atomic
def confirm_test(token: str, *, user: User, now: dt.datetime) -> ReachTest | None:
    """It reached me. The first answer counts; another changes nothing. None when the link is not this person's.

    Raises WrongState when the link has run out.
    """
    test = find_test(token, user)
    if test is None:
        return None
    address = lock_address(test.address_id)
    test.refresh_from_db(fields=["answered_at"])
    if test.answered_at is not None:
        return test
    if is_too_old(test, now):
        raise WrongState("This test is older than seven days, so it proves nothing any more. Send a new one.")
    test.answered_at = now
    test.save(update_fields=["answered_at"])
    address.answered_at = max(now, address.answered_at or now)
    address.save(update_fields=["answered_at"])
    test.address = address
    return test


def lock_address(pk: int) -> Address:
    """The address, locked until the transaction ends. Raises Address.DoesNotExist."""
    related = Address.objects.select_related("person", "contact__user", "channel")
    return related.select_for_update(of=("self",)).get(pk=pk)


def _who_answers(address: Address, asked_by: User | None) -> User | None:
    """Whose link it is. What belongs to no account is answered by whoever asked: they look whether it came."""
    if address.person is not None:
        return address.person
    if address.contact is not None and address.contact.user is not None:
        return address.contact.user
    return asked_by


def _owner_of(address: Address) -> User | Contact | Channel:
    owner = address.person or address.contact or address.channel
    assert owner is not None  # the constraint `address_of_one`
    return owner


def _require_may_test(address: Address, user: User) -> None:
    if address.contact_id is not None:
        return require(user, "oncall.change_contact", "test the addresses of contacts")
    if address.channel_id is not None:
        return require(user, "oncall.change_channel", "test the addresses of channels")
    if address.person_id == user.pk:
        return None
    require(user, "oncall.add_reachtest", "send test messages to others")
    if not user.has_perm("oncall.change_address") and not _share_a_team(user, address.person_id):
        raise NotAllowed("You may send test messages to the people of your own teams.")
    return None


def _share_a_team(user: User, other: int | None) -> bool:
    """Whether the other is in a team of the user's, or takes turns in one of its rotations."""
    teams = user.get_team_ids()
    turns = PlanMember.objects.filter(person=other, plan__layer__rotation__team__in=teams)
    return Membership.objects.filter(user=other, team__in=teams).exists() or turns.exists()


def _say_why(address: Address, person: User, asked_by: User | None) -> str:
    if asked_by is None:
        why = "Your shift comes near, and the portal makes sure that a page would reach you here."
    elif asked_by == person:
        why = "You asked for this test, to see whether the portal's messages reach you here."
    else:
        why = f"{asked_by} asked for this test, to see whether the portal's messages reach you here."
    return (
        f"{why}\n\nOpen the link and say yes: that is the proof. Nothing happened, and nothing else has to be done."
        f"\n\nThe link is yours alone, and good for seven days. The address: {address}."
    )
