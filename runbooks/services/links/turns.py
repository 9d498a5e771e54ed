"""Taking turns at a host: one worker at a time, and never faster than the stated pace, however many workers there are.

A turn is a lease on the host's row. Whoever holds it asks, and gives it back with the moment from which the next one may ask.
A worker that is killed gives nothing back; its lease runs out. `leased_until` is the proof that a lease still is one's own.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F, Min, Q
from django.db.models.functions import Greatest

from runbooks.models import ExternalLink, LinkHost
from runbooks.models.link import ExternalLinkQuerySet

# A lease holds for a request (to look the name up, to connect, to be answered) and for the wait before the next one.
ANSWERS, SLACK_SECONDS = 3, 30


@dataclass(slots=True)
class Turn:
    """A host that is ours until `until`, to be asked from `ready_at` on."""

    host_id: int
    name: str
    until: dt.datetime
    ready_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """A link that is due, with the turn at its host."""

    link: ExternalLink
    turn: Turn


def claim_link(now: dt.datetime) -> Claim | None:
    """The longest due link whose host is free; None when there is none."""
    with transaction.atomic():
        free = find_due(now).filter(host__next_at__lte=now).filter(_is_free(now, "host__"))
        rows = free.select_related("host").order_by("next_check_at", "pk")
        link = rows.select_for_update(skip_locked=True, of=("host",)).first()
        if link is None:
            return None
        until = _lease_from(now)
        LinkHost.objects.filter(pk=link.host_id).update(leased_until=until)
    return Claim(link, Turn(link.host_id, link.host.name, until, now))


def find_due(now: dt.datetime) -> ExternalLinkQuerySet:
    """What is to be asked by now, whether or not its host is free."""
    return ExternalLink.objects.filter(next_check_at__lte=now).in_use()


def find_next(now: dt.datetime) -> dt.datetime | None:
    """When the next due link can be asked, as far as that is up to its pace alone; None when nothing waits for it."""
    resting = find_due(now).filter(_is_free(now, "host__"), host__next_at__gt=now)
    free_at: dt.datetime | None = resting.aggregate(at=Min("host__next_at"))["at"]
    return free_at


def take_turn(name: str, now: dt.datetime) -> Turn | dt.datetime:
    """The turn at a host that a redirect leads to, or the moment from which to try again."""
    host, _ = LinkHost.objects.get_or_create(name=name, defaults={"next_at": now})
    until = _lease_from(now)
    mine = LinkHost.objects.filter(_is_free(now), pk=host.pk, next_at__lte=now)
    if mine.update(leased_until=until):
        return Turn(host.pk, name, until, now)
    host.refresh_from_db()
    return max(host.next_at, host.leased_until or now)


def keep_turn(turn: Turn, now: dt.datetime) -> bool:
    """Have it for one more request. False when it ran out and somebody else has it."""
    until = _lease_from(now)
    if not LinkHost.objects.filter(pk=turn.host_id, leased_until=turn.until).update(leased_until=until):
        return False
    turn.until = until
    return True


def rest(turn: Turn, now: dt.datetime, asked_to: dt.timedelta | None = None) -> None:
    """A request has just ended: nobody asks that host before the pace allows it, or before the host asked to be left alone."""
    pause = dt.timedelta(seconds=settings.LINK_HOST_SECONDS)
    turn.ready_at = now + max(pause, asked_to or pause)
    LinkHost.objects.filter(pk=turn.host_id).update(next_at=Greatest(F("next_at"), turn.ready_at))


def give_back(turn: Turn) -> None:
    """Let others ask that host."""
    LinkHost.objects.filter(pk=turn.host_id, leased_until=turn.until).update(leased_until=None)


def _lease_from(now: dt.datetime) -> dt.datetime:
    seconds = ANSWERS * settings.LINK_TIMEOUT_SECONDS + 2 * settings.LINK_HOST_SECONDS + SLACK_SECONDS
    return now + dt.timedelta(seconds=seconds)


def _is_free(now: dt.datetime, prefix: str = "") -> Q:
    return Q(**{f"{prefix}leased_until__isnull": True}) | Q(**{f"{prefix}leased_until__lte": now})
