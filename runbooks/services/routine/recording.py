"""Taking routine tasks out of the active text of a runbook: what stays, what is new, what has ended, what came back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from runbooks.models import Kind, RoutineTask, Runbook
from runbooks.services.common import lock_runbook
from runbooks.services.routine.homes import find_day
from runbooks.upkeep.matching import Item, Known, find_items, match_tasks

DAY = dt.timedelta(days=1)
WRITTEN = ("cadence", "checklist", "anchor", "text", "position", "ended_on", "pauses")


def record_tasks(runbook: Runbook, today: dt.date) -> None:
    """Bring the tasks of a locked runbook into line with its active text; `today` is its team's (`find_day`).

    A task that was only reworded or moved stays the same one, with its ticks. What is gone ends today; what came back goes on.
    A template, a retired runbook and one without an active version have none. Harmless when done twice.
    """
    _record(runbook, _read_items(runbook), today)


def follow_text(runbook: Runbook, now: dt.datetime) -> None:
    """The same at a moment, on the day that it is for its team; cheap for the many runbooks without such tasks."""
    items = _read_items(runbook)
    if items or RoutineTask.objects.filter(runbook=runbook, ended_on__isnull=True).exists():
        _record(runbook, items, find_day(runbook, now))


@transaction.atomic
def catch_up_tasks(runbook_id: int, now: dt.datetime) -> None:
    """The same for a runbook that is not locked: its text was read anew."""
    follow_text(lock_runbook(runbook_id), now)


def _record(runbook: Runbook, items: Sequence[Item], today: dt.date) -> None:
    rows = {row.pk: row for row in RoutineTask.objects.filter(runbook=runbook).order_by("-ended_on", "position", "pk")}
    known = [Known(row.pk, row.cadence, row.checklist, row.text, row.ended_on is None) for row in rows.values()]
    pairs = match_tasks(known, items)
    _keep([_renew(rows[pk], items[index], today) for index, pk in pairs.items()])
    _end([row for row in rows.values() if row.ended_on is None and row.pk not in pairs.values()], today)
    new = [item for index, item in enumerate(items) if index not in pairs]
    RoutineTask.objects.bulk_create(_make(runbook, item, today) for item in new)


def _read_items(runbook: Runbook) -> list[Item]:
    if runbook.is_retired or runbook.kind == Kind.TEMPLATE:
        return []
    found = runbook.versions.active().values_list("document__checklists", flat=True).first()
    return find_items(found or [])


def _make(runbook: Runbook, item: Item, today: dt.date) -> RoutineTask:
    return RoutineTask(
        runbook=runbook,
        cadence=item.cadence,
        checklist=item.checklist,
        anchor=item.anchor,
        text=item.text,
        position=item.position,
        started_on=today,
    )


def _renew(row: RoutineTask, item: Item, today: dt.date) -> RoutineTask | None:
    """The row as the text has it now; None when that is what it says already."""
    before = (row.checklist, row.anchor, row.text, row.position, row.ended_on)
    if row.ended_on is not None and row.ended_on < today:
        row.pauses = [*row.pauses, DateRange(row.ended_on, today + DAY)]
    row.checklist, row.anchor, row.text, row.position, row.ended_on = (
        item.checklist,
        item.anchor,
        item.text,
        item.position,
        None,
    )
    return row if before != (row.checklist, row.anchor, row.text, row.position, row.ended_on) else None


def _keep(rows: Sequence[RoutineTask | None]) -> None:
    changed = [row for row in rows if row is not None]
    if changed:
        RoutineTask.objects.bulk_update(changed, WRITTEN)


def _end(rows: Sequence[RoutineTask], today: dt.date) -> None:
    """A team that moved to the west may have begun a task tomorrow: it ends on the day it began."""
    for row in rows:
        row.ended_on = max(today, row.started_on)
    if rows:
        RoutineTask.objects.bulk_update(rows, ["ended_on"])
