"""Shifts that go on past their end: written ahead of a change of shift, released when the next person has accepted.

Each function holds the rotation's row first, so that two changes of the same rotation wait for each other.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from oncall.models import HeldShift, Rotation


@transaction.atomic
def hold(
    rotation: Rotation, person: User, successor: User, from_at: dt.datetime, url: str, *, now: dt.datetime
) -> HeldShift | None:
    """From `from_at` (aware) on, `person` stays responsible until `release` is called for the page at `url`.

    Whoever was held before is free from then on: the latest change of a rotation counts. Calling it again for the same page
    brings the row into line with what is said now. None, and nobody held, where the same person goes on.
    """
    _lock(rotation)
    own = HeldShift.objects.filter(rotation=rotation, url=url)
    row = own.filter(Q(released_at__isnull=True) | Q(released_at__gt=now)).order_by("-pk").first()
    if row is not None and row.released_at is None and row.held_from != from_at:
        _open_earlier(row)
    others = HeldShift.objects.filter(rotation=rotation).exclude(url=url)
    running = others.filter(Q(released_at__isnull=True) | Q(released_at__gt=from_at))
    running.filter(held_from__lte=from_at).update(released_at=from_at)
    if person.pk == successor.pk:
        own.filter(Q(released_at__isnull=True) | Q(released_at__gt=now)).update(released_at=now)
        return None
    later = others.filter(held_from__gt=from_at, released_at__isnull=True).order_by("held_from").first()
    row = row or HeldShift(rotation=rotation, url=url)
    row.person, row.successor, row.held_from = person, successor, from_at
    row.released_at = later.held_from if later else None
    row.save()
    return row


@transaction.atomic
def release(rotation: Rotation, url: str, *, now: dt.datetime) -> None:
    """Whoever was held by the page at `url` is free from now on; nothing happens where nobody is."""
    _lock(rotation)
    held = HeldShift.objects.filter(Q(released_at__isnull=True) | Q(released_at__gt=now), rotation=rotation, url=url)
    held.update(released_at=now)


@transaction.atomic
def call_off(rotation: Rotation, url: str, *, now: dt.datetime) -> None:
    """The change behind `url` does not happen: as `release`, and whoever would have been freed by it stays held."""
    _lock(rotation)
    held = HeldShift.objects.filter(Q(released_at__isnull=True) | Q(released_at__gt=now), rotation=rotation, url=url)
    for row in held:
        HeldShift.objects.filter(pk=row.pk).update(released_at=now)
        if row.released_at is None and row.held_from > now:
            _open_earlier(row)


@transaction.atomic
def rename_successor(rotation: Rotation, url: str, successor: User, *, now: dt.datetime) -> None:
    """Somebody else takes over: they are the one who has to accept. Where it is the holder, nobody is held any more."""
    _lock(rotation)
    held = HeldShift.objects.filter(Q(released_at__isnull=True) | Q(released_at__gt=now), rotation=rotation, url=url)
    held.filter(person=successor).update(released_at=now)
    held.exclude(person=successor).update(successor=successor)


def _lock(rotation: Rotation) -> None:
    """Hold the rotation's row until the transaction ends; rows that only point to it may still be written."""
    Rotation.objects.select_for_update(no_key=True).get(pk=rotation.pk)


def _open_earlier(row: HeldShift) -> None:
    """Whoever was to be free when `row` begins is held on: it begins at another time, or not at all."""
    earlier = HeldShift.objects.filter(rotation=row.rotation_id, released_at=row.held_from, held_from__lt=row.held_from)
    before = earlier.exclude(pk=row.pk).order_by("-held_from", "-pk").first()
    if before is None:
        return
    HeldShift.objects.filter(pk=row.pk, released_at__isnull=True).update(released_at=row.held_from)  # one at a time
    HeldShift.objects.filter(pk=before.pk).update(released_at=None)
