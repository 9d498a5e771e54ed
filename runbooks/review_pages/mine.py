"""What waits for one person: runbooks they own or their teams', and what reviews left them to do."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import User
from runbooks.models import ReviewTask, Runbook
from runbooks.review_pages.rows import Row, load_rows
from runbooks.review_pages.waiting import annotate_waiting, find_mine, find_states, order_by_urgency


def list_mine(user: User, today: dt.date, *, most: int, leaving_out: int | None = None) -> list[Row]:
    """Runbooks that wait for this person or their teams, evidence first; two queries. `leaving_out` is a runbook's id."""
    rows = annotate_waiting(Runbook.objects.visible_to(user).shown().in_use(), today)
    mine = rows.filter(find_mine(user), find_states(today)["waiting"])
    if leaving_out is not None:
        mine = mine.exclude(pk=leaving_out)
    return load_rows(order_by_urgency(mine, today)[:most], today)


def list_my_tasks(user: User, *, most: int) -> list[ReviewTask]:
    """What reviews left to this person, the longest due first; one query."""
    tasks = ReviewTask.objects.open().filter(owner=user).select_related("runbook__service")
    return list(tasks.order_by("due_on", "pk")[:most])


def describe_mine(user: User, today: dt.date) -> dict[str, Any]:
    """The front page's panel."""
    return {
        "rows": list_mine(user, today, most=8),
        "tasks": list_my_tasks(user, most=5),
        "can_review": user.has_perm("runbooks.add_review"),
        "today": today,
    }
