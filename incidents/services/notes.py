"""What people write into the timeline: notes, corrections of entries, pins."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F

from accounts.errors import require
from accounts.models import User
from incidents.errors import BadTime, Refused
from incidents.models import EntryKind, Incident, Pin, TimelineEntry
from runbooks.rendering import render_note
from runbooks.services.secrets import check_words

A_MINUTE = dt.timedelta(minutes=1)
LONGEST_BEFORE = dt.timedelta(days=30)  # a cause may lie weeks back; years are a slip of the finger


@transaction.atomic
def add_note(
    incident: Incident, markdown: str, *, user: User, now: dt.datetime, at: dt.datetime | None = None
) -> TimelineEntry:
    """Write a note. `at` is when that happened which it tells of; None is `now`. A resolved incident takes notes too.

    Raises NotAllowed, BadTime, TextRefused, or Refused for an empty note and for one that holds a credential.
    """
    require(user, "incidents.add_timelineentry", "write in the timeline")
    held = _hold(incident.pk)
    happened_at = now if at is None else _check_time(held, at, now)
    return TimelineEntry.objects.create(
        incident=held,
        kind=EntryKind.NOTE,
        happened_at=happened_at,
        recorded_at=now,
        person=user,
        text="added a note",
        markdown=markdown,
        html=_render(markdown, "The note"),
    )


@transaction.atomic
def correct_entry(entry: TimelineEntry, markdown: str, *, user: User, now: dt.datetime) -> TimelineEntry:
    """Say what is wrong with an entry, in an entry of its own that names it; the entry itself stays as it is.

    Raises NotAllowed, TextRefused, or Refused as `add_note` does.
    """
    require(user, "incidents.add_timelineentry", "correct the timeline")
    held = _hold(entry.incident_id)
    return TimelineEntry.objects.create(
        incident=held,
        kind=EntryKind.CORRECTION,
        happened_at=now,
        recorded_at=now,
        person=user,
        text="corrected an entry",
        markdown=markdown,
        html=_render(markdown, "The correction"),
        corrects=entry,
    )


@transaction.atomic
def pin_entry(entry: TimelineEntry, *, user: User, now: dt.datetime) -> Pin:
    """Keep an entry in sight of everybody; pinned already, it stays with who pinned it first. Raises NotAllowed."""
    require(user, "incidents.add_timelineentry", "pin an entry")
    held = _hold(entry.incident_id)
    pin, is_new = Pin.objects.get_or_create(entry=entry, defaults={"by": user, "at": now})
    if is_new:
        _count_up(held)
    return pin


@transaction.atomic
def unpin_entry(entry: TimelineEntry, *, user: User) -> None:
    """Take a pin away, whoever put it there; harmless when there is none. Raises NotAllowed."""
    require(user, "incidents.add_timelineentry", "unpin an entry")
    held = _hold(entry.incident_id)
    if Pin.objects.filter(entry=entry).delete()[0]:
        _count_up(held)


def _hold(number: int) -> Incident:
    return Incident.objects.select_for_update().get(pk=number)


def _count_up(incident: Incident) -> None:
    """A pin is no entry, and pages poll for the revision: the trigger counts every update."""
    Incident.objects.filter(pk=incident.pk).update(revision=F("revision"))


def _render(markdown: str, what: str) -> str:
    if not markdown.strip():
        raise Refused("Write something first.")
    html = render_note(markdown)
    check_words(markdown, what)
    return html


def _check_time(incident: Incident, at: dt.datetime, now: dt.datetime) -> dt.datetime:
    if at > now + A_MINUTE:
        raise BadTime("What is in the future has not happened yet. Choose an earlier time.")
    if at < incident.started_at - LONGEST_BEFORE:
        raise BadTime(f"That is more than {LONGEST_BEFORE.days} days before the incident began. Choose a later time.")
    return at
