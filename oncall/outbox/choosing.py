"""Through which addresses somebody is told, and not before when."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from oncall.models import Address, AddressChoice, Channel, Contact, Kind, QuietHours
from oncall.outbox.quiet import LOUD_KINDS, find_end_of_quiet
from oncall.rota.clock import zone_named

LOGIN_MAIL = "Login mail"  # the label of the address that is made out of the login


def find_person(to: User | Contact | Channel) -> User | None:
    """The person with a login behind a recipient."""
    return to if isinstance(to, User) else to.user if isinstance(to, Contact) else None


def has_left(to: User | Contact | Channel) -> bool:
    """Whether nothing is to be sent there any more."""
    return not to.is_active if isinstance(to, User) else isinstance(to, Contact) and to.has_left


def find_addresses(to: User | Contact | Channel, kind: Kind) -> list[Address]:
    """Where to send. A contact without an address of its own is told as the person it is tied to."""
    if isinstance(to, User):
        return find_addresses_of_person(to, kind)
    addresses = list(to.addresses.usable())
    person = find_person(to)
    return addresses if addresses or person is None else find_addresses_of_person(person, kind)


def find_addresses_of_person(person: User, kind: Kind) -> list[Address]:
    """The addresses chosen for the kind; without a choice all of them for a page or a test, and mail for the rest.

    Somebody who has no mail but other addresses is told through those: better there than not at all.
    """
    usable = [address for address in ensure_login_mail(person) if address.is_enabled]
    if len(usable) < 2:
        return usable
    chosen = set(AddressChoice.objects.filter(address__in=usable, kind=kind).values_list("address_id", flat=True))
    if chosen:
        return [address for address in usable if address.pk in chosen]
    if kind in LOUD_KINDS:
        return usable
    return [address for address in usable if address.transport == Address.Transport.EMAIL] or usable


def ensure_login_mail(person: User) -> list[Address]:
    """All addresses of a person, with one of the login mail for somebody who has no mail; it is kept the login's."""
    addresses = list(Address.objects.filter(person=person))
    mails = [address for address in addresses if address.transport == Address.Transport.EMAIL]
    if any(mail.target == person.email for mail in mails):
        return addresses
    if not mails:
        mail, _ = Address.objects.get_or_create(
            person=person, transport=Address.Transport.EMAIL, target=person.email, defaults={"label": LOGIN_MAIL}
        )
        return [mail, *addresses]
    for mail in [mail for mail in mails if mail.label == LOGIN_MAIL][:1]:
        mail.target = person.email
        mail.save(update_fields=["target"])
    return addresses


def find_due(to: User | Contact | Channel, kind: Kind, now: dt.datetime) -> dt.datetime:
    """When it may go, in UTC: now, or when the person's quiet hours end."""
    person = find_person(to)
    if person is None or kind in LOUD_KINDS:
        return now
    hours = QuietHours.objects.filter(person=person).first()
    return now if hours is None else find_end_of_quiet(hours, now, zone_named(person.time_zone))
