"""Changing an incident: its status, severity, facts, links and runbooks. Times are corrected in `times`."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import User
from incidents.errors import BadTime, Refused, WrongState
from incidents.models import OPEN, EntryKind, Incident, Severity, Status, StatusChange
from incidents.services import escalating, postmortem_asking
from incidents.services.attaching import add_link, attach_runbook, remove_link
from incidents.services.evidence import tell_over
from incidents.services.facts import change_facts
from incidents.services.holding import withdraw_offers
from incidents.services.locking import check_past, lift, lock_for, say_at
from incidents.services.timeline import record
from incidents.services.times import correct_time

__all__ = [
    "add_link",
    "attach_runbook",
    "change_facts",
    "change_severity",
    "change_status",
    "correct_time",
    "find_update_due",
    "remove_link",
]

_MITIGATED = (Status.MONITORING, Status.RESOLVED, Status.CLOSED)
_SAID = {Status.RESOLVED: "resolved", Status.CLOSED: "closed"}


@transaction.atomic
def change_status(
    incident: Incident,
    status: str,
    *,
    user: User | None,
    now: dt.datetime,
    at: dt.datetime | None = None,
    note: str = "",
) -> Incident:
    """Bring an incident to another status; any open one to any other, resolved from any, closed after resolved.

    From resolved or closed to an open status is reopening. `at` is when it happened, where that was before `now`; `note`
    is one line for the timeline. Without a user it is the alerts that ended, or the portal. Gives the incident as it is
    then. Raises NotAllowed, WrongState (it has that status, or can't get it from here) and BadTime.
    """
    found = lock_for(incident, user)
    status = _read_status(status)
    last = found.status_changes.select_related("by").order_by("at", "pk").last()
    _check_step(found, status, last, user, now)
    moment = _find_moment(found, status, last, at, now)
    before = found.status
    StatusChange.objects.create(incident=found, status=status, at=moment, by=user)
    _set_times(found, status, moment, now)
    found.save(update_fields=["status", "mitigated_at", "resolved_at", "closed_at", "next_update_at"])
    text = _say_change(before, status, user)
    data: dict[str, Any] = {"from": before, "to": status}
    said = " ".join(note.split())
    record(
        found,
        EntryKind.STATUS,
        f"{text}: {said}" if said else text,
        now=now,
        person=user,
        at=moment,
        **data,
    )
    if status == Status.RESOLVED:
        escalating.stop(found, now=now)
    if status == Status.CLOSED:
        withdraw_offers(found, now=now)
    found.refresh_from_db()
    if status == Status.RESOLVED:
        tell_over(found, now)
    if status == Status.RESOLVED and not found.is_example:
        postmortem_asking.ask_for(found, now=now)
    return found


@transaction.atomic
def change_severity(
    incident: Incident, severity: Severity, *, reason: str, user: User | None, now: dt.datetime
) -> Incident:
    """Say that it is worse or less bad than was thought; the next update and the escalation follow.

    Raises NotAllowed, WrongState (it has that severity, or is closed) and Refused (no reason).
    """
    found = lock_for(incident, user)
    reason = " ".join(reason.split())[:300]
    if found.status == Status.CLOSED:
        raise WrongState(f"{found.reference} is closed. Reopen it before you change its severity.")
    if severity.pk == found.severity_id:
        raise WrongState(f"{found.reference} is {severity} already.")
    if not reason:
        raise Refused("Say in a few words why the severity changes.")
    if severity.team_id not in (None, found.team_id):
        raise Refused(f"{severity} belongs to the scale of another team.")
    before = found.severity
    found.severity = severity
    if found.is_open:
        due = find_update_due(severity, now)
        is_worse = severity.rank < before.rank
        found.next_update_at = min(due, found.next_update_at or due) if due and is_worse else due
    found.save(update_fields=["severity", "next_update_at"])
    data: dict[str, Any] = {"from": str(before), "to": str(severity)}
    data |= {"from_rank": before.rank, "to_rank": severity.rank}
    record(
        found,
        EntryKind.SEVERITY,
        f"{'changed' if user else 'The portal changed'} the severity from {before} to {severity}: {reason}",
        now=now,
        person=user,
        **data,
    )
    escalating.severity_changed(found, now=now)
    found.refresh_from_db()
    return found


def find_update_due(severity: Severity, now: dt.datetime) -> dt.datetime | None:
    """When others expect the next update; None where the severity expects none."""
    return now + dt.timedelta(minutes=severity.update_minutes) if severity.update_minutes else None


def _read_status(status: str) -> Status:
    if status not in Status.values:
        raise Refused("There is no such status.")
    return Status(status)


def _check_step(
    incident: Incident, status: Status, last: StatusChange | None, user: User | None, now: dt.datetime
) -> None:
    """Refuse what it is already, resolving what is closed, and closing what is open."""
    over = _SAID.get(Status(incident.status))
    who = f" by {last.by}" if last and last.by else ""
    when = f" {say_at(last.at, now, user)}" if last else ""
    if status == incident.status and over:
        raise WrongState(f"{incident.reference} was {over}{when}{who}.")
    if status == incident.status:
        raise WrongState(f"{incident.reference} is {status.label} already, since {when.strip()}{who}.")
    if status == Status.RESOLVED and over:
        raise WrongState(f"{incident.reference} was resolved before, and closed{when}{who}.")
    if status == Status.CLOSED and not over:
        raise WrongState(
            f"{incident.reference} is still {Status(incident.status).label}. Resolve it before you close it."
        )


def _find_moment(
    incident: Incident, status: Status, last: StatusChange | None, at: dt.datetime | None, now: dt.datetime
) -> dt.datetime:
    """When the change happened. Without `at` it is now, and never before the last one, even if a clock was put back."""
    earliest = max(incident.started_at, last.at) if last else incident.started_at
    if status == Status.RESOLVED:
        earliest = max(earliest, incident.mitigated_at or earliest)
    if at is None:
        return max(now, earliest)
    check_past(at, now)
    at = lift(at, earliest)
    if at < incident.started_at:
        raise BadTime("That time is before the incident began.")
    if last and at < last.at:
        raise BadTime(f"It became {last.get_status_display()} after that time. Correct the earlier change first.")
    if at < earliest:
        raise BadTime("It was mitigated after that time. Correct that first.")
    return at


def _set_times(incident: Incident, status: Status, at: dt.datetime, now: dt.datetime) -> None:
    incident.status = status
    incident.closed_at = at if status == Status.CLOSED else None
    if status == Status.RESOLVED:
        incident.resolved_at = at
        incident.next_update_at = None
    if status in OPEN:
        if incident.resolved_at is not None:
            incident.next_update_at = find_update_due(incident.severity, now)
        incident.resolved_at = None
    incident.mitigated_at = (incident.mitigated_at or at) if status in _MITIGATED else None


def _say_change(before: str, status: Status, user: User | None) -> str:
    over = before not in OPEN
    if status in _SAID:
        return f"{_SAID[status]} the incident" if user else f"The incident was {_SAID[status]}"
    if over:
        return f"reopened the incident as {status.label}" if user else f"The incident was reopened as {status.label}"
    change = f"from {Status(before).label} to {status.label}"
    return f"changed the status {change}" if user else f"The status changed {change}"
