"""The lines of one person's morning, out of the facts of some people: what was not told yet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from accounts.models import User
from runbooks.services.reminders.loading import Facts
from runbooks.upkeep.stages import TASK_SOON, find_keys, find_stage, name_task


@dataclass(frozen=True, slots=True)
class Line:
    """One runbook, or one task on it, and the keys of the reasons that this person has not heard."""

    runbook_id: int
    keys: tuple[str, ...]
    task_id: int | None = None


def find_lines(person: User, facts: Facts, today: dt.date) -> list[Line]:
    """All that this person has to hear on their day `today`, in no order."""
    lines = []
    for watched in facts.watched.get(person.pk, ()):
        keys = [key for key in find_keys(watched, person.pk, today) if (person.pk, watched.pk, key) not in facts.told]
        if keys:
            lines.append(Line(watched.pk, tuple(keys)))
    for task in facts.tasks.get(person.pk, ()):
        stage = find_stage(task.due_on, today, TASK_SOON)
        key = "" if stage is None else name_task(task.pk, stage)
        if key and (person.pk, task.runbook_id, key) not in facts.told:
            lines.append(Line(task.runbook_id, (key,), task.pk))
    return lines
