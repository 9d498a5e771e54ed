"""Where a person is needed, and somebody else in all of these places."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import Lead

from accounts.errors import require
from accounts.models import User
from oncall.errors import Refused, StillNeeded
from oncall.models import Contact, EscalationPath, EscalationTarget, Kind, Layer, Override, Plan, Rotation, Swap, Way
from oncall.outbox import notify
from oncall.rota import Span
from oncall.services.calendars import publish_rotation
from oncall.services.covering import span_of, take_back, write_override
from oncall.services.rotations import copy_plan, full_minute


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person is called from: a rotation's layer, an override to come, a level of an escalation path."""

    label: str
    url: str


def find_places(person: User, now: dt.datetime) -> list[Place]:
    """Every place in which the person is now or will be, each once; three queries."""
    found = [_place_of_layer(plan.layer) for plan in _plans_with(person, now)]
    found += [
        Place(f"{_say(override.layer)}, as a stand-in", override.layer.rotation.get_absolute_url())
        for override in _overrides_of(person, now)
    ]
    found += [
        Place(f"Escalation path {target.level.path}, {target.level}", target.level.path.get_absolute_url())
        for target in _targets_of(person)
    ]
    return list(dict.fromkeys(found))


def check_not_needed(person: User, now: dt.datetime) -> None:
    """Raise StillNeeded, with the places, when the person is in a rotation or an escalation path."""
    places = find_places(person, now)
    if places:
        raise StillNeeded(f"{person} is still needed.", [place.label for place in places])


@transaction.atomic
def replace_person(person: User, by: User, *, user: User, now: dt.datetime) -> list[Place]:
    """Put somebody else into every place of a person, from this minute on. What was, stays as it was.

    Raises NotAllowed, or Refused where `by` can't take over. Returns the places; `by` is told.
    """
    require(user, "oncall.change_rotation", "change rotations")
    if by.pk == person.pk:
        raise Refused(f"{person} can't take over from themselves. Choose somebody else.")
    if not by.is_active:
        raise Refused(f"{by} can't take over: the account is switched off.")
    rotations = _lock(person, now)
    places = find_places(person, now)
    for plan in list(_plans_with(person, now)):
        _replace_in_plan(plan, person, by, user, now)
    for override in list(_overrides_of(person, now)):
        _hand_over(override, by, user, now)
    if any(_targets_of(person)):
        require(user, "oncall.change_escalationpath", "change escalation paths")
        _move_targets(person, by, now)
    _close_questions(person, now)
    for rotation in rotations:
        publish_rotation(rotation, now)
    if places:
        _tell(person, by, places, now)
    return places


def _plans_with(person: User, now: dt.datetime) -> QuerySet[Plan]:
    """Plans that hold now or later, of layers in use, with the person among their people."""
    plans = Plan.objects.annotate(
        until=Window(Lead("effective_from"), partition_by=F("layer"), order_by=F("effective_from").asc())
    ).filter(Q(until__isnull=True) | Q(until__gt=now))
    in_force = Plan.objects.filter(pk__in=plans.values("pk"), members__person=person)
    in_use = Q(layer__ended_at__isnull=True) | Q(layer__ended_at__gt=now)
    rows = in_force.filter(in_use).distinct().select_related("layer__rotation__team")
    return rows.order_by("layer__rotation__team__name", "layer__rotation", "layer", "effective_from")


def _overrides_of(person: User, now: dt.datetime) -> QuerySet[Override]:
    rows = Override.objects.in_force().filter(person=person, during__endswith__gt=now)
    in_use = rows.filter(Q(layer__ended_at__isnull=True) | Q(layer__ended_at__gt=now))
    return in_use.select_related("layer__rotation__team", "person").order_by("during")


def _targets_of(person: User) -> QuerySet[EscalationTarget]:
    rows = EscalationTarget.objects.filter(contact__user=person).select_related("level__path")
    return rows.order_by("level__path__name", "level__position")


def _say(layer: Layer) -> str:
    return f"{layer.rotation.team}, {layer.rotation}: {layer}"


def _place_of_layer(layer: Layer) -> Place:
    return Place(_say(layer), layer.rotation.get_absolute_url())


def _lock(person: User, now: dt.datetime) -> list[Rotation]:
    """Hold every rotation and path that the person is in, always in the same order."""
    ids = {plan.layer.rotation_id for plan in _plans_with(person, now)}
    ids |= {override.layer.rotation_id for override in _overrides_of(person, now)}
    held = list(Rotation.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    paths = _targets_of(person).order_by().values("level__path")
    list(EscalationPath.objects.select_for_update().filter(pk__in=paths).order_by("pk"))
    return held


def _replace_in_plan(plan: Plan, person: User, by: User, user: User, now: dt.datetime) -> None:
    """A plan that holds already is taken over from by a copy; one that is yet to begin is made again."""
    starts = max(plan.effective_from, full_minute(now))
    people = [by.pk if pk == person.pk else pk for pk in plan.members.values_list("person_id", flat=True)]
    windows = list(plan.windows.values_list("weekdays", "starts_at", "ends_at"))
    if plan.effective_from == starts:
        plan.delete()
    copy_plan(plan, people, windows, starts=starts, user=user, now=now)


def _hand_over(override: Override, by: User, user: User, now: dt.datetime) -> None:
    """What is left of an override goes to the other person; what was served stays."""
    whole = span_of(override)
    take_back(override, user=user, now=now)
    left = Span(max(whole.start, now), whole.end)
    fields = {"reason": override.reason, "swap": override.swap, "created_by": user, "created_at": now}
    write_override(override.layer, by, left, **fields)


def _move_targets(person: User, by: User, now: dt.datetime) -> None:
    """Levels that call the person call the other one; a level that calls both, the other one once."""
    contact = _contact_of(by)
    for target in list(_targets_of(person)):
        if EscalationTarget.objects.filter(level=target.level, contact=contact).exists():
            target.delete()
        else:
            target.contact = contact
            target.save(update_fields=["contact"])


def _close_questions(person: User, now: dt.datetime) -> None:
    """Swaps that wait for an answer are about shifts that are somebody else's now."""
    asked = Swap.objects.filter(Q(asker=person) | Q(colleague=person), status=Swap.Status.ASKED)
    asked.update(status=Swap.Status.WITHDRAWN, answered_at=now)


def _contact_of(person: User) -> Contact:
    """The person's entry in the directory; made, with their e-mail address, when there is none."""
    contact = Contact.objects.filter(user=person).first()
    if contact is None:
        contact = Contact.objects.create(name=str(person)[:120], user=person, time_zone=person.time_zone)
        Way.objects.create(contact=contact, kind=Way.Kind.EMAIL, value=person.email)
    elif contact.left_at is not None:  # the account is in use, so the entry is, too
        contact.left_at = None
        contact.save(update_fields=["left_at", "updated_at"])
    return contact


def _tell(person: User, by: User, places: list[Place], now: dt.datetime) -> None:
    listed = "\n".join(f"- {place.label}" for place in places)
    notify(
        key=f"replaced:{person.pk}:{int(now.timestamp())}:user:{by.pk}",
        kind=Kind.SHIFT,
        to=by,
        subject=f"You take over from {person}",
        text=f"From now on you are in these places instead of {person}:\n\n{listed}",
        now=now,
        url=places[0].url,
        action="See the first of them",
    )
