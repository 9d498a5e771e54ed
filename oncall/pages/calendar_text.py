"""The text of a calendar feed (RFC 5545): the shifts that were published, each with its UID, sequence and status."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar, Component, Event, Timezone, TimezoneStandard

from oncall.models import CalendarFeed, PublishedShift
from oncall.services.calendars import PUBLISHED_AHEAD, PUBLISHED_BEFORE, name_of

PRODUCT = "-//Runbook portal//Shifts//EN"
ASK_AGAIN = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class FeedText:
    """What a calendar program gets, and when something in it changed last."""

    text: bytes
    changed_at: dt.datetime


def write_feed(feed: CalendarFeed, now: dt.datetime) -> FeedText:
    """The feed as it is now, from 90 days back to 180 days ahead; one query."""
    shifts = list(PublishedShift.objects.for_feed(feed, now - PUBLISHED_BEFORE, now + PUBLISHED_AHEAD))
    changed_at = max([feed.created_at, *(shift.changed_at for shift in shifts)])
    return FeedText(write_calendar(name_of(feed), shifts, portal=settings.PORTAL_URL), changed_at)


def write_calendar(name: str, shifts: Iterable[PublishedShift], *, portal: str) -> bytes:
    """A calendar of shifts, in UTC, lines ended by CRLF and folded at 75 octets.

    `portal` is the portal's own address; links begin with it, and its host is part of each UID. A shift that went away stays,
    as cancelled. Without METHOD, DTSTAMP says the same as LAST-MODIFIED (RFC 5545, 3.8.7.2), so the same shifts are always
    the same bytes.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", _plain(name))  # RFC 7986; the next one is what most programs read
    calendar.add("x-wr-calname", _plain(name))
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    host = urlsplit(portal).hostname or "localhost"
    events: list[Component] = [_write_event(shift, portal, host) for shift in shifts]
    for component in events or [_write_zone()]:
        calendar.add_component(component)
    text: bytes = calendar.to_ical()
    return text


def _write_zone() -> Timezone:
    """Of a calendar without shifts, so that it is one: it must have at least one component (RFC 5545, 3.6)."""
    standard = TimezoneStandard()
    standard.add("dtstart", dt.datetime(1970, 1, 1))
    standard.add("tzoffsetfrom", dt.timedelta())
    standard.add("tzoffsetto", dt.timedelta())
    zone = Timezone()
    zone.add("tzid", "UTC")
    zone.add_component(standard)
    return zone


def _write_event(shift: PublishedShift, portal: str, host: str) -> Event:
    rotation = shift.layer.rotation
    summary = f"{rotation.team}: {shift.layer} – {shift.person}"
    address = portal + rotation.get_absolute_url()
    event = Event()
    event.add("uid", f"shift-{shift.pk}@{host}")
    event.add("dtstamp", shift.changed_at)
    event.add("last-modified", shift.changed_at)
    event.add("sequence", shift.sequence)
    event.add("dtstart", shift.starts_at)
    event.add("dtend", shift.ends_at)
    event.add("status", "CANCELLED" if shift.is_cancelled else "CONFIRMED")
    # Said in the title too: some programs show a cancelled event of a subscribed calendar like any other.
    event.add("summary", _plain(f"Cancelled: {summary}" if shift.is_cancelled else summary))
    event.add("description", _plain(_describe(shift, address)))
    event.add("url", address)
    event.add("transp", "TRANSPARENT")  # on call is not the same as busy
    return event


def _describe(shift: PublishedShift, address: str) -> str:
    rotation = shift.layer.rotation
    who = "is not on call here any more" if shift.is_cancelled else "is on call"
    return f"{shift.person} {who}.\n{rotation.team}, {rotation}: {shift.layer} ({shift.layer.get_rank_display()})\n{address}"


def _plain(text: str) -> str:
    """Without control characters, which a calendar must not hold (RFC 5545, 3.3.11); line breaks are escaped later."""
    return "".join(character for character in text if character.isprintable() or character in "\n\t")
