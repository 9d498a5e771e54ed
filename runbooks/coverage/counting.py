"""What the runbooks of each service hold together, counted by the database: one statement for all services.

Each part that `reading.coverage` knows is a bit; the bits of all texts of a service are put together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db import connection

from accounts.models import User
from runbooks.models import Kind, Runbook
from runbooks.models.runbook import RunbookQuerySet
from runbooks.reading.coverage import BITS, COLUMNS, RPO, RTO

RECOVERY = "disaster-recovery"


class State(StrEnum):
    """How a service stands with one column."""

    THERE = "there"
    PART = "part"  # recovery without a section, or without one of its objectives
    DRAFT = "draft"  # written, and not in force yet
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Holding:
    """Bits of what is in force, bits of that and of drafts together, and how many texts there are."""

    active: int = 0
    written: int = 0
    texts: int = 0

    def state(self, code: str) -> State:
        if code == RECOVERY:
            return self._recovery()
        if self.active & BITS[code]:
            return State.THERE
        return State.DRAFT if self.written & BITS[code] else State.GAP

    @property
    def states(self) -> tuple[State, ...]:
        """One for each column, in their order."""
        return tuple(self.state(column.code) for column in COLUMNS)

    @property
    def recovery_lacks(self) -> tuple[str, ...]:
        """What recovery in force still lacks, in words."""
        asked = {"a section": RECOVERY, "an RTO": RTO, "an RPO": RPO}
        return tuple(words for words, code in asked.items() if not self.active & BITS[code])

    def _recovery(self) -> State:
        lacks = len(self.recovery_lacks)
        if lacks == 0:
            return State.THERE
        if lacks < 3:
            return State.PART
        return State.DRAFT if self.written & BITS[RECOVERY] else State.GAP


NOTHING = Holding()

_HOLDINGS = """
SELECT runbook.service_id,
    coalesce(bit_or(version.part_bits) FILTER (WHERE version.status = 'active'), 0), bit_or(version.part_bits), count(*)
FROM ({runbooks}) AS runbook
JOIN runbooks_runbookversion version ON version.runbook_id = runbook.id AND version.status <> 'superseded'
GROUP BY runbook.service_id
"""


def find_runbooks(user: User) -> RunbookQuerySet:
    """The runbooks that count, of those this person may know of: in use, and no templates."""
    return Runbook.objects.visible_to(user).in_use().exclude(kind=Kind.TEMPLATE)


def load_holdings(user: User) -> dict[int, Holding]:
    """By service, for each that has a runbook of any kind with a text; one query."""
    sql, params = find_runbooks(user).order_by().values("id", "service_id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_HOLDINGS.format(runbooks=sql), params)
        return {service: Holding(*numbers) for service, *numbers in cursor.fetchall()}
