"""Calendars: their secret addresses, and the memory of the shifts that subscribers were told about.

A calendar must learn that a shift moved or went away, so each shift that was ever published keeps its row: the same shift has
the same UID for ever, a change counts SEQUENCE up, and what went away stays as cancelled (RFC 5545, 3.8.7.4 and 3.8.1.11).
"""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.errors import require
from accounts.models import User
from oncall.errors import NotYours, WrongState
from oncall.models import CalendarFeed, PublishedShift, Rotation
from oncall.schedule import Shift, load_schedule

PUBLISHED_BEFORE = dt.timedelta(days=90)
PUBLISHED_AHEAD = dt.timedelta(days=180)
SECRET_BYTES = 32
MOST_FEEDS = 20

Key = tuple[int, int, dt.datetime]


@transaction.atomic
def create_feed(*, user: User, now: dt.datetime, rotation: Rotation | None = None) -> CalendarFeed:
    """A new secret address of the person's own shifts, or of a rotation's; it shows something from the first fetch on.

    Raises NotAllowed, and WrongState when there are too many.
    """
    require(user, "oncall.view_rotation", "see rotations")
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)  # so that the addresses are counted right
    if CalendarFeed.objects.open().filter(created_by=user).count() >= MOST_FEEDS:
        raise WrongState(f"You have {MOST_FEEDS} calendar addresses. Revoke one that nobody uses any more.")
    for shown in [rotation] if rotation else _rotations_of(user):
        publish_rotation(shown, now)
    return CalendarFeed.objects.create(
        secret=secrets.token_urlsafe(SECRET_BYTES),
        person=None if rotation else user,
        rotation=rotation,
        created_by=user,
        created_at=now,
    )


@transaction.atomic
def revoke_feed(feed: CalendarFeed, *, user: User, now: dt.datetime) -> CalendarFeed:
    """Close an address for good. Whoever made it may; an address of a rotation, whoever may change rotations too.

    Raises NotYours; an address that is closed already stays so.
    """
    feed = CalendarFeed.objects.select_for_update().get(pk=feed.pk)
    if not may_revoke(feed, user):
        raise NotYours("This calendar address is somebody else's.")
    if feed.revoked_at is None:
        feed.revoked_at = now
        feed.save(update_fields=["revoked_at"])
    return feed


def may_revoke(feed: CalendarFeed, user: User) -> bool:
    """Whether the person may close this address."""
    return feed.created_by_id == user.pk or (feed.rotation_id is not None and user.has_perm("oncall.change_rotation"))


def name_of(feed: CalendarFeed) -> str:
    """What the calendar is called."""
    return f"On call: {feed.person}" if feed.rotation is None else f"{feed.rotation.team}: {feed.rotation}"


def open_feed(secret: str) -> CalendarFeed | None:
    """The calendar at that address, while it is open and whoever made it may see rotations; two queries."""
    feed = CalendarFeed.objects.open().select_related("person", "rotation__team").filter(secret=secret).first()
    if feed is None:
        return None
    maker = User.objects.with_access().get(pk=feed.created_by_id)
    return feed if maker.has_perm("oncall.view_rotation") else None


@transaction.atomic
def publish_rotation(rotation: Rotation, now: dt.datetime) -> int:
    """Make what calendars know of a rotation the same as its shifts, from 90 days back to 180 days ahead.

    Returns how many shifts are new, moved, or gone. Run again without a change it does nothing. Call it in the transaction
    of every change to plans or overrides.
    """
    Rotation.objects.select_for_update(of=("self",)).get(pk=rotation.pk)
    start, end = now - PUBLISHED_BEFORE, now + PUBLISHED_AHEAD
    shifts = {_key_of(shift): shift for shift in load_schedule(rotation, start, end).shifts(start, end)}
    earliest = min([start, *(shift.starts_at for shift in shifts.values())])
    known = {
        (row.layer_id, row.person_id, row.starts_at): row
        for row in PublishedShift.objects.filter(layer__rotation=rotation, starts_at__lt=end).filter(
            Q(starts_at__gte=earliest) | Q(ends_at__gt=start)
        )
    }
    changed = [row for key, row in known.items() if _follow(row, shifts.get(key), start, now)]
    PublishedShift.objects.bulk_update(changed, ["ends_at", "sequence", "is_cancelled", "changed_at"], batch_size=500)
    new = [_publish(shift, now) for key, shift in shifts.items() if key not in known]
    PublishedShift.objects.bulk_create(new, batch_size=500)
    return len(changed) + len(new)


def publish_shifts(now: dt.datetime) -> int:
    """The same for all rotations, so that the weeks to come are there when they come near; one transaction each."""
    since = now - PUBLISHED_BEFORE
    rotations = Rotation.objects.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=since)).order_by("pk")
    return sum(publish_rotation(rotation, now) for rotation in rotations)


def _rotations_of(person: User) -> QuerySet[Rotation]:
    """Rotations in use with the person in a plan or an override."""
    is_in = Q(layers__plans__members__person=person) | Q(layers__overrides__person=person)
    return Rotation.objects.in_use().filter(is_in).distinct().order_by("pk")


def touch_shifts(rotation: Rotation, now: dt.datetime) -> None:
    """Tell calendars that the shifts to come are called something else; they are the same shifts."""
    PublishedShift.objects.filter(layer__rotation=rotation, ends_at__gt=now).update(changed_at=now)


def _key_of(shift: Shift) -> Key:
    return shift.layer.pk, shift.person.pk, shift.starts_at


def _publish(shift: Shift, now: dt.datetime) -> PublishedShift:
    return PublishedShift(
        layer=shift.layer, person=shift.person, starts_at=shift.starts_at, ends_at=shift.ends_at, changed_at=now
    )


def _follow(row: PublishedShift, shift: Shift | None, start: dt.datetime, now: dt.datetime) -> bool:
    """Make the row say what the shift is; whether that was a change."""
    if shift is None:
        if row.is_cancelled or row.ends_at <= start:  # gone before, or too long ago to have been computed
            return False
        row.is_cancelled = True
    elif row.is_cancelled or row.ends_at != shift.ends_at:
        row.is_cancelled, row.ends_at = False, shift.ends_at
    else:
        return False
    row.sequence += 1
    row.changed_at = now
    return True
