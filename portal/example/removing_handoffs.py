"""Removing the example's handoffs and watch items, unless people of this portal's own wrote in them."""

from __future__ import annotations

import pgtrigger
from django.db.models import Q, QuerySet

from accounts.models import User
from handoffs.models import (
    Addendum,
    EntryNote,
    Handoff,
    HandoffEvent,
    ItemAcceptance,
    Policy,
    Question,
    Signature,
    Snapshot,
    Tick,
)
from incidents.models import WatchChange, WatchItem
from oncall.models import HeldShift, Rotation
from portal.example.company import Company

# From the leaves to the root, as what belongs to a handoff protects it
CHILDREN = (HandoffEvent, Addendum, Signature, ItemAcceptance, Snapshot, Question, EntryNote, Tick)


def remove_handoffs(company: Company, kept: list[str]) -> dict[str, int]:
    """How many rows of each kind were removed. Also those that opened by themselves in rotations of the example.

    What somebody here wrote in stays, and is named in `kept`. The triggers that protect history are passed over, for it
    never happened.
    """
    theirs = User.objects.exclude(email__in=[entry.email for entry in company.people])
    rotations = Rotation.objects.filter(team__slug__in=[entry.slug for entry in company.teams])
    handoffs = Handoff.objects.filter(rotation__in=rotations)
    touched = list(handoffs.filter(_find_touched(theirs)))
    kept += [f"{handoff}: somebody here took part in it" for handoff in touched]
    gone = list(handoffs.exclude(pk__in=[handoff.pk for handoff in touched]).values_list("pk", flat=True))
    free = rotations.exclude(pk__in=[handoff.rotation_id for handoff in touched])
    with pgtrigger.ignore():
        for model in CHILDREN:
            model.objects.filter(handoff__in=gone).delete()
        Handoff.objects.filter(pk__in=gone).delete()
        HeldShift.objects.filter(rotation__in=free).delete()
        Policy.objects.filter(rotation__in=free).delete()
        watched = WatchItem.objects.filter(is_example=True)
        for item in watched.filter(Q(changes__person__in=theirs) | Q(closed_by__in=theirs)).distinct():
            kept.append(f"{item}: somebody here changed it")
            watched = watched.exclude(pk=item.pk)
        numbers = list(watched.values_list("pk", flat=True))
        WatchChange.objects.filter(item__in=numbers).delete()
        WatchItem.objects.filter(pk__in=numbers).delete()
    return {"handoffs": len(gone), "watch items": len(numbers)}


def _find_touched(theirs: QuerySet[User]) -> Q:
    people = Q(outgoing__in=theirs) | Q(incoming__in=theirs) | Q(backup__in=theirs) | Q(opened_by__in=theirs)
    wrote = Q(pk__in=HandoffEvent.objects.filter(person__in=theirs).values("handoff"))
    wrote |= Q(pk__in=Tick.objects.filter(Q(done_by__in=theirs) | Q(note_by__in=theirs)).values("handoff"))
    wrote |= Q(pk__in=EntryNote.objects.filter(by__in=theirs).values("handoff"))
    return people | wrote
