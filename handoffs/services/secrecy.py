"""Who may read the entries of a handoff that touch Confidential services, and what everybody else is shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from accounts.models import User
from handoffs.models import Handoff
from handoffs.sections import Filled


def may_see_secret(handoff: Handoff, user: User) -> bool:
    """The handoff's people, its team, and whoever may read everything that is Confidential."""
    if handoff.takes_part(user) or handoff.team_id in user.get_team_ids():
        return True
    return user.has_perm("runbooks.view_confidential_runbook")


def leave_out_secret(sections: Iterable[Filled]) -> tuple[Filled, ...]:
    """The sections without their Confidential entries."""
    return tuple(
        replace(section, entries=tuple(entry for entry in section.entries if not entry.secret)) for section in sections
    )


def count_secret(section: Filled) -> int:
    """How many entries are kept from those who may not see them."""
    return sum(entry.secret for entry in section.entries)


def say_hidden(number: int) -> str:
    """`1 entry is Confidential`; "" for none."""
    if not number:
        return ""
    return "1 entry is Confidential" if number == 1 else f"{number} entries are Confidential"
