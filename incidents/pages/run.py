"""The page of a run: phases, steps, the one in focus, values, who is in it. The number of queries is fixed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Left, Length
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from incidents.models import Run, RunStep, StepEvent
from incidents.pages.times import say_clock, say_iso
from incidents.services.run_values import collect_names
from runbooks.labels import fill_text, find_names
from runbooks.reading.components import draw_prose

Kind = StepEvent.Kind
LONGEST_START = 160  # characters of a note that a line of the list shows
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-Z\\-_]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Words:
    """A note, or what a command printed."""

    pk: int
    person: str
    at: dt.datetime
    text: str
    is_output: bool

    @property
    def line_count(self) -> int:
        return self.text.count("\n") + 1


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step in the list."""

    step: RunStep
    label: str  # what stands in its circle: the number of the runbook, or its place in the run
    title: SafeString
    is_focus: bool
    changes_production: bool
    words: tuple[Words, ...]  # shortened, but for the step in focus
    is_flagged: bool
    can_work: bool

    @property
    def first_note(self) -> str:
        return next((one.text for one in self.words if not one.is_output), "")

    @property
    def output_count(self) -> int:
        return sum(one.is_output for one in self.words)


@dataclass(slots=True)
class Phase:
    """Steps under one heading."""

    index: int
    name: str
    lines: list[StepLine] = field(default_factory=list)

    @property
    def done(self) -> int:
        return sum(line.step.state != RunStep.State.TODO for line in self.lines)


@dataclass(frozen=True, slots=True)
class Value:
    """A placeholder of the commands, and what is put in."""

    name: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who worked on the run."""

    person: User
    count: int
    last_at: dt.datetime
    last: str


@dataclass(frozen=True, slots=True)
class RunPage:
    """What the page of a run prints."""

    run: Run
    phases: list[Phase]
    focus: StepLine | None
    body: SafeString  # what the runbook says about the step in focus, values filled in
    missing: tuple[str, ...]  # labels of what its commands still ask for
    before: int | None  # the steps around the one in focus, for the keys
    after: int | None
    settled: int
    count: int
    values: list[Value]
    flags: list[Any]
    members: list[Member]
    told: str  # the last thing that happened
    told_by: int | None
    can_work: bool
    open_required: int
    elapsed: dt.timedelta

    @property
    def is_settled(self) -> bool:
        return self.settled == self.count

    @property
    def clock(self) -> str:
        """How long it goes on, or went on."""
        return say_clock(self.elapsed)

    @property
    def clock_iso(self) -> str:
        return say_iso(self.elapsed)

    @property
    def set_count(self) -> int:
        return sum(bool(one.value) for one in self.values)


def describe_run(
    run: Run, user: User, now: dt.datetime, *, chosen: int | None = None, behind: int | None = None
) -> RunPage:
    """All that a run's page shows. `chosen` is a step to look at; `behind` one that was just settled, so that the next
    after it comes into focus. Four queries."""
    steps = list(run.steps.defer("html").select_related("settled_by", "added_by").order_by("position"))
    events: list[Any] = list(_read_events(run))
    focus = _choose(steps, chosen, behind)
    can_work = run.is_going and user.has_perm("incidents.change_run")
    by_step: dict[int, list[Any]] = {}
    for event in events:
        by_step.setdefault(event.step_id, []).append(event)
    lines = [
        _describe_step(step, index, focus, by_step.get(step.pk, []), run, can_work)
        for index, step in enumerate(steps, start=1)
    ]
    focused = next((line for line in lines if line.is_focus), None)
    names = collect_names(step.commands for step in steps)
    place = steps.index(focus) if focus in steps else None
    return RunPage(
        run=run,
        phases=_group(lines),
        focus=focused,
        body=_fill(focus, run) if focus else SafeString(),
        missing=_find_missing(focus, run),
        before=steps[place - 1].pk if place else None,
        after=steps[place + 1].pk if place is not None and place + 1 < len(steps) else None,
        settled=sum(step.state != RunStep.State.TODO for step in steps),
        count=len(steps),
        values=[Value(name, label, str(run.values.get(name, ""))) for name, label in names.items()],
        flags=[event for event in events if event.kind == Kind.FLAGGED],
        members=_describe_members(run, events),
        told=_tell_last(events, steps),
        told_by=events[-1].person_id if events else None,
        can_work=can_work,
        elapsed=max((run.finished_at or now) - run.started_at, dt.timedelta()),
        open_required=sum(step.is_required and step.state == RunStep.State.TODO for step in steps),
    )


def find_next(run: Run, step: RunStep) -> RunStep | None:
    """The step to do after that one: the next open one, else the first open one."""
    todo = run.steps.filter(state=RunStep.State.TODO).order_by("position")
    return todo.filter(position__gt=step.position).first() or todo.first()


def clean_output(text: str) -> str:
    """What a command printed, without what moves a terminal's cursor or colours it, and without hidden characters."""
    lines = _ESCAPES.sub("", text.replace("\r\n", "\n")).split("\n")
    kept = (line.rstrip("\r").rpartition("\r")[2] for line in lines)  # a line that was written over shows its last form
    return _CONTROLS.sub("", "\n".join(kept))


def _read_events(run: Run) -> QuerySet[StepEvent]:
    """Events with the beginning of what was written: outputs may be long."""
    rows = StepEvent.objects.filter(step__run=run).select_related("person").defer("text")
    return rows.annotate(start=Left("text", LONGEST_START), length=Length("text")).order_by("at", "pk")


def _choose(steps: list[RunStep], chosen: int | None, behind: int | None) -> RunStep | None:
    wanted = next((step for step in steps if step.pk == chosen), None)
    if wanted is not None:
        return wanted
    todo = [step for step in steps if step.state == RunStep.State.TODO]
    last = next((step.position for step in steps if step.pk == behind), 0)
    return next((step for step in todo if step.position > last), todo[0] if todo else None)


def _describe_step(
    step: RunStep, index: int, focus: RunStep | None, own: list[Any], run: Run, can_work: bool
) -> StepLine:
    is_focus = step == focus
    texts = _read_texts(own) if is_focus else {}
    words = tuple(
        Words(event.pk, str(event.person), event.at, texts.get(event.pk, event.start), event.kind == Kind.OUTPUT)
        for event in own
        if event.kind in (Kind.NOTE, Kind.OUTPUT)
    )
    return StepLine(
        step=step,
        label=str(index),
        title=_fill_title(step.title, run.values),
        is_focus=is_focus,
        changes_production=any(command["effect"] == "write" for command in step.commands),
        words=words,
        is_flagged=any(event.kind == Kind.FLAGGED for event in own),
        can_work=can_work,
    )


def _read_texts(events: list[Any]) -> dict[int, str]:
    """The whole texts of the step in focus, fit to be looked at."""
    kinds = (Kind.NOTE, Kind.OUTPUT)
    wanted = [event.pk for event in events if event.kind in kinds]
    if not wanted:
        return {}
    rows = StepEvent.objects.filter(pk__in=wanted).values_list("pk", "text")
    return {pk: clean_output(text) for pk, text in rows}


def _fill_title(title: str, values: dict[str, str]) -> SafeString:
    html = draw_prose(title).replace(" data-empty>", ' data-empty="">')
    return mark_safe(fill_text(html, values))  # escaped by the reader, values by fill_text


def _fill(step: RunStep, run: Run) -> SafeString:
    return mark_safe(fill_text(step.html, run.values))  # cleaned when the run was started


def _find_missing(step: RunStep | None, run: Run) -> tuple[str, ...]:
    if step is None:
        return ()
    shown = find_names(step.html)
    names = collect_names([step.commands])
    return tuple(label for name, label in names.items() if name in shown and not run.values.get(name))


def _group(lines: Iterable[StepLine]) -> list[Phase]:
    """Neighbours of one phase; a phase that comes back later is another one."""
    phases: list[Phase] = []
    for line in lines:
        if not phases or phases[-1].name != line.step.phase:
            phases.append(Phase(len(phases), line.step.phase))
        phases[-1].lines.append(line)
    return phases


def _describe_members(run: Run, events: list[Any]) -> list[Member]:
    """Who worked on it, whoever did so last first."""
    found: dict[int, Member] = {}
    if run.started_by_id not in {event.person_id for event in events}:
        found[run.started_by_id] = Member(run.started_by, 0, run.started_at, "started it")
    for event in events:
        before = found.get(event.person_id)
        found[event.person_id] = Member(event.person, (before.count if before else 0) + 1, event.at, _DID[event.kind])
    return sorted(found.values(), key=lambda member: member.last_at, reverse=True)


_DID: dict[str, str] = {
    Kind.DONE: "did a step",
    Kind.SKIPPED: "skipped a step",
    Kind.UNDONE: "took a step back",
    Kind.NOTE: "wrote a note",
    Kind.OUTPUT: "kept an output",
    Kind.FLAGGED: "said a step is wrong",
}


def _tell_last(events: list[Any], steps: list[RunStep]) -> str:
    """`Ben did step 7`: what a reader is told who looks elsewhere."""
    if not events:
        return ""
    last = events[-1]
    number = next((n for n, step in enumerate(steps, start=1) if step.pk == last.step_id), 0)
    verbs: dict[str, str] = {
        Kind.DONE: "did",
        Kind.SKIPPED: "skipped",
        Kind.UNDONE: "took back",
        Kind.FLAGGED: "flagged",
    }
    return f"{last.person} {verbs.get(last.kind, 'wrote at')} step {number}"
