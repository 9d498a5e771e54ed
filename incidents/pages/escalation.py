"""The panel of an escalation: which level is called, who is next and when. One query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce, JSONObject

from accounts.models import User
from incidents.models import CalledLevel, Escalation, Incident, IncidentAudience
from incidents.models.escalation import EscalationQuerySet
from incidents.pages.times import say_clock, say_iso

State = Escalation.State


@dataclass(frozen=True, slots=True)
class Rung:
    """One level: whom it names, and what came of it. `state` is "done", "now", "next" or ""."""

    label: str
    names: list[Mapping[str, Any]]  # callees, as they were frozen
    holes: list[str]
    minutes: int
    state: str = ""
    said: str = ""  # what happened, before the time
    at: dt.datetime | None = None

    @property
    def is_empty(self) -> bool:
        return not self.names


@dataclass(frozen=True, slots=True)
class EscalationPanel:
    """What `_escalation.html` prints; without an escalation it says that nobody was called."""

    state: str  # of `Escalation.State`, "" without one
    title: str
    tone: str
    rungs: list[Rung]
    path: str = ""
    round: int = 1
    next_label: str = ""  # the level that is called next by itself, "" behind the last
    next_name: str = ""  # the level that can be called by hand
    next_at: dt.datetime | None = None
    left: dt.timedelta = dt.timedelta(0)
    percent: int = 0
    hold_reason: str = ""
    reached: bool = True  # whether a message was written for anybody
    ended_by: str = ""
    ended_at: dt.datetime | None = None
    may_acknowledge: bool = False
    may_hold: bool = False
    may_call_next: bool = False
    may_escalate: bool = False

    @property
    def is_running(self) -> bool:
        return self.state == State.RUNNING

    @property
    def is_silent(self) -> bool:
        return self.state == State.SILENT

    @property
    def is_due(self) -> bool:
        return self.is_running and self.left <= dt.timedelta(0)

    @property
    def left_iso(self) -> str:
        return say_iso(self.left)

    @property
    def left_clock(self) -> str:
        return say_clock(self.left)


def describe_escalation(incident: Incident, user: User, now: dt.datetime) -> EscalationPanel:
    """The incident's newest escalation for this reader."""
    row = _load(incident, user).first()
    may_change = user.has_perm("incidents.change_incident")
    if row is None:
        is_waiting = incident.is_open and incident.acknowledged_at is None
        title = "Nobody was called" if incident.acknowledged_at is None else "Acknowledged"
        may = may_change and incident.is_open
        tone = "warn" if is_waiting else ""
        return EscalationPanel("", title, tone, [], may_acknowledge=may and is_waiting, may_escalate=may)
    may_answer = incident.is_open and (may_change or vars(row)["was_called"])
    is_live = row.state in (State.RUNNING, State.SILENT)
    waits_for = row.is_running and row.next_level < row.last_level
    return EscalationPanel(
        state=row.state,
        title=_say_title(row),
        tone={State.RUNNING: "warn", State.SILENT: "danger"}.get(State(row.state), ""),
        rungs=_list_rungs(row, now),
        path=row.path_name,
        round=1 + vars(row)["silent_before"],
        next_label=row.levels[row.next_level]["label"] if waits_for else "",
        next_name=row.levels[row.next_level]["label"] if row.next_level < len(row.levels) else "",
        next_at=row.next_at,
        left=max(dt.timedelta(0), row.next_at - now) if row.next_at else dt.timedelta(0),
        percent=_find_percent(row, now),
        hold_reason=row.snooze_reason,
        reached=_reached(row),
        ended_by=str(row.ended_by) if row.ended_by else "",
        ended_at=row.ended_at,
        may_acknowledge=may_answer and (is_live or incident.acknowledged_at is None),
        may_hold=may_answer and row.is_running,
        may_call_next=may_answer and row.is_running and row.next_level < len(row.levels),
        may_escalate=may_change and incident.is_open and not row.is_running,
    )


def _load(incident: Incident, user: User) -> EscalationQuerySet:
    called = CalledLevel.objects.filter(escalation=OuterRef("pk")).order_by("level")
    shown = JSONObject(level="level", at="called_at", called="called", by="by__display_name")
    before = Escalation.objects.filter(incident=OuterRef("incident"), state=State.SILENT, pk__lt=OuterRef("pk"))
    number = before.order_by().values("incident").annotate(number=Count("pk")).values("number")
    return (
        Escalation.objects.filter(incident=incident)
        .select_related("ended_by")
        .annotate(
            called_rows=ArraySubquery(called.values(shown=shown)),
            silent_before=Coalesce(Subquery(number), 0),
            was_called=Exists(IncidentAudience.objects.filter(incident=incident, user=user)),
        )
        .order_by("-pk")
    )


def _called_rows(row: Escalation) -> dict[int, Mapping[str, Any]]:
    return {one["level"]: one for one in vars(row)["called_rows"]}


def _reached(row: Escalation) -> bool:
    return any(one["called"] for one in vars(row)["called_rows"])


def _say_title(row: Escalation) -> str:
    if row.state == State.ACKNOWLEDGED:
        return f"Answered by {row.ended_by}" if row.ended_by else "Answered"
    if row.state == State.SILENT:
        return "Nobody answered" if _reached(row) else "Nobody could be called"
    if row.state == State.STOPPED:
        return "Escalation ended"
    if row.next_level < row.last_level:
        return f"Next escalation: {row.levels[row.next_level]['label']}"
    return f"Waiting for {row.levels[row.next_level - 1]['label']}" if row.next_level else "Escalation"


def _list_rungs(row: Escalation, now: dt.datetime) -> list[Rung]:
    called = _called_rows(row)
    return [_make_rung(row, number, level, called.get(number)) for number, level in enumerate(row.levels)]


def _make_rung(row: Escalation, number: int, level: Mapping[str, Any], called: Mapping[str, Any] | None) -> Rung:
    """A level as it stands: called and passed, called and waited for, next, or not reached."""
    state, said, at = "", "", None
    if called is not None:
        is_current = row.is_running and number == row.next_level - 1
        state, at = "now" if is_current else "done", dt.datetime.fromisoformat(called["at"])
        said = "Called" if called["called"] else "Passed over: nobody could be told"
        said = f"{said} by {called['by']}" if called["by"] else said
        if row.state == State.ACKNOWLEDGED and f"user:{row.ended_by_id}" in _keys(level):
            said, at = "Answered", row.ended_at
    elif row.is_running and number == row.next_level and number < row.last_level:
        state, said, at = "next", "Called", row.next_at
    return Rung(
        label=level["label"],
        names=[call["callee"] for call in level["calls"]],
        holes=[hole["layer"] for hole in level["holes"]],
        minutes=round(row.find_wait(number).total_seconds() / 60),
        state=state,
        said=said,
        at=at,
    )


def _keys(level: Mapping[str, Any]) -> Sequence[str]:
    return [call["callee"]["key"] for call in level["calls"]]


def _find_percent(row: Escalation, now: dt.datetime) -> int:
    """How much of the wait has passed, for the bar: 0 to 100."""
    called = _called_rows(row)
    if row.next_at is None or not called:
        return 0
    since = dt.datetime.fromisoformat(called[max(called)]["at"])
    whole = (row.next_at - since).total_seconds()
    return 100 if whole <= 0 else min(100, max(0, round((now - since).total_seconds() / whole * 100)))
