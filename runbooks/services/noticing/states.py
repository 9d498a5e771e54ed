"""What is wrong for as long as it is: noticed when it begins, settled when it is put right, noticed anew when it comes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction

from runbooks.models import Evidence
from runbooks.services.evidence import Noticed, notice, settle

AGAIN = "#"  # before the number of times, in a key


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something about a runbook that is wrong now. `name` tells it from everything else, as `contact:3:account:7`."""

    runbook_id: int
    name: str
    text: str
    url: str


@dataclass(slots=True)
class _Known:
    """The latest row of one name, and how often it was noticed."""

    times: int = 0
    key: str = ""
    is_open: bool = False
    is_answered: bool = False  # somebody has looked at it and left it as it is


@transaction.atomic
def keep_up(kind: str, runbook_ids: Collection[int], found: Iterable[Wrong], now: dt.datetime) -> int:
    """Bring the evidence of that kind of those runbooks into line with what is found; how many rows are new.

    What a review has answered is not noticed again for as long as it stays.
    """
    wrong = {one.name: one for one in found}
    known = _load(kind, runbook_ids)
    seen = []
    for name, one in wrong.items():
        last = known.get(name, _Known())
        if last.is_open or last.is_answered:
            continue
        key = f"{name}{AGAIN}{last.times + 1}" if last.times else name
        seen.append(Noticed(one.runbook_id, kind, key, one.text, one.url))
    mended = [last.key for name, last in known.items() if last.is_open and name not in wrong]
    if mended:
        settle(mended, now)
    return notice(seen, now) if seen else 0


def _load(kind: str, runbook_ids: Collection[int]) -> dict[str, _Known]:
    known: dict[str, _Known] = {}
    rows = Evidence.objects.filter(kind=kind, runbook__in=runbook_ids).order_by("noticed_at", "pk")
    for key, settled_at, answer in rows.values_list("key", "settled_at", "answered_by"):
        last = known.setdefault(key.split(AGAIN)[0], _Known())
        last.times += 1
        last.key, last.is_open, last.is_answered = key, settled_at is None, answer is not None
    return known
