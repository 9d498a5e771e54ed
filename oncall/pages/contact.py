"""What the portal knows of a contact beyond their own row: turns they take, ladders that call them, who names them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string

from accounts.models import User
from oncall.models import Contact, EscalationPath, Layer, Plan, Rotation
from oncall.schedule import load_schedules
from oncall.schedule.held import Held
from oncall.schedule.rotation import Shift


@dataclass(frozen=True, slots=True)
class Mention:
    """A page outside of on-call that names a contact, e.g. a runbook. `where` says in which line."""

    title: str
    url: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A rotation that somebody takes turns in; `shift` is the one they have now, `held` the one they were not relieved from."""

    rotation: Rotation
    shift: Shift | None
    held: Held | None = None


def find_mentions(contact: Contact, user: User) -> list[Mention]:
    """Pages that name the contact, as far as this person may know of them.

    On-call knows nothing of runbooks: the setting CONTACT_MENTIONS names the function that looks for them.
    """
    look = cast(Callable[[Contact, User], list[Mention]], import_string(settings.CONTACT_MENTIONS))
    return look(contact, user)


def find_turns(contact: Contact, at: dt.datetime) -> list[Turn]:
    """The rotations that the contact's person is in, from `at` on, each with the shift they have at that instant."""
    if contact.user is None:
        return []
    person = contact.user.pk
    rotations = Rotation.objects.in_use().filter(pk__in=_layers_of(person, at).values("rotation"))
    turns = []
    for schedule in load_schedules(rotations.order_by("team__name", "name"), at, at):
        mine = [shift for shift in schedule.on_call(at) if shift.person.pk == person]
        held = schedule.held_at(at)
        own = held if held is not None and held.person.pk == person else None
        turns.append(Turn(schedule.rotation, mine[0] if mine else None, own))
    return turns


def find_ladders(contact: Contact, at: dt.datetime) -> list[dict[str, Any]]:
    """Escalation paths that call the contact: by name, or as whoever has a shift of a layer."""
    by_name = Q(levels__targets__contact=contact)
    asked = EscalationPath.objects.filter(by_name)
    if contact.user_id is not None:
        layers = _layers_of(contact.user_id, at)
        asked = EscalationPath.objects.filter(by_name | Q(levels__targets__layer__in=layers.values("pk")))
    named = set(EscalationPath.objects.filter(by_name).values_list("pk", flat=True))
    return [{"path": path, "by_name": path.pk in named} for path in asked.distinct().order_by("name")]


def _layers_of(person: int, at: dt.datetime) -> Any:
    """Layers whose plan holds the person: the plan in force at `at`, or one that comes later."""
    later = Plan.objects.filter(members__person=person, effective_from__gt=at)
    latest = Plan.objects.filter(effective_from__lte=at).order_by("layer_id", "-effective_from").distinct("layer_id")
    now = Plan.objects.filter(pk__in=latest.values("pk"), members__person=person)
    layers = Layer.objects.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at), rotation__ended_at__isnull=True)
    return layers.filter(Q(plans__in=later) | Q(plans__in=now)).distinct()
