"""Recording system changes: what was changed in production, by a person or by a pipeline."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.errors import require
from accounts.models import Token, User
from incidents.errors import BadTime, Refused
from incidents.models import EntryKind, Incident, SystemChange
from incidents.services.timeline import record
from oncall.models import Service

AHEAD = dt.timedelta(minutes=5)  # clocks of pipelines may be fast
OLDEST = dt.timedelta(days=366)


@dataclass(frozen=True)
class NewChange:
    """What was changed. `at` is when it took effect, None for now; `external_id` makes a repeated message harmless."""

    what: str
    service: Service | None = None
    kind: str = SystemChange.Kind.DEPLOYMENT
    at: dt.datetime | None = None
    by: str = ""
    ticket: str = ""
    url: str = ""
    external_id: str = ""


@transaction.atomic
def record_change(
    new: NewChange, *, now: dt.datetime, user: User | None = None, token: Token | None = None
) -> SystemChange:
    """Write a change down; the one that is there already when its `external_id` is known.

    It also goes into the timeline of every open incident of its service. A person needs the permission; a token was
    asked for its scope by whoever took the message in.
    """
    if token is None:
        if user is None:
            raise ValueError("Either a person or a token records a change.")
        require(user, "incidents.add_systemchange", "record a change")
    what = " ".join(new.what.replace("\0", "").split())[:300]
    if not what:
        raise Refused("Say what was changed.")
    at = new.at or now
    if not now - OLDEST <= at <= now + AHEAD:
        raise BadTime("The time of a change is within the last year, and not in the future.")
    change = SystemChange(
        what=what,
        kind=new.kind,
        service=new.service,
        at=at,
        by=(new.by.strip() or (str(user) if user else token.name if token else ""))[:120],
        person=user,
        token=token,
        ticket=new.ticket.strip()[:120],
        url=new.url,
        external_id=new.external_id.strip()[:200],
        recorded_at=now,
    )
    known = _find_known(change) or _insert(change)
    if known is not None:
        return known
    _tell_incidents(change, now)
    return change


def _find_known(change: SystemChange) -> SystemChange | None:
    return SystemChange.objects.filter(external_id=change.external_id).first() if change.external_id else None


def _insert(change: SystemChange) -> SystemChange | None:
    """None when the row is new; else the one that somebody wrote at the same moment."""
    try:
        with transaction.atomic():
            change.save(force_insert=True)
    except IntegrityError:
        known = _find_known(change)
        if known is None:
            raise
        return known
    return None


def _tell_incidents(change: SystemChange, now: dt.datetime) -> None:
    if change.service is None:
        return
    text = f"{change.service}: {change.what}" + (f", by {change.by}" if change.by else "")
    for incident in Incident.objects.open().of_services([change.service]).order_by("pk"):
        if change.at >= incident.started_at:
            record(
                incident,
                EntryKind.CHANGE,
                text,
                now=now,
                at=min(change.at, now),
                url=change.url if change.url.startswith("/") else "",
                change=change.pk,
            )
