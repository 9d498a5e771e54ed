"""The test page: before somebody is responsible, it is known that a page reaches them."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from handoffs.errors import Refused
from handoffs.models import Handoff
from handoffs.services.contract.standing import say_state
from handoffs.services.locking import lock_handoff, require_part
from oncall.models import Address, Kind, ReachTest
from oncall.outbox.choosing import find_addresses_of_person
from oncall.services.proofs import PAUSE, lock_address, write_test


def find_answered_test(handoff: Handoff) -> ReachTest | None:
    """The latest test that the incoming person answered since the handoff was opened."""
    tests = ReachTest.objects.filter(person=handoff.incoming_id, answered_at__gte=handoff.opened_at)
    return tests.select_related("address").order_by("-answered_at", "-pk").first()


def say_proof(test: ReachTest) -> str:
    """How it was proved; the address itself is its person's own."""
    assert test.answered_at is not None
    return f"answered the test page by {_say_transport(test.address)} at {test.answered_at:%Y-%m-%d %H:%M} UTC"


@transaction.atomic
def send_test_page(handoff: Handoff, *, user: User, now: dt.datetime) -> int:
    """Send the incoming person a test page once more; to how many addresses it went.

    Raises NotAllowed, WrongState, and Refused where they have no address, or where one went there within the last minute.
    """
    held = lock_handoff(handoff)
    require_part(held, user, "send the test page")
    if not held.is_open:
        raise Refused(say_state(held, user))
    if not find_addresses_of_person(held.incoming, Kind.PAGE):
        raise Refused(f"{held.incoming} has no address that a page could go to. They can add one under “My addresses”.")
    sent = write_tests(held, cause=f"{now.timestamp():.0f}", user=user, now=now)
    if not sent:
        raise Refused("A test went there less than a minute ago. Give it the time to arrive.")
    return sent


def write_tests(handoff: Handoff, *, cause: str, user: User, now: dt.datetime) -> int:
    """The rows of a test page to each address, within the caller's transaction. How many; none where nothing can be sent.

    What was tested within the last minute is left alone.
    """
    if handoff.is_example:
        return 0
    addresses = [lock_address(address.pk) for address in _find_addresses(handoff.incoming)]
    return sum(_write(handoff, address, cause, user, now) for address in addresses if not _is_fresh(address, now))


def _write(handoff: Handoff, address: Address, cause: str, user: User, now: dt.datetime) -> bool:
    key = f"handoff:{handoff.pk}:test:{cause}:{address.pk}"
    return write_test(address, key=key, asked_by=user, now=now) is not None


def _find_addresses(person: User) -> list[Address]:
    """In the order of their ids, as they are locked one after the other."""
    return sorted(find_addresses_of_person(person, Kind.PAGE), key=lambda address: address.pk)


def _is_fresh(address: Address, now: dt.datetime) -> bool:
    newest = address.tests.order_by("-sent_at").values_list("sent_at", flat=True).first()
    return newest is not None and now - newest < PAUSE


def _say_transport(address: Address) -> str:
    label = address.get_transport_display()
    return label if label.isupper() else label[0].lower() + label[1:]
