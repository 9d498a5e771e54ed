"""The list of calendar addresses."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from accounts.models import User
from oncall.models import CalendarFeed
from oncall.services.calendars import name_of


@dataclass(frozen=True, slots=True)
class Feed:
    """An address as its line shows it. `address` and `subscribe` are "" for somebody else's: they need not know it."""

    pk: int
    name: str
    made_by: User
    made_at: dt.datetime
    address: str
    subscribe: str
    is_own: bool


def describe_feeds(reader: User, base: str, host: str) -> list[Feed]:
    """The open addresses that a person may close, their own first. `base` is the portal as they reached it."""
    feeds = [_describe(feed, reader, base, host) for feed in CalendarFeed.objects.visible_to(reader).for_list()]
    return sorted(feeds, key=lambda feed: not feed.is_own)


def _describe(feed: CalendarFeed, reader: User, base: str, host: str) -> Feed:
    own = feed.created_by_id == reader.pk
    path = feed.get_absolute_url()
    return Feed(
        pk=feed.pk,
        name=name_of(feed),
        made_by=feed.created_by,
        made_at=feed.created_at,
        address=base + path if own else "",
        subscribe=f"webcal://{host}{path}" if own else "",
        is_own=own,
    )
