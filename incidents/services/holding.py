"""Who has a role: the rows themselves. What may be done, by whom, and what it leads to is in `roles`."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from incidents.models import CommandOffer, Incident, Role, RoleHolder


def find_holder(incident: Incident, role: str) -> RoleHolder | None:
    """Who has the role now, with the person."""
    return incident.role_holders.current().filter(role=role).select_related("person").first()


def hold_role(incident: Incident, role: str, person: User, *, now: dt.datetime) -> RoleHolder:
    """Write that somebody has a role from now on; whoever had it before ends. The incident's row is held by the caller.

    A new commander ends every offer of command: whoever offered it no longer has it to give.
    """
    incident.role_holders.current().filter(role=role).update(ended_at=now)
    if role == Role.COMMANDER:
        withdraw_offers(incident, now=now)
    return RoleHolder.objects.create(incident=incident, role=role, person=person, taken_at=now)


def withdraw_offers(incident: Incident, *, now: dt.datetime) -> None:
    """End offers of command that nobody answered."""
    waiting = CommandOffer.objects.filter(incident=incident, answer=CommandOffer.Answer.WAITING)
    waiting.update(answer=CommandOffer.Answer.WITHDRAWN, answered_at=now)
