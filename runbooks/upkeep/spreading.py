"""Reviews that fall together, spread over a period. Pure: no Django, no clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

TOGETHER = timedelta(days=7)
FEW = 5  # runbooks within a week that nobody minds


@dataclass(frozen=True, slots=True)
class Planned:
    """A runbook whose next review was counted, not stated by anybody."""

    key: int
    due_on: date
    last_reviewed_on: date | None = None
    uses: int = 0
    last_used_on: date | None = None


def find_crowd(planned: Collection[Planned], first: date, period: int) -> list[Planned]:
    """Those that fall together with others: more within seven days than few, and than an even spread of all would hold.

    What is overdue falls on `first`. `period` is in days.
    """
    most = max(FEW, -(-len(planned) * TOGETHER.days // period))
    window: deque[Planned] = deque()
    crowd: dict[int, Planned] = {}
    for one in sorted(planned, key=lambda one: (_falls_on(one, first), one.key)):
        window.append(one)
        while _falls_on(one, first) - _falls_on(window[0], first) >= TOGETHER:
            window.popleft()
        if len(window) > most:
            crowd |= {near.key: near for near in window if near.key not in crowd}
    return list(crowd.values())


def spread(crowd: Collection[Planned], first: date, period: int) -> dict[int, date]:
    """A day for each, from `first` on, evenly: no day has more than the crowd divided by the period, rounded up.

    What is most worth looking at comes first: what was never reviewed, or not for longest; of those what is used most.
    None comes later than `period` days, counted with the first; the order in which the crowd is given does not matter.
    """
    order = sorted(crowd, key=_rank)
    return {one.key: first + timedelta(days=place * period // len(order)) for place, one in enumerate(order)}


def _falls_on(one: Planned, first: date) -> date:
    return max(one.due_on, first)


def _rank(one: Planned) -> tuple[date, int, int, int]:
    return (
        one.last_reviewed_on or date.min,
        -one.uses,
        -(one.last_used_on or date.min).toordinal(),
        one.key,
    )
