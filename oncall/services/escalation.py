"""Escalation paths: made, changed, followed by services, deleted."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from accounts.errors import require
from accounts.models import Team, User
from oncall.errors import BadPath, ChangedMeanwhile, StillNeeded
from oncall.models import Channel, Contact, EscalationLevel, EscalationPath, EscalationTarget, Layer, Service

Target = Layer | Contact | Channel

RESERVED = frozenset({"new"})  # what stands at that address below /escalation/
MOST_LEVELS = 20
_NUMBERED = re.compile(r"L\d{0,3}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LevelSpec:
    """A rung as somebody wants it. Without a label of its own it is called by its number: L1, L2 …"""

    targets: tuple[Target, ...]
    response_minutes: int = 15
    label: str = ""
    escalates_if: str = ""
    handles: str = ""


@dataclass(frozen=True, slots=True)
class PathSpec:
    """A whole path as somebody wants it, the level that is called first in front."""

    name: str
    levels: tuple[LevelSpec, ...]
    team: Team | None = None
    description: str = ""
    triggers: str = ""


@transaction.atomic
def create_path(spec: PathSpec, *, user: User, service: Service | None = None) -> EscalationPath:
    """A new path with its levels; a service that is given follows it from now on.

    Raises NotAllowed, BadPath, and ValidationError for a field that won't do.
    """
    require(user, "oncall.add_escalationpath", "make escalation paths")
    levels = check_levels(spec.levels)
    path = EscalationPath(slug=_free_slug(spec.name))
    _fill(path, spec)
    try:
        with transaction.atomic():
            path.save()
    except IntegrityError:
        raise BadPath("Somebody made a path of this name just now. Choose another name, or change that one.") from None
    _write_levels(path, levels)
    if service is not None:
        follow_path(service, path, user=user)
    return path


@transaction.atomic
def change_path(path: EscalationPath, spec: PathSpec, *, user: User, base: dt.datetime | None = None) -> EscalationPath:
    """The path as the form says, its ladder whole. `base` is when the path that the form showed was last changed.

    Raises NotAllowed, BadPath, ChangedMeanwhile, and ValidationError for a field that won't do.
    """
    require(user, "oncall.change_escalationpath", "change escalation paths")
    levels = check_levels(spec.levels)
    path = _lock(path)
    if base is not None and path.updated_at != base:
        raise ChangedMeanwhile(
            "Somebody else changed this path while you had it open. Nothing of yours was saved: open it again in another "
            "tab, compare, and save once more what you still want."
        )
    _fill(path, spec)
    path.save()
    _write_levels(path, levels)
    return path


@transaction.atomic
def save_levels(path: EscalationPath, levels: Sequence[LevelSpec], *, user: User) -> EscalationPath:
    """Another ladder for the path, in the order given. Raises NotAllowed and BadPath."""
    require(user, "oncall.change_escalationpath", "change escalation paths")
    checked = check_levels(levels)
    path = _lock(path)
    path.save(update_fields=["updated_at"])
    _write_levels(path, checked)
    return path


@transaction.atomic
def delete_path(path: EscalationPath, *, user: User) -> None:
    """Delete a path for good. Raises NotAllowed, and StillNeeded while services follow it."""
    require(user, "oncall.delete_escalationpath", "delete escalation paths")
    path = _lock(path)
    following = Service.objects.filter(escalation_path=path)
    named = [str(service) for service in following.visible_to(user)]
    hidden = following.count() - len(named)
    if named or hidden:
        places = [*named, *(["a service that you may not see"] if hidden else [])]
        raise StillNeeded(f"{_join(places)} would have no escalation path. Give them another one first.", places)
    path.delete()


@transaction.atomic
def follow_path(service: Service, path: EscalationPath | None, *, user: User) -> Service:
    """Let a service follow a path, or none. Raises NotAllowed, and BadPath where either is gone."""
    require(user, "oncall.change_service", "choose the escalation path of a service")
    if path is not None:
        path = _lock(path)
    found = Service.objects.visible_to(user).select_for_update(of=("self",)).filter(pk=service.pk).first()
    if found is None:
        raise BadPath("This service is not there any more.")
    found.escalation_path = path
    found.save(update_fields=["escalation_path", "updated_at"])
    return found


def check_levels(levels: Iterable[LevelSpec]) -> list[LevelSpec]:
    """The levels with their labels. Raises BadPath for a ladder that can't be, with the level it is about."""
    levels = list(levels)
    if not levels:
        raise BadPath("A path needs at least one level.")
    if len(levels) > MOST_LEVELS:
        raise BadPath(f"More than {MOST_LEVELS} levels: nobody climbs that far. Leave some out.")
    labelled = [_labelled(level, number) for number, level in enumerate(levels, start=1)]
    if len({level.label.casefold() for level in labelled}) < len(labelled):
        raise BadPath("Two levels have the same label. Give each its own.")
    for level in labelled:
        _check_level(level)
    return labelled


def _labelled(level: LevelSpec, number: int) -> LevelSpec:
    label = level.label.strip()
    if not label or _NUMBERED.fullmatch(label):
        label = f"L{number}"  # numbers follow the order, also after a level was moved
    return LevelSpec(level.targets, level.response_minutes, label, level.escalates_if.strip(), level.handles.strip())


def _check_level(level: LevelSpec) -> None:
    if not level.targets:
        raise BadPath(f"{level.label} calls nobody. Say whom it calls, or take the level out.")
    if not 1 <= level.response_minutes <= 10_080:
        raise BadPath(f"{level.label}: the response time is between one minute and a week.")
    seen: set[tuple[str, int]] = set()
    for target in level.targets:
        key = (type(target).__name__, target.pk)
        if key in seen:
            raise BadPath(f"{level.label} calls {target} twice. Once is enough.")
        seen.add(key)
        if isinstance(target, Contact) and target.has_left:
            raise BadPath(f"{level.label}: {target} has left. Name somebody else.")
        if isinstance(target, Layer) and target.ended_at is not None:
            raise BadPath(f"{level.label}: the layer {target} was ended. Choose another.")


def _fill(path: EscalationPath, spec: PathSpec) -> None:
    path.name = " ".join(spec.name.split())
    path.team = spec.team
    path.description = spec.description.strip()
    path.triggers = "\n".join(line.strip() for line in spec.triggers.splitlines() if line.strip())
    path.full_clean()
    if EscalationPath.objects.filter(name__iexact=path.name).exclude(pk=path.pk).exists():
        raise ValidationError({"name": "There is already a path of this name."})


def _write_levels(path: EscalationPath, levels: Sequence[LevelSpec]) -> None:
    path.levels.all().delete()
    rows = EscalationLevel.objects.bulk_create(
        EscalationLevel(
            path=path,
            position=number,
            label=level.label[:20],
            response_minutes=level.response_minutes,
            escalates_if=level.escalates_if[:300],
            handles=level.handles[:300],
        )
        for number, level in enumerate(levels, start=1)
    )
    EscalationTarget.objects.bulk_create(
        EscalationTarget(level=row, **{_field_of(target): target})
        for row, level in zip(rows, levels, strict=True)
        for target in level.targets
    )
    getattr(path, "_prefetched_objects_cache", {}).clear()


def _field_of(target: Target) -> str:
    if isinstance(target, Layer):
        return "layer"
    return "contact" if isinstance(target, Contact) else "channel"


def _lock(path: EscalationPath) -> EscalationPath:
    found = EscalationPath.objects.select_for_update(of=("self",)).filter(pk=path.pk).first()
    if found is None:
        raise BadPath("This path was deleted meanwhile.")
    return found


def _free_slug(name: str) -> str:
    stem = slugify(name)[:70].strip("-") or "path"
    taken = set(EscalationPath.objects.filter(slug__startswith=stem).values_list("slug", flat=True)) | RESERVED
    return next(s for n in range(1, len(taken) + 2) if (s := f"{stem}-{n}" if n > 1 else stem) not in taken)


def _join(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
