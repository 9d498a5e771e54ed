"""Taking over a scale of severities that a runbook describes in a table."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from accounts.errors import require
from accounts.models import Team, User
from incidents.errors import Refused
from incidents.models import Severity
from incidents.services.severities import copy_severity, fold_name, match_rank
from runbooks.models import Runbook
from runbooks.response_times import parse_minutes

_NUMBERED = re.compile(r"(SEV|P|S)-?(\d)", re.IGNORECASE)
_BUSINESS_DAY = re.compile(r"\b(?:business|working|work)\s?days?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Adopted:
    """A row of the table as a severity of the scale, and the one of that rank that it replaces."""

    severity: Severity
    before: Severity | None
    response_text: str  # as the runbook says it

    @property
    def is_response_unclear(self) -> bool:
        """The table gives a time that was not understood as minutes and is no “next business day”."""
        unclear = bool(self.response_text) and self.severity.response_minutes is None
        return unclear and not _BUSINESS_DAY.search(self.response_text)


def plan_adoption(runbook: Runbook, team: Team | None) -> list[Adopted]:
    """What the scale would be. Paging, updates and post-mortems stay as they are now at that rank: a table says nothing
    of them. Empty where the runbook has no table of severities."""
    version = runbook.shown_version
    rows: Sequence[Mapping[str, Any]] = version.document.get("severities", []) if version is not None else []
    own = {one.rank: one for one in Severity.objects.filter(team=team)}
    models = list(own.values()) or list(Severity.objects.filter(team=None))
    ranked = _rank(_choose_table(rows))
    names = {fold_name(row["level"]) for row in ranked.values()}
    return [_make(row, rank, own.get(rank), models, team, names) for rank, row in sorted(ranked.items())]


@transaction.atomic
def adopt_scale(runbook: Runbook, team: Team | None, *, user: User) -> list[Severity]:
    """Make the table of the runbook the team's own scale (or the shared one). Severities it does not name and that nothing
    uses go; used ones stay. Raises NotAllowed and Refused."""
    require(user, "incidents.add_severity", "change severities")
    list(Severity.objects.select_for_update().filter(team=team))
    planned = plan_adoption(runbook, team)
    if not planned:
        raise Refused("This runbook has no table of severities.")
    kept = {one.severity.rank for one in planned}
    left = Severity.objects.filter(team=team).exclude(rank__in=kept)
    left.filter(incidents__isnull=True, alert_rules__isnull=True).delete()
    try:
        with transaction.atomic():
            return _write(planned)
    except IntegrityError as error:
        raise Refused("Two severities of the scale would have the same name. Change the scale by hand.") from error


def _write(planned: Iterable[Adopted]) -> list[Severity]:
    before = [one.before for one in planned if one.before is not None]
    for row in before:  # names move from rank to rank; no two may meet on the way
        Severity.objects.filter(pk=row.pk).update(name=f"~{row.rank}")
    severities = [one.severity for one in planned]
    for severity in severities:
        severity.save()
    return severities


def _choose_table(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows of one scale: a runbook may name a vendor's `P0` beside its own `SEV-1`. The longest, then the first."""
    tables: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        match = _NUMBERED.fullmatch(row["level"].strip())
        letters = match[1].upper() if match else ""
        tables.setdefault((row.get("section", ""), letters), []).append(row)
    return max(tables.values(), key=len, default=[])


def _rank(rows: Sequence[Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    """Rows by rank: the number in the name, counted from 1 (`P0` is the first); else the order of the table."""
    numbers = [int(match[2]) if (match := _NUMBERED.fullmatch(row["level"].strip())) else None for row in rows]
    shift = 1 if 0 in numbers else 0
    ranked: dict[int, Mapping[str, Any]] = {}
    for place, (row, number) in enumerate(zip(rows, numbers, strict=True), start=1):
        rank = place if number is None or None in numbers else number + shift
        if 1 <= rank <= 9:
            ranked.setdefault(rank, row)
    return ranked


def _make(
    row: Mapping[str, Any],
    rank: int,
    before: Severity | None,
    models: Sequence[Severity],
    team: Team | None,
    names: Collection[str],
) -> Adopted:
    model = before or match_rank(Severity(rank=rank), models) or Severity(rank=rank)
    severity = copy_severity(model, team)
    severity.pk = before.pk if before else None
    severity.rank = rank
    severity.name = row["level"].strip()[:20]
    if before is not None or model.rank == rank:
        severity.aliases = _join(model, names)
    else:
        severity.aliases = ""
    severity.description = (row.get("description") or model.description or severity.name)[:300]
    severity.examples = (row.get("examples") or "")[:500]
    said = row.get("response_time") or ""
    severity.response_minutes = None if _BUSINESS_DAY.search(said) else parse_minutes(said)
    return Adopted(severity, before, said)


def _join(model: Severity, names: Collection[str]) -> str:
    """The other words for that rank, the former name among them; never one that the new scale uses itself."""
    words = [word for word in model.all_names if fold_name(word) not in names]
    return ", ".join(dict.fromkeys(words))[:120]
