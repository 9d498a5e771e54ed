"""The words and dates behind a person's lines, as they are now: what no longer holds, or may not be seen, is left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from accounts.models import User
from runbooks.models import Evidence, ReviewTask, Runbook
from runbooks.services.reminders.finding import Line
from runbooks.services.reminders.words import Happened, Said
from runbooks.upkeep.stages import name_due, name_evidence

Reading = list[tuple[Line, Said]]  # the most useful first


class Row(NamedTuple):
    """A runbook as a line names it."""

    pk: int
    title: str
    slug: str
    service: str
    service_slug: str
    version_id: int | None
    due_on: dt.date | None
    last_used_at: dt.datetime | None

    def has_reason(self, key: str) -> bool:
        """Whether the key is a stage of the date that it has now."""
        return self.due_on is not None and key.startswith(name_due(self.due_on, 0)[:-1])


@dataclass(frozen=True, slots=True)
class Known:
    """What three queries found out."""

    runbooks: dict[int, Row]
    evidence: dict[str, Happened]  # by key
    tasks: dict[int, tuple[str, dt.date]]


def read_lines(person: User, lines: list[Line], today: dt.date) -> Reading:
    """The lines that still hold, with what they say; for a person loaded with their access."""
    known = _look_up(person, lines)
    holding = [held for line in lines if (held := _keep_holding(line, known))]
    reading = [(line, _read(line, known, today)) for line in holding]
    return sorted(reading, key=lambda pair: (*pair[1].find_rank(today), pair[0].runbook_id))


def _look_up(person: User, lines: Iterable[Line]) -> Known:
    lines = list(lines)
    rows = Runbook.objects.visible_to(person).in_use().filter(pk__in={line.runbook_id for line in lines}).order_by()
    columns = ("pk", "title", "slug", "service__name", "service__slug")
    found = rows.values_list(*columns, "shown_version_id", "next_review_on", "last_used_at")
    tasks = {line.task_id for line in lines if line.task_id is not None}
    open_tasks = ReviewTask.objects.open().filter(pk__in=tasks, owner=person).values_list("pk", "text", "due_on")
    return Known(
        {row[0]: Row(*row) for row in found},
        _look_up_evidence(lines),
        {pk: (text, due_on) for pk, text, due_on in open_tasks} if tasks else {},
    )


def _look_up_evidence(lines: Iterable[Line]) -> dict[str, Happened]:
    keys = [key for line in lines for key in line.keys if key.startswith("evidence:")]
    if not keys:
        return {}
    rows = Evidence.objects.open().filter(pk__in=[int(key.partition(":")[2]) for key in keys]).order_by()
    said = rows.values_list("pk", "kind", "text", "noticed_at")
    return {name_evidence(pk): Happened(kind, text, noticed_at) for pk, kind, text, noticed_at in said}


def _keep_holding(line: Line, known: Known) -> Line | None:
    """The line with the reasons that still hold; None when there are none, or this person may not know of the runbook."""
    row = known.runbooks.get(line.runbook_id)
    if row is None:
        return None
    if line.task_id is not None:
        return line if line.task_id in known.tasks else None
    keys = tuple(key for key in line.keys if key in known.evidence or row.has_reason(key))
    return replace(line, keys=keys) if keys else None


def _read(line: Line, known: Known, today: dt.date) -> Said:
    row = known.runbooks[line.runbook_id]
    said = Said(
        runbook_id=row.pk,
        title=row.title,
        service=row.service,
        address=(row.service_slug, row.slug),
        version_id=row.version_id,
        next_review_on=row.due_on,
        last_used_at=row.last_used_at,
    )
    if line.task_id is not None:
        text, due_on = known.tasks[line.task_id]
        return replace(said, task=text, due_on=due_on)
    happened = sorted((known.evidence[key] for key in line.keys if key in known.evidence), key=Happened.find_rank)
    is_told = any(row.has_reason(key) for key in line.keys)
    is_late = row.due_on is not None and row.due_on < today
    return replace(said, happened=tuple(happened), due_on=row.due_on if is_told or is_late else None)
