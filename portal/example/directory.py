"""The example's directory: contacts, vendors and channels, each made once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from accounts.models import Team, User
from oncall.models import Channel, Contact, Vendor, Way
from portal.example.oncall_file import ChannelEntry, ContactEntry, OncallEntries, VendorEntry, WayEntry


def load_directory(entries: OncallEntries, teams: dict[str, Team], people: dict[str, User], now: dt.datetime) -> None:
    """Make what is not there yet. A contact is known by its name, and by the account it is tied to."""
    for contact in entries.contacts:
        _ensure_contact(contact, teams, people, now)
    for vendor in entries.vendors:
        _ensure_vendor(vendor, teams, now)
    for channel in entries.channels:
        _ensure_channel(channel, teams, now)


def _ensure_contact(entry: ContactEntry, teams: dict[str, Team], people: dict[str, User], now: dt.datetime) -> None:
    user = people.get(entry.account)
    if Contact.objects.filter(name=entry.name).exists() or (user and Contact.objects.filter(user=user).exists()):
        return
    contact = Contact.objects.create(
        name=entry.name,
        kind=entry.kind,
        role=entry.role,
        team=teams.get(entry.team),
        user=user,
        time_zone=entry.time_zone or (user.time_zone if user else ""),
        availability=entry.availability,
        language=entry.language,
        notes=entry.notes,
        left_at=_days_before(now, entry.left),
        confirmed_at=_days_before(now, entry.confirmed),
        confirmed_by=user if entry.confirmed is not None else None,
    )
    Way.objects.bulk_create(_make_ways(entry.ways, now, contact=contact, by=user))


def _ensure_vendor(entry: VendorEntry, teams: dict[str, Team], now: dt.datetime) -> None:
    vendor, is_new = Vendor.objects.get_or_create(
        name=entry.name,
        support_type=entry.support_type,
        defaults={
            "contact_name": entry.contact_name,
            "account_number": entry.account_number,
            "hours": entry.hours,
            "team": teams.get(entry.team),
            "confirmed_at": _days_before(now, entry.confirmed),
        },
    )
    if is_new:
        Way.objects.bulk_create(_make_ways(entry.ways, now, vendor=vendor))


def _ensure_channel(entry: ChannelEntry, teams: dict[str, Team], now: dt.datetime) -> None:
    Channel.objects.get_or_create(
        purpose=entry.purpose,
        channel=entry.channel,
        defaults={
            "details": entry.details,
            "team": teams.get(entry.team),
            "confirmed_at": _days_before(now, entry.confirmed),
        },
    )


def _make_ways(
    entries: Iterable[WayEntry],
    now: dt.datetime,
    *,
    contact: Contact | None = None,
    vendor: Vendor | None = None,
    by: User | None = None,
) -> list[Way]:
    return [
        Way(
            contact=contact,
            vendor=vendor,
            kind=entry.kind,
            value=entry.value,
            label=entry.label,
            is_personal=entry.personal,
            confirmed_at=_days_before(now, entry.confirmed),
            confirmed_by=by if entry.confirmed is not None else None,
        )
        for entry in entries
    ]


def _days_before(now: dt.datetime, days: int | None) -> dt.datetime | None:
    return None if days is None else now - dt.timedelta(days=days)
