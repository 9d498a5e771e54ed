"""What the pages of a version print about its gates."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from accounts.models import User
from runbooks.models import GateTick, RunbookVersion
from runbooks.services.gates import GateState, find_gates


@dataclass
class GatesPanel:
    """The gates of one version for one person at one moment; a version that is final shows what was ticked for it."""

    version: RunbookVersion
    user: User
    now: dt.datetime
    note: str = ""  # what a person had written when they were refused
    refused_at: str = ""  # the gate at which

    def context(self) -> dict[str, Any]:
        """What the template prints."""
        return {
            "gates": self.rows if self.version.is_open else [],
            "gates_closed": sum(row["state"].is_closed for row in self.rows) if self.version.is_open else 0,
            "ticks": [] if self.version.is_open else self.ticks,
            "can_tick": self.version.is_open and self.user.has_perm("runbooks.add_gatetick"),
        }

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Each gate, and what this person may do about it."""
        return [
            {
                "state": state,
                "can_untick": self._may_untick(state),
                "note": self.note if state.gate == self.refused_at else "",
            }
            for state in find_gates(self.version, now=self.now)
        ]

    @cached_property
    def ticks(self) -> list[GateTick]:
        """What was said of exactly the text that became active."""
        standing = self.version.gate_ticks.filter(sha256=self.version.sha256, taken_back_at__isnull=True)
        return list(standing.select_related("ticked_by"))

    def _may_untick(self, state: GateState) -> bool:
        if state.tick is None or not self.user.has_perm("runbooks.add_gatetick"):
            return False
        return state.tick.ticked_by_id == self.user.pk or self.user.has_perm("runbooks.approve_runbookversion")
