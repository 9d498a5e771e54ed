"""What is known of whoever a path may call, fetched with a fixed number of queries however many paths there are."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from oncall.calling.answer import Callee, Reach, Sending
from oncall.models import Absence, Address, Channel, Contact, EscalationTarget, Rotation, Way
from oncall.schedule import RotationSchedule, load_schedules
from oncall.schedule.ways import load_ways

DIRECT = (Way.Kind.PHONE, Way.Kind.CHAT)  # what reaches somebody who is not reading mail
INSTANT = dt.timedelta(microseconds=1)


@dataclass(slots=True)
class Known:
    """Schedules and callees at one moment, by the ids of what targets name."""

    schedules: dict[int, RotationSchedule]
    people: dict[int, Callee]
    contacts: dict[int, Callee]
    channels: dict[int, Callee]


@dataclass(slots=True)
class _Facts:
    """All ways, addresses and absences of everybody in question. `ways` are all of them, whoever may see them."""

    ways: dict[str, list[tuple[str, dt.datetime | None]]]
    addresses: dict[str, list[Address]]
    away: dict[int, dt.datetime]


def load_known(targets: Iterable[EscalationTarget], at: dt.datetime, reader: User) -> Known:
    """Everything that says whom those targets reach at that moment, as `reader` may see it. Thirteen queries."""
    targets = list(targets)
    rotations = {target.layer.rotation_id for target in targets if target.layer is not None}
    loaded = load_schedules(Rotation.objects.filter(pk__in=rotations), at, at + INSTANT)
    schedules = {schedule.rotation.pk: schedule for schedule in loaded}
    contacts = {target.contact.pk: target.contact for target in targets if target.contact is not None}
    channels = {target.channel.pk: target.channel for target in targets if target.channel is not None}
    people = {shift.person.pk: shift.person for schedule in loaded for shift in schedule.on_call(at)}
    people |= {held.person.pk: held.person for schedule in loaded if (held := schedule.held_at(at)) is not None}
    accounts = {contact.user.pk: contact.user for contact in contacts.values() if contact.user is not None}
    facts = _load_facts(people | accounts, contacts, channels, at)
    shown = load_ways(people.values(), reader)
    theirs = _load_contact_ways(contacts, reader)
    return Known(
        schedules,
        {pk: _person(person, shown[pk], facts) for pk, person in people.items()},
        {pk: _contact(contact, theirs[pk], facts) for pk, contact in contacts.items()},
        {pk: _channel(channel, facts) for pk, channel in channels.items()},
    )


def _load_contact_ways(contacts: dict[int, Contact], reader: User) -> dict[int, list[Way]]:
    order = {Way.Kind.PHONE: 0, Way.Kind.CHAT: 1, Way.Kind.EMAIL: 2, Way.Kind.WEB: 3}
    ways: dict[int, list[Way]] = defaultdict(list)
    rows = Way.objects.visible_to(reader).filter(contact__in=contacts).order_by("pk")
    for way in sorted(rows, key=lambda way: order[Way.Kind(way.kind)]):
        ways[way.contact_id or 0].append(way)
    return ways


def _load_facts(
    accounts: dict[int, User], contacts: dict[int, Contact], channels: dict[int, Channel], at: dt.datetime
) -> _Facts:
    facts = _Facts(defaultdict(list), defaultdict(list), {})
    known = Way.objects.filter(contact__in=contacts) | Way.objects.filter(
        contact__user__in=accounts, contact__left_at__isnull=True
    )
    for contact, user, kind, confirmed_at in known.values_list(
        "contact_id", "contact__user_id", "kind", "confirmed_at"
    ).distinct():
        for key in (f"contact:{contact}", f"user:{user}"):
            facts.ways[key].append((kind, confirmed_at))
    addresses = Address.objects.usable().order_by("transport", "pk")
    theirs = addresses.filter(person__in=accounts) | addresses.filter(contact__in=contacts)
    for address in theirs | addresses.filter(channel__in=channels):
        for name in ("person", "contact", "channel"):
            if (pk := getattr(address, f"{name}_id")) is not None:
                facts.addresses[f"{'user' if name == 'person' else name}:{pk}"].append(address)
    away = Absence.objects.filter(person__in=accounts, during__contains=at)
    facts.away = {person: during.upper for person, during in away.values_list("person_id", "during")}
    return facts


def _person(person: User, ways: list[Way], facts: _Facts) -> Callee:
    key = f"user:{person.pk}"
    known, addresses = facts.ways[key], facts.addresses[key]
    contact = ways[0].contact if ways else None  # None behind the mail address of the account
    return Callee(
        key=key,
        kind="person",
        name=str(person),
        url=contact.get_absolute_url() if contact is not None else "",
        note=contact.role if contact is not None else "",
        ways=tuple(map(_reach, ways)),
        sends_to=tuple(map(_sending, addresses)),
        is_reachable=bool(addresses) or any(kind in DIRECT for kind, _ in known),
        confirmed_at=_latest(addresses, known),
        away_until=facts.away.get(person.pk),
        has_left=not person.is_active,
    )


def _contact(contact: Contact, ways: list[Way], facts: _Facts) -> Callee:
    own, account = f"contact:{contact.pk}", f"user:{contact.user_id}" if contact.user_id else ""
    known = facts.ways[own]
    addresses = [*facts.addresses[own], *(facts.addresses[account] if account else ())]
    return Callee(
        key=account or own,
        kind="contact",
        name=contact.name,
        url=contact.get_absolute_url(),
        note=contact.role,
        ways=tuple(map(_reach, ways)),
        sends_to=tuple(map(_sending, addresses)),
        is_reachable=bool(addresses or known),
        confirmed_at=_latest(addresses, [*known, ("", contact.confirmed_at)]),
        away_until=facts.away.get(contact.user_id or 0),
        has_left=contact.has_left,
    )


def _channel(channel: Channel, facts: _Facts) -> Callee:
    key = f"channel:{channel.pk}"
    addresses = facts.addresses[key]
    link = (Reach("web", channel.channel, href=channel.url),) if channel.url else ()
    return Callee(
        key=key,
        kind="channel",
        name=channel.channel,
        url=channel.get_absolute_url(),
        note=channel.purpose,
        ways=link,
        sends_to=tuple(map(_sending, addresses)),
        is_reachable=bool(addresses),
        confirmed_at=_latest(addresses, [("", channel.confirmed_at)]),
    )


def _reach(way: Way) -> Reach:
    return Reach(way.kind, way.value, way.label, way.href)


def _sending(address: Address) -> Sending:
    return Sending(address.pk, address.get_transport_display(), address.answered_at)


def _latest(addresses: Iterable[Address], ways: Iterable[tuple[str, dt.datetime | None]]) -> dt.datetime | None:
    moments = [*(address.answered_at for address in addresses), *(moment for _, moment in ways)]
    return max((moment for moment in moments if moment is not None), default=None)
