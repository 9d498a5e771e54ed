"""Gates: what must hold before a version becomes active. Some the portal sees; the rest somebody ticks by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from accounts.errors import require
from accounts.models import User
from runbooks.errors import GatesClosed, NotAllowed, Refused, WrongStatus
from runbooks.models import Gate, GateTick, RunbookVersion
from runbooks.models.version import HEAVY
from runbooks.services.common import lock_version
from runbooks.services.gate_checks import GateReason, look_at
from runbooks.services.policies import find_policy, find_required_gates
from runbooks.services.secrets import check_words

AUTOMATIC = (Gate.LINKS, Gate.PLACEHOLDERS, Gate.ESCALATION)
LONGEST_NOTE = 300
HEAVY_OF_VERSION = tuple(f"version__{name}" for name in HEAVY)


@dataclass(frozen=True, slots=True)
class GateState:
    """One gate of one text at one moment. A tick counts for exactly the text it was given for; `earlier` is for another."""

    gate: Gate
    is_required: bool
    is_automatic: bool
    is_needed: bool
    holds: bool
    reasons: tuple[GateReason, ...] = ()
    tick: GateTick | None = None
    earlier: GateTick | None = None

    @property
    def is_closed(self) -> bool:
        """Whether it keeps the version from becoming active."""
        return self.is_required and self.is_needed and not self.holds

    @property
    def word(self) -> str:
        if not self.is_needed:
            return "Not needed"
        if self.holds:
            return "Holds" if self.is_automatic else "Ticked"
        return "Does not hold" if self.is_automatic else "Not ticked"

    @property
    def tone(self) -> str:
        if not self.is_needed:
            return "quiet"
        if self.holds:
            return "good"
        return "danger" if self.is_required else "warn" if self.is_automatic else "quiet"


def find_gates(version: RunbookVersion, *, now: dt.datetime) -> list[GateState]:
    """Every gate as it stands at that moment, those that are required first."""
    required = find_required_gates(find_policy(version.runbook))
    states = _find_states(version, list(Gate), required, now)
    return sorted(states, key=lambda state: not state.is_required)


def check_gates(version: RunbookVersion, now: dt.datetime) -> None:
    """Raise GatesClosed, which names each closed gate and what to do, unless all that are required hold."""
    required = find_required_gates(find_policy(version.runbook))
    closed = [state for state in _find_states(version, required, required, now) if state.is_closed]
    if closed:
        raise GatesClosed(version.number, [(state.gate.label, state.reasons[0].text) for state in closed])


@transaction.atomic
def tick_gate(
    version: RunbookVersion, gate: str, *, user: User, now: dt.datetime, note: str = "", sha256: str = ""
) -> GateTick:
    """Say by name that a gate holds for the text as it is now; one that is ticked stays ticked by whoever was first.

    `sha256` is of the text that was on the person's screen, where that is known. Raises NotAllowed; Refused for a gate that
    the portal sees by itself and for words that can't be kept; WrongStatus where the text has changed or is final.
    """
    require(user, "runbooks.add_gatetick", "tick what must hold before a version becomes active")
    note = " ".join(note.split())
    _check_gate(gate)
    _check_note(note)
    version = lock_version(version)
    if not version.is_open:
        raise WrongStatus(
            f"Version {version.number} is {version.get_status_display().lower()}: its ticks stay as they are."
        )
    if sha256 and sha256 != version.sha256:
        raise WrongStatus("The text was changed since you opened this page. Read what changed, then tick again.")
    standing = _standing(version, gate).filter(version=version, sha256=version.sha256).first()
    return standing or GateTick.objects.create(
        version=version, gate=gate, sha256=version.sha256, note=note, ticked_by=user, ticked_at=now
    )


@transaction.atomic
def untick_gate(tick: GateTick, *, user: User, now: dt.datetime) -> GateTick:
    """Take a tick back: whoever gave it, or somebody who may approve. It stays in the record as that."""
    require(user, "runbooks.add_gatetick", "take a tick back")
    version = lock_version(tick.version)
    tick = GateTick.objects.select_related("ticked_by").get(pk=tick.pk)
    if tick.ticked_by_id != user.pk and not user.has_perm("runbooks.approve_runbookversion"):
        raise NotAllowed(f"{tick.ticked_by} ticked this. They can take it back, or somebody who may approve versions.")
    if tick.taken_back_at is not None:
        raise WrongStatus("This tick was taken back before.")
    if not version.is_open:
        raise WrongStatus(
            f"Version {version.number} is {version.get_status_display().lower()}: its ticks stay as they are."
        )
    tick.taken_back_at, tick.taken_back_by = now, user
    tick.save(update_fields=["taken_back_at", "taken_back_by"])
    return tick


def _check_gate(gate: str) -> None:
    if gate not in Gate.values:
        raise Refused("There is no such gate.")
    if gate in AUTOMATIC:
        raise Refused(f"“{Gate(gate).label}” is looked at by the portal itself: put right what it names.")


def _check_note(note: str) -> None:
    if "\0" in note:
        raise Refused("The note holds a NUL character, which text can't.")
    if len(note) > LONGEST_NOTE:
        raise Refused(f"The note may have at most {LONGEST_NOTE} characters.")
    check_words(note, "The note")


def _standing(version: RunbookVersion, *gates: str) -> QuerySet[GateTick]:
    """Ticks of the runbook's versions that nobody took back, the newest first."""
    ticks = GateTick.objects.filter(version__runbook=version.runbook_id, gate__in=gates, taken_back_at__isnull=True)
    return ticks.order_by("-ticked_at", "-pk")


def _find_states(
    version: RunbookVersion, gates: Collection[Gate], required: Collection[Gate], now: dt.datetime
) -> list[GateState]:
    ticked = [gate for gate in gates if gate not in AUTOMATIC]
    rows = _standing(version, *ticked).select_related("ticked_by", "version").defer(*HEAVY_OF_VERSION)
    ticks = list(rows) if ticked else []
    return [_find_state(gate, version, ticks, gate in required, now) for gate in gates]


def _find_state(
    gate: Gate, version: RunbookVersion, ticks: list[GateTick], is_required: bool, now: dt.datetime
) -> GateState:
    seen = look_at(gate, version, now)
    mine = [tick for tick in ticks if tick.gate == gate]
    tick = next((one for one in mine if one.version_id == version.pk and one.sha256 == version.sha256), None)
    return GateState(
        gate=gate,
        is_required=is_required,
        is_automatic=gate in AUTOMATIC,
        is_needed=seen.is_needed,
        holds=seen.holds or tick is not None,
        reasons=seen.reasons,
        tick=tick,
        earlier=next(iter(mine), None) if tick is None else None,
    )
