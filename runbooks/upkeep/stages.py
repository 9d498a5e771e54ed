"""Which reminder of a day has come, and who hears it: two weeks before, on the day, and each week overdue.

Everything follows from what holds in the morning, so a missed day, week or month is caught up by the newest stage alone, and
a date that moved begins anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

WEEK = 7  # days
SOON = -14  # days from the date: the first stage of a review
TASK_SOON = -3  # and of a task
FIRST_STAGES = (
    SOON,
    WEEK,
    2 * WEEK,
)  # from which stage on the lowest rung hears of a review, the next, and the highest
KEPT_DAYS = 16  # a stage is the newest one for 14 days at most; with a day on either side for time zones

Rungs = tuple[frozenset[int], ...]  # of people, the lowest first; none of them empty


@dataclass(frozen=True, slots=True)
class Seen:
    """Evidence that asks for a review."""

    pk: int
    kind: str
    noticed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Watched:
    """A runbook and all that decides whether somebody hears of it."""

    pk: int
    due_on: dt.date | None
    last_on: dt.date | None
    rungs: Rungs
    evidence: tuple[Seen, ...] = ()
    snoozed_until: dt.date | None = None
    snoozed_at: dt.datetime | None = None

    def is_snoozed(self, today: dt.date) -> bool:
        """Whether its calendar is silent on that day."""
        return self.snoozed_until is not None and today < self.snoozed_until


def find_stage(due_on: dt.date, today: dt.date, soon: int = SOON) -> int | None:
    """The newest stage that has come, in days from the date: `soon`, 0, 7, 14, …; None before the first."""
    passed = (today - due_on).days
    if passed < 0:
        return soon if passed >= soon else None
    return passed // WEEK * WEEK


def find_rungs(owner: int | None, members: Iterable[int], leads: Iterable[int], absent: Collection[int] = ()) -> Rungs:
    """Who stands on which rung: the owner, then the team, then its leads. Somebody stands on their lowest rung only.

    A rung with nobody falls away, so that without an owner the team hears first. `absent` said that it is not theirs.
    """
    asked: set[int] = set()
    rungs = []
    for people in ([] if owner is None else [owner], members, leads):
        rung = frozenset(people) - asked
        rung -= {person for person in absent if person != owner}
        asked |= rung
        rungs.append(rung)
    return tuple(rung for rung in rungs if rung)


def find_keys(runbook: Watched, person: int, today: dt.date) -> list[str]:
    """The reasons for which this person hears of the runbook on that day, as keys, whether told before or not."""
    rung = next((number for number, people in enumerate(runbook.rungs) if person in people), None)
    if rung is None:
        return []
    stage = _find_calendar_stage(runbook, today)
    keys = []
    if stage is not None and runbook.due_on is not None and stage >= FIRST_STAGES[rung]:
        keys.append(name_due(runbook.due_on, stage))
    if rung == 0:
        keys += [name_evidence(seen.pk) for seen in runbook.evidence if _is_heard(seen, runbook, today)]
    return keys


def name_due(due_on: dt.date, stage: int) -> str:
    return f"due:{due_on}:{stage}"


def name_evidence(pk: int) -> str:
    return f"evidence:{pk}"


def name_task(pk: int, stage: int) -> str:
    return f"task:{pk}:{stage}"


def _find_calendar_stage(runbook: Watched, today: dt.date) -> int | None:
    """The stage of its date. Reviewed within the two weeks before the date, it is not announced: that was heard just now."""
    if runbook.due_on is None or runbook.is_snoozed(today):
        return None
    stage = find_stage(runbook.due_on, today)
    was_just_read = runbook.last_on is not None and runbook.last_on >= runbook.due_on + dt.timedelta(days=SOON)
    return None if stage == SOON and was_just_read else stage


def _is_heard(seen: Seen, runbook: Watched, today: dt.date) -> bool:
    """While it is snoozed, only what happened since."""
    if not runbook.is_snoozed(today):
        return True
    return runbook.snoozed_at is not None and seen.noticed_at > runbook.snoozed_at
