"""What came of a run: what was skipped, said to be wrong and added, what was noted, and how long each step took."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median

from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from incidents.models import Run, RunStep, StepEvent
from incidents.pages.lengths import say_length
from incidents.pages.run import clean_output
from incidents.services.drafting import Deviations, find_deviations, flags_of, step_of
from incidents.services.run_review import find_obstacle, find_url
from runbooks.models import Flag, Review
from runbooks.reading.components import draw_prose

EARLIER = 20  # runs that say how long a step usually takes
Place = tuple[str, str]  # where a step stands and what it is called: what stays the same from version to version


@dataclass(slots=True)
class StepLine:
    """One step as it went."""

    step: RunStep
    number: int
    took: dt.timedelta | None = None  # since the step settled before it, in the order of time
    usual: dt.timedelta | None = None  # in earlier runs
    notes: list[StepEvent] = field(default_factory=list)
    outputs: list[StepEvent] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)

    @property
    def title(self) -> SafeString:
        """The words of the step, drawn as its run page draws them."""
        return mark_safe(draw_prose(self.step.title))  # escaped by the reader

    @property
    def output_texts(self) -> list[tuple[StepEvent, str]]:
        """What commands printed, fit to be looked at."""
        return [(event, clean_output(event.text)) for event in self.outputs]

    @property
    def took_text(self) -> str:
        return "" if self.took is None else say_length(self.took)

    @property
    def usual_text(self) -> str:
        return "" if self.usual is None else say_length(self.usual)

    @property
    def is_slow(self) -> bool:
        """Twice as long as usual, and by more than a minute."""
        if self.took is None or self.usual is None:
            return False
        return self.took > 2 * self.usual and self.took - self.usual > dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Part:
    """Steps that stand under one name, and the people of a run, are both printed in rows of this."""

    name: str
    lines: tuple[StepLine, ...]


@dataclass(frozen=True, slots=True)
class Participant:
    person: User
    settled: int  # steps that they did or skipped
    started: bool


class RunSummary:
    """The context of the summary page and its Markdown: eight queries at most, whatever the length of the run."""

    def __init__(self, run: Run, user: User, now: dt.datetime) -> None:
        self.run = run
        self.user = user
        self.now = now

    @cached_property
    def steps(self) -> list[RunStep]:
        return list(self.run.steps.select_related("settled_by", "added_by").order_by("position"))

    @cached_property
    def events(self) -> list[StepEvent]:
        return list(StepEvent.objects.filter(step__run=self.run).select_related("person").order_by("at", "pk"))

    @cached_property
    def flags(self) -> list[Flag]:
        """What was said to be wrong in this run, answered or not."""
        return list(flags_of(self.run).select_related("raised_by", "answered_by"))

    @cached_property
    def lines(self) -> list[StepLine]:
        took = measure_steps(self.run.started_at, self.steps)
        usual = find_usual(self.run, self.user)
        lines = {
            step.pk: StepLine(step, number, took.get(step.pk), usual.get((step.anchor, step.title)))
            for number, step in enumerate(self.steps, start=1)
        }
        for event in self.events:
            if event.kind == StepEvent.Kind.NOTE:
                lines[event.step_id].notes.append(event)
            elif event.kind == StepEvent.Kind.OUTPUT:
                lines[event.step_id].outputs.append(event)
        for flag in self.flags:
            if (pk := step_of(flag)) in lines:
                lines[pk].flags.append(flag)
        return list(lines.values())

    @property
    def parts(self) -> list[Part]:
        """The lines under the names of their phases, in the order of the run."""
        parts: list[tuple[str, list[StepLine]]] = []
        for line in self.lines:
            if not parts or parts[-1][0] != line.step.phase:
                parts.append((line.step.phase, []))
            parts[-1][1].append(line)
        return [Part(name, tuple(lines)) for name, lines in parts]

    @property
    def deviations(self) -> Deviations:
        return find_deviations(self.flags, self.steps)

    @property
    def skipped(self) -> list[RunStep]:
        return [step for step in self.steps if step.state == RunStep.State.SKIPPED]

    @property
    def left_open(self) -> list[RunStep]:
        return [step for step in self.steps if step.state == RunStep.State.TODO]

    @property
    def added(self) -> list[RunStep]:
        return [step for step in self.steps if step.is_added]

    @property
    def done_count(self) -> int:
        return sum(step.state == RunStep.State.DONE for step in self.steps)

    @property
    def people(self) -> list[Participant]:
        """Who took part: whoever started it first, then by what they did."""
        people = {self.run.started_by.pk: self.run.started_by}
        settled: dict[int, int] = defaultdict(int)
        for event in self.events:
            people.setdefault(event.person.pk, event.person)
        for step in self.steps:
            if step.settled_by is not None:
                people.setdefault(step.settled_by.pk, step.settled_by)
                settled[step.settled_by.pk] += 1
        starter = self.run.started_by.pk
        order = sorted(people, key=lambda pk: (pk != starter, -settled[pk], str(people[pk])))
        return [Participant(people[pk], settled[pk], pk == starter) for pk in order]

    @property
    def total(self) -> str:
        return say_length((self.run.finished_at or self.now) - self.run.started_at)

    @property
    def may_draft(self) -> bool:
        return not self.run.is_going and bool(self.deviations) and self.user.has_perm("runbooks.change_runbook")

    @cached_property
    def review(self) -> Review | None:
        """The review that this run was said to be."""
        reviews = Review.objects.standing().filter(runbook=self.run.runbook_id, run_url=find_url(self.run))
        return None if self.run.is_going else reviews.select_related("reviewed_by").first()

    @cached_property
    def may_confirm(self) -> bool:
        """Whether it shows that the runbook is right, if the reader says so."""
        asks = not self.run.is_going and self.user.has_perm("runbooks.add_review") and self.review is None
        return asks and not find_obstacle(self.run)


def measure_steps(started_at: dt.datetime, steps: Iterable[RunStep]) -> dict[int, dt.timedelta]:
    """How long each settled step took: since the one settled before it, whatever their order in the runbook; since the
    start of the run for the first. By primary key."""
    took: dict[int, dt.timedelta] = {}
    before = started_at
    for step in sorted((one for one in steps if one.settled_at), key=lambda one: (one.settled_at, one.position)):
        assert step.settled_at is not None  # sorted out above
        took[step.pk] = max(step.settled_at - before, dt.timedelta(0))
        before = max(before, step.settled_at)
    return took


def find_usual(run: Run, user: User) -> dict[Place, dt.timedelta]:
    """The median time of each step in earlier runs of this runbook that this person may know of; one query."""
    earlier = Run.objects.visible_to(user).filter(
        runbook=run.runbook_id, started_at__lt=run.started_at, finished_at__isnull=False
    )
    ids = earlier.order_by("-started_at").values("pk")[:EARLIER]
    steps = RunStep.objects.filter(run__in=ids, settled_at__isnull=False).select_related("run")
    by_run: dict[int, list[RunStep]] = defaultdict(list)
    for step in steps.only("anchor", "title", "state", "position", "settled_at", "run__started_at"):
        by_run[step.run_id].append(step)
    times: dict[Place, list[dt.timedelta]] = defaultdict(list)
    for settled in by_run.values():
        took = measure_steps(settled[0].run.started_at, settled)
        for step in settled:
            if step.state == RunStep.State.DONE:
                times[step.anchor, step.title].append(took[step.pk])
    return {place: dt.timedelta(seconds=median(one.total_seconds() for one in all)) for place, all in times.items()}
