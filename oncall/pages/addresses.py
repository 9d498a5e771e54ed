"""What the page of somebody's addresses shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from oncall.models import Address, AddressChoice, Channel, Contact, QuietHours
from oncall.outbox.schemas import EXAMPLES
from oncall.outbox.showing import show_target
from oncall.services.addresses import CHOOSABLE, pick_by_rule
from oncall.services.reach import CONFIRMED_FOR


@dataclass(frozen=True, slots=True)
class ShownAddress:
    """An address in words, without what is secret in it. `tone` says how good its proof is."""

    address: Address
    target: str
    is_fresh: bool

    @property
    def name(self) -> str:
        """What it is called in sentences and for screen readers."""
        return f"{self.address}, {self.target}"

    @property
    def has_secret(self) -> bool:
        return self.address.transport == Address.Transport.WEBHOOK


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One kind, and for each address in use whether it goes there. `is_own` when somebody chose so."""

    kind: str
    label: str
    cells: list[tuple[ShownAddress, bool]]
    is_own: bool


def describe_addresses(
    owner: User | Contact | Channel, now: dt.datetime, *, new_secret: object = None
) -> dict[str, Any]:
    """The page's context. `new_secret` is the id of a webhook whose secret is shown this once."""
    shown = show_addresses(owner, now)
    context: dict[str, Any] = {
        "owner": owner,
        "addresses": shown,
        "webhook": next((one for one in shown if one.address.pk == new_secret and one.address.secret), None),
        "is_own": isinstance(owner, User),
        "examples": [
            (Address.Transport.EMAIL.label, "harbour@example.com"),
            (Address.Transport.WEBHOOK.label, "an https address that takes JSON"),
            *((Address.Transport(transport).label, example) for transport, example in EXAMPLES.items()),
        ],
    }
    if isinstance(owner, User):
        hours = QuietHours.objects.filter(person=owner).values("starts_at", "ends_at").first()
        is_confirmed = any(one.is_fresh and one.address.is_enabled for one in shown)
        context |= {"choices": show_choices(owner, shown), "quiet_hours": hours, "is_confirmed": is_confirmed}
    return context


def show_addresses(owner: User | Contact | Channel, now: dt.datetime) -> list[ShownAddress]:
    """The owner's addresses, those in use first; one query."""
    addresses = owner.addresses.order_by("-is_enabled", "transport", "pk")
    return [show_address(address, now) for address in addresses]


def show_address(address: Address, now: dt.datetime) -> ShownAddress:
    """One address, as it may be printed."""
    answered = address.answered_at
    is_fresh = answered is not None and now - answered <= CONFIRMED_FOR
    return ShownAddress(address, show_target(address.transport, address.target), is_fresh)


def show_choices(person: User, shown: list[ShownAddress]) -> list[ChoiceRow]:
    """Kinds by addresses in use, ticked where the outbox would send; one query."""
    in_use = [one for one in shown if one.address.is_enabled]
    usable = [one.address for one in in_use]
    chosen: dict[str, set[int]] = {}
    ids = [address.pk for address in usable]
    for kind, pk in AddressChoice.objects.filter(address__in=ids).values_list("kind", "address_id"):
        chosen.setdefault(kind, set()).add(pk)
    rows = []
    for kind in CHOOSABLE:
        own = chosen.get(kind, set())
        ticked = own or {address.pk for address in pick_by_rule(usable, kind)}
        cells = [(one, one.address.pk in ticked) for one in in_use]
        rows.append(ChoiceRow(kind.value, str(kind.label), cells, bool(own)))
    return rows
