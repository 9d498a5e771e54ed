"""Routine tasks in the API: what is due, ticking, leaving out."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Router, Schema

from runbooks.models import RoutineTask
from runbooks.routine_pages.history import find_line
from runbooks.routine_pages.lines import TaskLine, make_line
from runbooks.routine_pages.task_list import RoutineList
from runbooks.services.routine import tick_task, untick_task

router = Router()
LARGEST = 2**63


class TickOut(Schema):
    """Who said what of the period that goes on. `at` is in UTC, ISO 8601."""

    state: Literal["done", "skipped"]
    by: str
    at: dt.datetime
    note: str


class RoutineOut(Schema):
    """A routine task in the period that goes on, in its team's time zone."""

    id: int
    text: str
    cadence: str = Field(description="daily, weekly, monthly, quarterly or annually.")
    checklist: str
    runbook: str = Field(description="Address of the section it stands in, from the portal's root.")
    service: str = Field(description="Name of the service.")
    state: Literal["open", "done", "skipped"]
    period: dt.date = Field(description="First day of the period, a calendar day of the team.")
    until: dt.datetime = Field(description="The end of the period, in UTC.")
    missed: list[str] = Field(description="Names of the last periods in which it was not done, the newest first.")
    tick: TickOut | None
    url: str

    @staticmethod
    def resolve_id(line: TaskLine) -> int:
        return line.pk

    @staticmethod
    def resolve_runbook(line: TaskLine) -> str:
        return line.runbook_url

    @staticmethod
    def resolve_period(line: TaskLine) -> dt.date:
        return line.period.start


class RoutinePage(Schema):
    """A hundred tasks, in the order of the page."""

    count: int
    page: int
    pages: int
    tasks: list[RoutineOut]


class TickIn(Schema):
    """`state` is `done`, `skipped` (with the reason as `note`), or `open` to take a tick back."""

    state: Literal["done", "skipped", "open"] = "done"
    note: str = Field(default="", max_length=300)
    period: dt.date | None = Field(
        default=None, description="First day of the period that is meant; refused when that is over. Default: today's."
    )


@router.get("/routine", response=RoutinePage, operation_id="list_routine_tasks")
def list_tasks(
    request: HttpRequest,
    team: str = "all",
    service: str = "",
    cadence: Literal["", "daily", "weekly", "monthly", "quarterly", "annually"] = "",
    state: Literal["", "open", "done", "skipped", "missed"] = "",
    page: int = 1,
) -> dict[str, Any]:
    """Routine tasks; `team` is a slug, `mine` or `all`; `missed` are those nobody did in the period that ended last."""
    wishes = {"team": team, "service": service, "cadence": cadence, "state": state, "page": str(page)}
    now = timezone.now()
    found = RoutineList(_user(request), wishes, now).page
    lines = [make_line(row, _user(request), now) for row in found.object_list]
    return {
        "count": found.paginator.count,
        "page": found.number,
        "pages": found.paginator.num_pages,
        "tasks": lines,
    }


@router.post("/routine/{int:number}/tick", response=RoutineOut, operation_id="tick_routine_task")
def tick(request: HttpRequest, number: int, body: TickIn) -> TaskLine:
    """Say that it is done, why it is left out, or that it was not done after all. 409 when somebody else was first."""
    if number >= LARGEST:
        raise Http404("There is no such task.")
    user, now = _user(request), timezone.now()
    task = get_object_or_404(RoutineTask.objects.visible_to(user), pk=number)
    if body.state == "open":
        untick_task(task, user=user, now=now, period=body.period)
    else:
        tick_task(task, user=user, now=now, state=body.state, note=body.note, period=body.period)
    line = find_line(user, number, now)
    if line is None:
        raise Http404("There is no such task.")
    return line


def _user(request: HttpRequest) -> Any:
    return request.user
