"""The whole directory at hand for comparing: five queries, however many runbooks are compared with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.urls import reverse

from accounts.models import User
from oncall.models import Channel, Contact, Vendor, Way
from runbooks.people_found.matching import Directory, Entry


def load_directory() -> Directory:
    """Contacts, vendors, channels, and accounts that were switched off. Holds personal values: for comparing, not to show."""
    return Directory([*_contacts(), *_vendors(), *_channels(), *_accounts()])


def _contacts() -> Iterator[Entry]:
    ways: dict[int | None, list[Way]] = defaultdict(list)
    for way in Way.objects.filter(contact__isnull=False).order_by("pk"):
        ways[way.contact_id].append(way)
    for contact in Contact.objects.select_related("user").defer("notes").order_by("pk"):
        own = ways[contact.pk]
        emails = _values(own, Way.Kind.EMAIL)
        if contact.user is not None:
            emails = (*emails, contact.user.email)
        yield Entry(
            "contact",
            contact.name,
            contact.get_absolute_url(),
            contact.pk,
            contact.role,
            contact.team_id,
            is_shared=contact.kind == Contact.Kind.SHARED,
            has_left=contact.has_left,
            phones=_values(own, Way.Kind.PHONE),
            emails=emails,
            chats=_values(own, Way.Kind.CHAT),
            personal=frozenset(way.value for way in own if way.is_personal),
            availability=contact.availability,
        )


def _vendors() -> Iterator[Entry]:
    ways: dict[int | None, list[Way]] = defaultdict(list)
    for way in Way.objects.filter(vendor__isnull=False).order_by("pk"):
        ways[way.vendor_id].append(way)
    for vendor in Vendor.objects.defer("notes").order_by("pk"):
        own = ways[vendor.pk]
        yield Entry(
            "vendor",
            vendor.name,
            vendor.get_absolute_url(),
            vendor.pk,
            vendor.support_type,
            vendor.team_id,
            phones=_values(own, Way.Kind.PHONE),
            emails=_values(own, Way.Kind.EMAIL),
            chats=_values(own, Way.Kind.CHAT),
            personal=frozenset(way.value for way in own if way.is_personal),
            account=vendor.account_number,
        )


def _channels() -> Iterator[Entry]:
    for channel in Channel.objects.order_by("pk"):
        yield Entry(
            "channel", channel.channel, channel.get_absolute_url(), channel.pk, channel.purpose, channel.team_id
        )


def _accounts() -> Iterator[Entry]:
    """People who can't log in any more and never had an entry: whoever names them should know."""
    gone = User.objects.filter(is_active=False, contact__isnull=True).order_by("pk")
    for pk, name, email in gone.values_list("pk", "display_name", "email"):
        yield Entry("account", name or email, reverse("oncall:contacts"), pk, emails=(email,), has_left=True)


def _values(ways: list[Way], kind: str) -> tuple[str, ...]:
    return tuple(way.value for way in ways if way.kind == kind)
