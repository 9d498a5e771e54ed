"""Correcting when something happened, with a reason. What was said before stays in the timeline."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import User
from incidents.errors import BadTime, Refused, WrongState
from incidents.models import EntryKind, Incident, Status, StatusChange
from incidents.services.locking import check_past, lock_for, say_at
from incidents.services.timeline import record

FIELDS = ("started_at", "acknowledged_at", "mitigated_at", "resolved_at")


@transaction.atomic
def correct_time(
    incident: Incident, what: StatusChange | str, at: dt.datetime, *, reason: str, user: User, now: dt.datetime
) -> Incident:
    """Correct the time of a status change, or one of `FIELDS`, and say why.

    `resolved_at` is the time of the change to Resolved. The changes keep their order: a time stays between the ones before
    and after it, not before the start, not in the future. Raises NotAllowed, BadTime, Refused (no reason, the same time)
    and WrongState (it never got there).
    """
    found = lock_for(incident, user, "correct times")
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise Refused("Say in a few words why the time is corrected.")
    check_past(at, now)
    if what == "resolved_at":
        what = _find_resolution(found)
    if isinstance(what, StatusChange):
        name, before = _move_change(found, what, at, user, now)
    else:
        name, before = _move_field(found, what, at)
    found.save(update_fields=["started_at", "acknowledged_at", "mitigated_at", "resolved_at", "closed_at"])
    data: dict[str, Any] = {"corrected": name, "from": before.isoformat(), "to": at.isoformat()}
    record(
        found,
        EntryKind.STATUS,
        f"corrected when it {name}, from {say_at(before, now, user)} to {say_at(at, now, user)}: {reason}",
        now=now,
        person=user,
        **data,
    )
    found.refresh_from_db()
    return found


_NAMES = {
    "started_at": "began",
    "acknowledged_at": "was acknowledged",
    "mitigated_at": "was mitigated",
}


def _find_resolution(incident: Incident) -> StatusChange:
    change = incident.status_changes.filter(status=Status.RESOLVED).order_by("at", "pk").last()
    if incident.resolved_at is None or change is None:
        raise WrongState(f"{incident.reference} is not resolved.")
    return change


def _move_change(
    incident: Incident, change: StatusChange, at: dt.datetime, user: User, now: dt.datetime
) -> tuple[str, dt.datetime]:
    """Move a change between its neighbours; the incident's own times that came from it move along."""
    changes = list(incident.status_changes.order_by("at", "pk"))
    place = next((place for place, one in enumerate(changes) if one.pk == change.pk), None)
    if place is None:
        raise WrongState("That change belongs to another incident.")
    change = changes[place]
    before = change.at
    _check_same(before, at)
    if at < incident.started_at:
        raise BadTime("That time is before the incident began. Correct its start first.")
    for other, is_wrong in ((changes[place - 1 : place], at.__lt__), (changes[place + 1 : place + 2], at.__gt__)):
        if other and is_wrong(other[0].at):
            said = f"{other[0].get_status_display()} {say_at(other[0].at, now, user)}"
            raise BadTime(f"Changes keep their order: it became {said}.")
    change.at = at
    change.save(update_fields=["at"])
    _follow(incident, changes, place, before)
    return f"became {change.get_status_display()}", before


def _follow(incident: Incident, changes: list[StatusChange], place: int, before: dt.datetime) -> None:
    """Times kept with the incident that this change gave it follow it; a time that was corrected by itself stays."""
    change = changes[place]
    is_last_of_kind = all(later.status != change.status for later in changes[place + 1 :])
    if change.status == Status.RESOLVED and is_last_of_kind and incident.resolved_at is not None:
        incident.resolved_at = change.at
    if change.status == Status.CLOSED and is_last_of_kind and incident.closed_at is not None:
        incident.closed_at = change.at
    if incident.mitigated_at is None or change.status not in (Status.MONITORING, Status.RESOLVED):
        return
    if incident.mitigated_at == before:
        incident.mitigated_at = change.at
    elif incident.resolved_at is not None and incident.mitigated_at > incident.resolved_at:
        raise BadTime("It was mitigated after that time. Correct that first.")


def _move_field(incident: Incident, field: str, at: dt.datetime) -> tuple[str, dt.datetime]:
    if field not in _NAMES:
        raise Refused("There is no such time.")
    before: dt.datetime | None = getattr(incident, field)
    if before is None:
        raise WrongState(f"{incident.reference} has no such time yet.")
    _check_same(before, at)
    if field == "started_at":
        _check_start(incident, at)
    elif at < incident.started_at:
        raise BadTime("That time is before the incident began.")
    if field == "mitigated_at" and incident.resolved_at is not None and at > incident.resolved_at:
        raise BadTime("It was resolved before that time.")
    setattr(incident, field, at)
    return _NAMES[field], before


def _check_start(incident: Incident, at: dt.datetime) -> None:
    """It can't have begun after something that it was the cause of; the first change is when it was opened."""
    firsts = [incident.acknowledged_at, incident.mitigated_at, incident.resolved_at]
    first_change = incident.status_changes.order_by("at", "pk").first()
    firsts.append(first_change.at if first_change else None)
    if any(moment is not None and at > moment for moment in firsts):
        raise BadTime("It can’t have begun after it was opened, acknowledged, mitigated or resolved.")


def _check_same(before: dt.datetime, at: dt.datetime) -> None:
    if before == at:
        raise Refused("That is the time it has already.")
