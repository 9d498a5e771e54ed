"""Where the portal sends, for a person, a contact or a channel: added, switched, chosen by kind, kept quiet at night."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction

from accounts.errors import require
from accounts.models import User
from oncall.errors import AddressRefused, LastAddress, NotYours, WrongState
from oncall.models import Address, AddressChoice, Channel, Contact, Kind, QuietHours
from oncall.outbox.guard import check_address
from oncall.outbox.quiet import LOUD_KINDS
from oncall.services.sms_numbers import check_numbers

Owner = User | Contact | Channel

MOST = 20  # addresses of one owner
CHOOSABLE = [kind for kind in Kind if kind != Kind.TEST]  # a test goes to the address that it tests
NOBODY_LEFT = (
    "This is the last address that a page could go to. Without it the portal can't reach you, whatever happens."
)


@transaction.atomic
def add_address(owner: Owner, transport: str, target: str, label: str = "", *, user: User) -> Address:
    """A new address, in use at once. A webhook gets a secret that signs what is sent there.

    Raises NotYours or NotAllowed; AddressRefused when nothing can or may be sent there, or when it is there already.
    """
    _require_may_change(owner, user)
    if transport not in Address.Transport.values:
        raise AddressRefused("The portal knows no such kind of address.")
    _lock(owner)
    if owner.addresses.count() >= MOST:
        raise AddressRefused(f"There are {MOST} addresses already. Remove one that is not used any more.")
    address = Address(transport=transport, target=_tidy(transport, target), label=" ".join(label.split()))
    check_address(transport, address.target)
    if transport == Address.Transport.SMS:
        check_numbers(address.target)
    setattr(address, _field_of(owner), owner)
    if transport == Address.Transport.WEBHOOK:
        address.secret = make_secret()
    try:
        address.full_clean()
    except ValidationError as error:
        raise AddressRefused(_first_message(error)) from None
    address.save()
    return address


@transaction.atomic
def switch_address(address: Address, *, on: bool, user: User, sure: bool = False) -> Address:
    """Use an address, or stop using it. Raises LastAddress when no page would reach the person then, unless `sure`."""
    owner = owner_of(address)
    _require_may_change(owner, user)
    _lock(owner)
    if not on and not sure:
        _keep_one(owner, address)
    address.is_enabled = on
    address.save(update_fields=["is_enabled"])
    return address


@transaction.atomic
def remove_address(address: Address, *, user: User, sure: bool = False) -> None:
    """Forget an address; what was sent there stays in the list of deliveries.

    Raises LastAddress as `switch_address`; WrongState for the only mail address of a person, which would come back.
    """
    owner = owner_of(address)
    _require_may_change(owner, user)
    _lock(owner)
    mails = owner.addresses.filter(transport=Address.Transport.EMAIL)
    if isinstance(owner, User) and not mails.exclude(pk=address.pk).exists() and address.transport == "email":
        raise WrongState("The portal keeps one mail address of everybody. Switch it off, or add another one first.")
    if not sure:
        _keep_one(owner, address)
    address.delete()


@transaction.atomic
def renew_secret(address: Address, *, user: User) -> Address:
    """A new secret for a webhook; what is sent from now on is signed with it alone. Raises WrongState for anything else."""
    _require_may_change(owner_of(address), user)
    if address.transport != Address.Transport.WEBHOOK:
        raise WrongState("Only a webhook has a secret.")
    address.secret = make_secret()
    address.save(update_fields=["secret"])
    return address


@transaction.atomic
def set_choices(person: User, chosen: Mapping[str, Iterable[int]], *, user: User) -> None:
    """Which kinds go to which of the person's addresses (by id). What is the portal's own rule anyway is not kept.

    So an address that is added later gets pages too, unless somebody chose otherwise. Unknown ids and kinds are left out.
    """
    _require_may_change(person, user)
    _lock(person)
    usable = list(person.addresses.usable())
    AddressChoice.objects.filter(address__person=person).delete()
    rows = []
    for kind in CHOOSABLE:
        wanted = set(chosen.get(kind, ())) & {address.pk for address in usable}
        if wanted != {address.pk for address in pick_by_rule(usable, kind)}:
            rows += [AddressChoice(address_id=pk, kind=kind) for pk in sorted(wanted)]
    AddressChoice.objects.bulk_create(rows)


def pick_by_rule(usable: list[Address], kind: str) -> list[Address]:
    """Where a kind goes when nobody chose (`oncall.outbox.choosing`): a page everywhere, the rest to mail where there is one."""
    if kind in LOUD_KINDS:
        return usable
    return [address for address in usable if address.transport == Address.Transport.EMAIL] or usable


@transaction.atomic
def set_quiet_hours(person: User, hours: tuple[dt.time, dt.time] | None, *, user: User) -> None:
    """Hours by the person's own clock in which only pages and tests are sent; None for no such hours.

    Raises AddressRefused when they would be no hours at all.
    """
    _require_may_change(person, user)
    if hours is None:
        QuietHours.objects.filter(person=person).delete()
        return
    if hours[0] == hours[1]:
        raise AddressRefused("Quiet hours can't be the whole day: choose two different times.")
    QuietHours.objects.update_or_create(person=person, defaults={"starts_at": hours[0], "ends_at": hours[1]})


def owner_of(address: Address) -> Owner:
    """Whose address it is."""
    owner = address.person or address.contact or address.channel
    assert owner is not None  # the constraint `address_of_one`
    return owner


def make_secret() -> str:
    """What signs a webhook's messages: 256 bits, as letters and digits."""
    return secrets.token_hex(32)


def _tidy(transport: str, target: str) -> str:
    text = target.strip().replace("\0", "")
    return User.objects.normalize_email(text) if transport == Address.Transport.EMAIL else text


def _require_may_change(owner: Owner, user: User) -> None:
    if isinstance(owner, Contact):
        return require(user, "oncall.change_contact", "change the addresses of contacts")
    if isinstance(owner, Channel):
        return require(user, "oncall.change_channel", "change the addresses of channels")
    if owner != user and not user.has_perm("oncall.change_address"):
        raise NotYours("These addresses belong to somebody else.")
    return None


def _lock(owner: Owner) -> None:
    """Two changes at once would each leave the other's address as the last one."""
    owner.__class__._default_manager.select_for_update(no_key=True).get(pk=owner.pk)


def _keep_one(owner: Owner, leaving: Address) -> None:
    if not isinstance(owner, User) or not leaving.is_enabled:
        return
    if not owner.addresses.usable().exclude(pk=leaving.pk).exists():
        raise LastAddress(NOBODY_LEFT)


def _field_of(owner: Owner) -> str:
    return "person" if isinstance(owner, User) else "contact" if isinstance(owner, Contact) else "channel"


def _first_message(error: ValidationError) -> str:
    messages = error.message_dict
    return next(iter(messages.get(NON_FIELD_ERRORS, []) or next(iter(messages.values()))))
