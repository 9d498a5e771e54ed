"""Roles in an incident: taking, giving and leaving them. Command is handed over by `commanding`."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from incidents.errors import Refused, WrongState
from incidents.models import EntryKind, Incident, Role, RoleHolder, Status
from incidents.services.commanding import answer_offer, answer_page, offer_command, take_over_command, withdraw_offer
from incidents.services.holding import find_holder, hold_role
from incidents.services.locking import lock_for, say_at
from incidents.services.telling import check_able, tell
from incidents.services.timeline import record

__all__ = [
    "answer_offer",
    "give_role",
    "leave_role",
    "offer_command",
    "take_over_command",
    "take_role",
    "withdraw_offer",
]


@transaction.atomic
def take_role(incident: Incident, role: str, *, user: User, now: dt.datetime) -> RoleHolder:
    """Take a role that nobody has. Taking command answers the page, too.

    Of two who take it at once one gets it. Raises NotAllowed, and WrongState, which says who has it.
    """
    found = lock_for(incident, user, "take a role in an incident")
    chosen = _read_role(found, role)
    holder = find_holder(found, chosen)
    if holder is not None and holder.person_id == user.pk:
        raise WrongState(f"You are {chosen.label} already.")
    if holder is not None:
        since = say_at(holder.taken_at, now, user)
        raise WrongState(f"{holder.person} has been {chosen.label} since {since}.")
    row = hold_role(found, chosen, user, now=now)
    text = "took command" if chosen == Role.COMMANDER else f"took the role {chosen.label}"
    record(found, EntryKind.ROLE, text, now=now, person=user, role=chosen)
    if chosen == Role.COMMANDER:
        answer_page(found, user=user, now=now)
    return row


@transaction.atomic
def give_role(incident: Incident, role: str, person: User, *, user: User, now: dt.datetime) -> RoleHolder:
    """Give a role to somebody, whoever had it before; both are told. Command is offered instead (`offer_command`)."""
    found = lock_for(incident, user, "give a role in an incident")
    chosen = _read_role(found, role)
    if chosen == Role.COMMANDER:
        raise Refused("Command is offered, and theirs when they accept it.")
    check_able(person)
    holder = find_holder(found, chosen)
    if holder is not None and holder.person_id == person.pk:
        raise WrongState(f"{person} is {chosen.label} already.")
    row = hold_role(found, chosen, person, now=now)
    before = f", until now {holder.person}" if holder else ""
    text = f"took the role {chosen.label}" if person.pk == user.pk else f"gave the role {chosen.label} to {person}"
    record(found, EntryKind.ROLE, text + before, now=now, person=user, role=chosen, to=person.pk)
    told = {person.pk: (person, f"You are {chosen.label} of {found.reference}")}
    if holder is not None:
        told[holder.person_id] = (holder.person, f"{person} is {chosen.label} of {found.reference} now")
    for pk, (other, subject) in told.items():
        if pk != user.pk:
            tell(found, other, key=f"incident-role:{row.pk}", subject=subject, by=user, now=now)
    return row


@transaction.atomic
def leave_role(incident: Incident, role: str, *, user: User, now: dt.datetime) -> RoleHolder:
    """Give up a role, so that somebody else can take it. Raises WrongState for whoever hasn't got it."""
    found = lock_for(incident, user, "leave a role in an incident")
    chosen = _read_role(found, role)
    holder = find_holder(found, chosen)
    if holder is None or holder.person_id != user.pk:
        raise WrongState(f"You are not {chosen.label}.")
    holder.ended_at = now
    holder.save(update_fields=["ended_at"])
    text = "left command; nobody commands now" if chosen == Role.COMMANDER else f"left the role {chosen.label}"
    record(found, EntryKind.ROLE, text, now=now, person=user, role=chosen)
    return holder


def _read_role(incident: Incident, role: str) -> Role:
    if role not in Role.values:
        raise Refused("There is no such role.")
    if incident.status == Status.CLOSED:
        raise WrongState(f"{incident.reference} is closed. Its roles stay as they were.")
    return Role(role)
