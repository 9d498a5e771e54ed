"""Changes to the directory: contacts and vendors with their ways, channels; who left; what is still right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from accounts.errors import NotAllowed, Refused, require
from accounts.models import User
from oncall.errors import BadWay, StillNeeded, WrongState
from oncall.models import Channel, Contact, Vendor, Way
from oncall.services.way_values import clean_value, squeeze

Row = TypeVar("Row", Contact, Vendor, Channel)
MOST_WAYS = 20
DIRECTORY_LOCK = 0x6469726563746F72  # “director”: any number that nothing else in this database locks
LONGEST_VALUE, LONGEST_LABEL = 300, 60
MEANWHILE = "Somebody wrote the same thing at the same moment. Look at it as it is now, then save again."
CHANGED_MEANWHILE = "Somebody else changed this while you were writing. Look at it as it is now, then save again."
LINES = ("notes",)  # the only facts that may have more than one line


@dataclass(frozen=True, slots=True)
class WaySpec:
    """A way as it should be. `pk` says which stored one it replaces; without it the way is new."""

    kind: str
    value: str
    label: str = ""
    is_personal: bool = False
    pk: int | None = None


def may_change(contact: Contact, user: User) -> bool:
    """Everybody looks after their own entry; other entries are for editors."""
    return user.has_perm("oncall.change_contact") or (contact.user_id is not None and contact.user_id == user.pk)


@transaction.atomic
def save_contact(
    contact: Contact | None,
    facts: Mapping[str, Any],
    ways: Sequence[WaySpec],
    *,
    user: User,
    now: dt.datetime,
    seen: dt.datetime | None = None,
    confirms: bool = True,
) -> Contact:
    """Make a contact, or change one, with all its ways. What somebody just wrote counts as confirmed (`confirms`).

    `seen` is the `updated_at` that the writer started from. Raises NotAllowed, WrongState, BadWay, and ValidationError by field.
    """
    if contact is None and facts.get("user") != user:
        require(user, "oncall.add_contact", "add contacts")
    is_new = contact is None
    contact = _begin(Contact, contact, seen)
    if not is_new and not may_change(contact, user):
        raise NotAllowed("You may change your own entry only. Ask an editor to change this one.")
    if not user.has_perm("oncall.change_contact") and facts.get("user", user) != user:
        raise NotAllowed("You may not give your entry to somebody else.")
    _save_facts(contact, facts, user if confirms else None, now)
    _save_ways(contact, ways, user, now, confirms)
    return contact


@transaction.atomic
def save_vendor(
    vendor: Vendor | None,
    facts: Mapping[str, Any],
    ways: Sequence[WaySpec],
    *,
    user: User,
    now: dt.datetime,
    seen: dt.datetime | None = None,
    confirms: bool = True,
) -> Vendor:
    """Make a vendor, or change one, with all its ways. Raises as `save_contact` does."""
    require(user, "oncall.change_vendor" if vendor else "oncall.add_vendor", "change vendors")
    vendor = _begin(Vendor, vendor, seen)
    _save_facts(vendor, facts, user if confirms else None, now)
    _save_ways(vendor, ways, user, now, confirms)
    return vendor


@transaction.atomic
def save_channel(
    channel: Channel | None,
    facts: Mapping[str, Any],
    *,
    user: User,
    now: dt.datetime,
    seen: dt.datetime | None = None,
    confirms: bool = True,
) -> Channel:
    """Make a channel, or change one. Raises NotAllowed, WrongState and ValidationError."""
    require(user, "oncall.change_channel" if channel else "oncall.add_channel", "change channels")
    channel = _begin(Channel, channel, seen)
    if facts.get("url"):
        facts = {**facts, "url": clean_value(Way.Kind.WEB, str(facts["url"]))}
    _save_facts(channel, facts, user if confirms else None, now)
    return channel


@transaction.atomic
def mark_as_left(contact: Contact, *, user: User, now: dt.datetime) -> Contact:
    """Say that a contact has left. They stay in the directory, so that runbooks that name them can be told so."""
    require(user, "oncall.change_contact", "say who has left")
    contact = _lock(Contact, contact.pk)
    if contact.left_at is not None:
        raise WrongState(f"{contact} was marked as left before.")
    contact.left_at = now
    contact.save(update_fields=["left_at", "updated_at"])
    return contact


@transaction.atomic
def bring_back(contact: Contact, *, user: User) -> Contact:
    """Take `mark_as_left` back. Somebody whose account is switched off stays away until it is switched on again."""
    require(user, "oncall.change_contact", "bring somebody back")
    contact = _lock(Contact, contact.pk)
    if contact.user is not None and not contact.user.is_active:
        raise WrongState(f"The account of {contact} is switched off. An administrator has to switch it on first.")
    if contact.left_at is None:
        raise WrongState(f"{contact} has not left.")
    contact.left_at = None
    contact.save(update_fields=["left_at", "updated_at"])
    return contact


@transaction.atomic
def confirm_contact(contact: Contact, *, user: User, now: dt.datetime) -> None:
    """Say that what is written about a contact is still right. Each way is confirmed for itself."""
    if not may_change(contact, user):
        raise NotAllowed("You may confirm your own entry only. Ask an editor to confirm this one.")
    _confirm(contact, user, now)


@transaction.atomic
def confirm_way(way: Way, *, seen: str, user: User, now: dt.datetime) -> None:
    """Say that one way is still right. `seen` is the value that the person looked at: only that one is confirmed."""
    way = Way.objects.select_for_update(of=("self",)).select_related("contact", "vendor").get(pk=way.pk)
    if way.contact is not None and not may_change(way.contact, user):
        raise NotAllowed("You may confirm your own entry only. Ask an editor to confirm this one.")
    if way.vendor is not None:
        require(user, "oncall.change_vendor", "confirm how vendors are reached")
    if way.value != seen:
        raise WrongState(CHANGED_MEANWHILE)
    _confirm(way, user, now)


@transaction.atomic
def confirm_vendor(vendor: Vendor, *, user: User, now: dt.datetime) -> None:
    """Say that what is written about a vendor is still right."""
    require(user, "oncall.change_vendor", "confirm vendors")
    _confirm(vendor, user, now)


@transaction.atomic
def confirm_channel(channel: Channel, *, user: User, now: dt.datetime) -> None:
    """Say that what is written about a channel is still right."""
    require(user, "oncall.change_channel", "confirm channels")
    _confirm(channel, user, now)


@transaction.atomic
def delete_vendor(vendor: Vendor, *, user: User) -> None:
    """Take a vendor out for good."""
    require(user, "oncall.delete_vendor", "delete vendors")
    vendor.delete()


@transaction.atomic
def delete_channel(channel: Channel, *, user: User) -> None:
    """Take a channel out for good. Raises StillNeeded while an escalation path calls it."""
    require(user, "oncall.delete_channel", "delete channels")
    places = [str(target.level.path) for target in channel.targets.select_related("level__path")]
    if places:
        raise StillNeeded(f"{channel} is called by {', '.join(places)}. Take it out there first.", places)
    try:
        channel.delete()
    except ProtectedError:
        raise Refused(f"Something else still needs {channel}. Look again, then retry.") from None


def lock_directory() -> None:
    """Until the end of the transaction nobody else adds what they looked for and did not find."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [DIRECTORY_LOCK])


def _lock(model: type[Row], pk: int) -> Row:
    return model._default_manager.select_for_update().get(pk=pk)


def _begin(model: type[Row], row: Row | None, seen: dt.datetime | None) -> Row:
    """The row as it is now, locked; a new one where there is none yet."""
    if row is None:
        return model()
    locked = _lock(model, row.pk)
    if seen is not None and locked.updated_at != seen:
        raise WrongState(CHANGED_MEANWHILE)
    return locked


def _save_facts(row: Contact | Vendor | Channel, facts: Mapping[str, Any], by: User | None, now: dt.datetime) -> None:
    """Write the facts; `by` confirms them when one of them is new. Raises ValidationError by field."""
    before = {name: getattr(row, name) for name in facts}
    for name, value in facts.items():
        is_line = isinstance(value, str) and name not in LINES
        setattr(row, name, squeeze(value) if is_line else value)
    if by is not None and (row.pk is None or any(getattr(row, name) != old for name, old in before.items())):
        row.confirmed_at, row.confirmed_by = now, by
    row.full_clean()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # somebody was faster, after the check and before the write
        raise WrongState(MEANWHILE) from None


def _save_ways(owner: Contact | Vendor, specs: Sequence[WaySpec], user: User, now: dt.datetime, confirms: bool) -> None:
    """Make the ways what the specs say. Ways that the writer can't see are left alone."""
    if len(specs) > MOST_WAYS:
        raise Refused(f"At most {MOST_WAYS} ways for one entry.")
    stored = {way.pk: way for way in Way.objects.visible_to(user).filter(pk__in=owner.ways.values("pk"))}
    wanted = [_understand(place, spec) for place, spec in enumerate(specs)]
    _check_twice(wanted, owner.ways.exclude(pk__in=stored))
    kept = {spec.pk for spec in wanted}
    Way.objects.filter(pk__in=[pk for pk in stored if pk not in kept]).delete()
    _make_room(stored, wanted)
    for spec in wanted:
        way = stored.get(spec.pk or 0) or _new_way(owner)
        _save_way(way, spec, user if confirms else None, now)


def _understand(place: int, spec: WaySpec) -> WaySpec:
    try:
        value = clean_value(spec.kind, spec.value)
    except ValidationError as error:
        raise BadWay(" ".join(error.messages), place) from None
    if spec.kind not in Way.Kind.values or len(value) > LONGEST_VALUE:
        raise BadWay("This is too long, or of a kind that the directory does not know.", place)
    return replace(spec, value=value, label=squeeze(spec.label)[:LONGEST_LABEL])


def _check_twice(wanted: Sequence[WaySpec], unseen: Iterable[Way]) -> None:
    known = {(way.kind, way.value) for way in unseen}
    for place, spec in enumerate(wanted):
        if (spec.kind, spec.value) in known:
            raise BadWay("This is there twice.", place)
        known.add((spec.kind, spec.value))


def _make_room(stored: Mapping[int, Way], wanted: Sequence[WaySpec]) -> None:
    """Where values change places between stored ways, each would meet the other on its way: park them first."""
    values = {(way.kind, way.value) for way in stored.values()}
    for spec in wanted:
        way = stored.get(spec.pk or 0)
        if way is not None and way.value != spec.value and (spec.kind, spec.value) in values:
            Way.objects.filter(pk=way.pk).update(value=f"\ue000{way.pk}")


def _new_way(owner: Contact | Vendor) -> Way:
    return Way(contact=owner) if isinstance(owner, Contact) else Way(vendor=owner)


def _save_way(way: Way, spec: WaySpec, by: User | None, now: dt.datetime) -> None:
    is_new = (way.kind, way.value) != (spec.kind, spec.value)
    if not is_new and (way.label, way.is_personal) == (spec.label, spec.is_personal):
        return
    way.kind, way.value, way.label, way.is_personal = spec.kind, spec.value, spec.label, spec.is_personal
    if is_new:
        way.confirmed_at, way.confirmed_by = (now, by) if by else (None, None)
    way.save()


def _confirm(row: Contact | Vendor | Channel | Way, user: User, now: dt.datetime) -> None:
    """Without touching `updated_at`: a click beside an open form must not turn the form away."""
    row.confirmed_at, row.confirmed_by = now, user
    row.save(update_fields=["confirmed_at", "confirmed_by"])
