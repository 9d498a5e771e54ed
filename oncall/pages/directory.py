"""The directory's lists and what stands on one entry: ways that the reader may see, and how old each value is."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import QueryDict

from accounts.models import Team, User
from oncall.models import Channel, Contact, Vendor, Way
from oncall.pages.confirmed import Confirmed, say_confirmed
from oncall.services.directory import may_change

PAGE_SIZE = 60
ICONS = {Way.Kind.PHONE: "phone", Way.Kind.EMAIL: "mail", Way.Kind.CHAT: "chat", Way.Kind.WEB: "link"}
VERBS = {Way.Kind.PHONE: "Call", Way.Kind.EMAIL: "Write to", Way.Kind.WEB: "Open", Way.Kind.CHAT: "Find"}
ORDER = {Way.Kind.PHONE: 0, Way.Kind.EMAIL: 1, Way.Kind.CHAT: 2, Way.Kind.WEB: 3}


@dataclass(frozen=True, slots=True)
class WayLine:
    """One way as it is shown. Of a hidden one nothing but its kind is known here."""

    kind: str
    value: str = ""
    href: str = ""
    label: str = ""
    icon: str = ""
    verb: str = ""
    is_personal: bool = False
    is_hidden: bool = False
    confirmed: Confirmed | None = None
    confirmed_by: str = ""
    pk: int | None = None


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A contact in the list."""

    contact: Contact
    ways: list[WayLine]
    clock: str


def describe_ways(ways: Iterable[Way], hidden: Iterable[str] | None, now: dt.datetime) -> list[WayLine]:
    """Ways in the order in which people try them, then a line for each kind that is kept back."""
    shown = sorted(ways, key=lambda way: (ORDER[Way.Kind(way.kind)], way.pk))
    lines = [
        WayLine(
            kind=way.get_kind_display(),
            value=way.value,
            href=way.href,
            label=way.label,
            icon=ICONS[Way.Kind(way.kind)],
            verb=VERBS[Way.Kind(way.kind)],
            is_personal=way.is_personal,
            confirmed=say_confirmed(way.confirmed_at, now),
            confirmed_by=str(way.confirmed_by or ""),
            pk=way.pk,
        )
        for way in shown
    ]
    kept_back = sorted({Way.Kind(kind) for kind in hidden or ()}, key=ORDER.__getitem__)
    return lines + [WayLine(kind=kind.label, icon=ICONS[kind], is_hidden=True) for kind in kept_back]


def say_clock(contact: Contact, now: dt.datetime, reader: User) -> str:
    """What the contact's clock shows, `Tue 03:14`, "" when their zone is not known or is the reader's."""
    zone = zone_of(contact)
    if not zone or zone == reader.time_zone:
        return ""
    there = now.astimezone(zoneinfo.ZoneInfo(zone))
    here = now.astimezone(zoneinfo.ZoneInfo(reader.time_zone))
    return f"{there:%H:%M}" if there.date() == here.date() else f"{there:%a %H:%M}"


def zone_of(contact: Contact) -> str:
    """The contact's time zone: as the directory says, else that of their account; "" when neither is there."""
    return contact.time_zone or (contact.user.time_zone if contact.user else "")


class DirectoryList:
    """What the address of a list asks for: words, a team, departed ones too. What it does not know there it ignores."""

    def __init__(self, user: User, query: QueryDict, now: dt.datetime) -> None:
        self.user = user
        self.now = now
        self.words = " ".join(query.get("q", "").replace("\x00", " ").split())[:200]
        self.team = query.get("team", "")
        self.shows_left = query.get("left") == "1"
        self.page_number = query.get("page", "1")

    def context(self) -> dict[str, Any]:
        """What all three lists print."""
        return {
            "words": self.words,
            "team": self.chosen_team,
            "teams": self.teams,
            "shows_left": self.shows_left,
            "is_filtered": bool(self.words or self.chosen_team),
        }

    @cached_property
    def teams(self) -> list[Team]:
        return list(Team.objects.only("pk", "name", "slug"))

    @property
    def chosen_team(self) -> Team | None:
        return next((team for team in self.teams if team.slug == self.team), None)

    def contacts(self) -> tuple[Page, list[ContactLine]]:
        """A page of contacts. Words are looked for in what the reader may see, and nowhere else."""
        contacts = find_contacts(self.user)
        contacts = contacts if self.shows_left else contacts.current()
        if self.chosen_team:
            contacts = contacts.filter(team=self.chosen_team)
        for word in self.words.split():
            seen = Way.objects.visible_to(self.user).filter(contact=OuterRef("pk"))
            contacts = contacts.filter(
                _says(word, "name", "role", "team__name", "availability", "language") | _has_way(word, seen)
            )
        page = Paginator(contacts, PAGE_SIZE).get_page(self.page_number)
        return page, [self._describe(contact) for contact in page.object_list]

    def vendors(self) -> list[dict[str, Any]]:
        """Vendors, each with its ways."""
        vendors = find_vendors(self.user)
        if self.chosen_team:
            vendors = vendors.filter(team=self.chosen_team)
        for word in self.words.split():
            seen = Way.objects.visible_to(self.user).filter(vendor=OuterRef("pk"))
            said = _says(word, "name", "support_type", "contact_name", "account_number", "team__name")
            vendors = vendors.filter(said | _has_way(word, seen))
        return [describe_vendor(vendor, self.now) for vendor in vendors]

    def channels(self) -> list[dict[str, Any]]:
        """Channels by purpose."""
        channels = Channel.objects.select_related("team", "confirmed_by")
        if self.chosen_team:
            channels = channels.filter(team=self.chosen_team)
        for word in self.words.split():
            channels = channels.filter(_says(word, "purpose", "channel", "details", "url", "team__name"))
        return [{"channel": row, "confirmed": say_confirmed(row.confirmed_at, self.now)} for row in channels]

    def _describe(self, contact: Any) -> ContactLine:
        return ContactLine(
            contact,
            describe_ways(contact.ways.all(), contact.hidden_kinds, self.now),
            say_clock(contact, self.now, self.user),
        )


def find_contacts(user: User) -> Any:
    """Contacts as the directory lists them, with the ways this person may see, and the kinds of those they may not."""
    contacts = Contact.objects.select_related("team", "user", "confirmed_by").order_by("name", "pk")
    hidden = Way.objects.hidden_from(user).filter(contact=OuterRef("pk")).order_by().values("kind")
    return contacts.prefetch_related(_seen_by(user)).annotate(hidden_kinds=ArraySubquery(hidden))


def find_vendors(user: User) -> QuerySet[Any]:
    """Vendors as the directory lists them, with the ways this person may see, and the kinds of those they may not."""
    vendors = Vendor.objects.select_related("team", "confirmed_by").order_by("name", "pk")
    hidden = Way.objects.hidden_from(user).filter(vendor=OuterRef("pk")).order_by().values("kind")
    return vendors.prefetch_related(_seen_by(user)).annotate(hidden_kinds=ArraySubquery(hidden))


def describe_contact(contact: Any, user: User, now: dt.datetime) -> dict[str, Any]:
    """What the page of a contact prints of its own row; the row is one of `find_contacts`."""
    zone = zone_of(contact)
    return {
        "contact": contact,
        "ways": describe_ways(contact.ways.all(), contact.hidden_kinds, now),
        "confirmed": say_confirmed(contact.confirmed_at, now),
        "zone": zone,
        "their_time": now.astimezone(zoneinfo.ZoneInfo(zone)) if zone else None,
        "clock": say_clock(contact, now, user),
        "may_change": may_change(contact, user),
        "may_see_notes": may_see_notes(contact, user),
        "is_own": contact.user_id == user.pk,
    }


def may_see_notes(contact: Contact, user: User) -> bool:
    """Notes may hold a number as somebody wrote it, so they are for those who may see personal numbers."""
    return user.has_perm("oncall.view_personal_phone") or contact.user_id == user.pk


def describe_vendor(vendor: Any, now: dt.datetime) -> dict[str, Any]:
    """A vendor as its page and the list print it; the row is one of `find_vendors`."""
    return {
        "vendor": vendor,
        "ways": describe_ways(vendor.ways.all(), vendor.hidden_kinds, now),
        "confirmed": say_confirmed(vendor.confirmed_at, now),
    }


def _seen_by(user: User) -> Prefetch:
    return Prefetch("ways", queryset=Way.objects.visible_to(user).select_related("confirmed_by"))


def _says(word: str, *fields: str) -> Q:
    said = Q()
    for name in fields:
        said |= Q(**{f"{name}__unaccent__icontains": word})
    return said


def _has_way(word: str, seen: QuerySet[Way]) -> Exists:
    """A value with that word; a number also without the spaces and signs somebody put in."""
    digits = "".join(character for character in word if character.isdigit())
    said = Q(value__icontains=word)
    if len(digits) >= 4 and not any(character.isalpha() for character in word):
        said |= Q(value__regex=r"\D*".join(digits))
    return Exists(seen.filter(said))
