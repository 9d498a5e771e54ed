"""Removing who is on call in the example: paths, rotations and the directory, unless people of this portal's own are in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import models
from django.db.models import Q

from oncall.models import (
    Absence,
    Address,
    CalendarFeed,
    Channel,
    Contact,
    Delivery,
    EscalationLevel,
    EscalationPath,
    EscalationTarget,
    Layer,
    Notification,
    Override,
    Plan,
    PlanMember,
    PlannedGap,
    PublishedShift,
    QuietHours,
    ReachTest,
    Rotation,
    Service,
    ShiftCheck,
    Swap,
    Vendor,
    Way,
)
from portal.example.company import Company
from portal.example.oncall_file import OncallEntries

RemoveUnused = Callable[[models.QuerySet], None]


def find_own_oncall_rows() -> dict[type[models.Model], Q]:
    """Rows that are no reason to keep what they refer to: parts of it, and what the portal wrote down about it by itself."""
    parts = (EscalationLevel, Way, Absence, Address, QuietHours, Notification, Delivery)
    kept_by_the_portal = (PublishedShift, ShiftCheck, ReachTest, CalendarFeed)
    return {model: Q() for model in (*parts, *kept_by_the_portal)}


def remove_paths(entries: OncallEntries, company: Company, remove: RemoveUnused) -> None:
    """Delete the example's paths that no other service follows."""
    services = Service.objects.filter(slug__in=[entry.slug for entry in company.services])
    services.filter(escalation_path__slug__in=[entry.slug for entry in entries.paths]).update(escalation_path=None)
    remove(EscalationPath.objects.filter(slug__in=[entry.slug for entry in entries.paths]))


def remove_rotations(entries: OncallEntries, company: Company, kept: list[str]) -> int:
    """Delete the example's rotations with all that happened in them; how many those were.

    Somebody of this portal's own in one of them, or a path of theirs that calls it, keeps it.
    """
    ours = [entry.email for entry in company.people]
    removed = 0
    for entry in entries.rotations:
        rotation = Rotation.objects.filter(team__slug=entry.team, slug=entry.slug).first()
        if rotation is None:
            continue
        reason = _find_reason(rotation, ours)
        if reason:
            kept.append(f"{rotation}: {reason}")
            continue
        _delete_rotation(rotation)
        removed += 1
    return removed


def remove_directory(entries: OncallEntries, company: Company, remove: RemoveUnused) -> None:
    """Delete the example's contacts, vendors and channels that nothing else refers to."""
    ours = Q(user=None) | Q(user__email__in=[entry.email for entry in company.people])
    remove(Contact.objects.filter(ours, name__in=[entry.name for entry in entries.contacts]))
    remove(_any_of(Vendor, (Q(name=entry.name, support_type=entry.support_type) for entry in entries.vendors)))
    remove(_any_of(Channel, (Q(purpose=entry.purpose, channel=entry.channel) for entry in entries.channels)))


def remove_tests_of(company: Company) -> None:
    """Delete test messages to people of the example: they protect the notification they were sent with."""
    ReachTest.objects.filter(person__email__in=[entry.email for entry in company.people]).delete()


def _any_of(model: type[models.Model], wanted: Iterable[Q]) -> models.QuerySet:
    either = Q(pk__in=[])
    for one in wanted:
        either |= one
    return model._default_manager.filter(either)


def _find_reason(rotation: Rotation, ours: list[str]) -> str:
    """Why the rotation stays; "" when nothing speaks for it."""
    people = (
        PlanMember.objects.filter(plan__layer__rotation=rotation).exclude(person__email__in=ours),
        Override.objects.filter(layer__rotation=rotation).exclude(person__email__in=ours),
        Plan.objects.filter(layer__rotation=rotation, created_by__isnull=False).exclude(created_by__email__in=ours),
    )
    if any(rows.exists() for rows in people):
        return "somebody here is in it or has changed it"
    if EscalationTarget.objects.filter(layer__rotation=rotation).exists():
        return "escalation paths refer to it"
    return ""


def _delete_rotation(rotation: Rotation) -> None:
    Override.objects.filter(layer__rotation=rotation).delete()
    Swap.objects.filter(Q(layer__rotation=rotation) | Q(return_layer__rotation=rotation)).delete()
    PlannedGap.objects.filter(rotation=rotation).delete()
    Layer.objects.filter(rotation=rotation).delete()
    rotation.delete()
