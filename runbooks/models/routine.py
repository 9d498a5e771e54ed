"""Routine tasks: the Daily, Weekly, Monthly … checklists of active runbooks, ticked period by period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import Case, DateField, Exists, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse

from accounts.models import User
from runbooks.models.runbook import Runbook
from runbooks.upkeep.cadence import CADENCES, find_period, find_period_before
from runbooks.upkeep.streaks import Life


class Cadence(models.TextChoices):
    DAILY = "daily", "Daily"
    WEEKLY = "weekly", "Weekly"
    MONTHLY = "monthly", "Monthly"
    QUARTERLY = "quarterly", "Quarterly"
    ANNUALLY = "annually", "Yearly"


class RoutineTaskQuerySet(models.QuerySet["RoutineTask"]):
    def visible_to(self, user: User) -> RoutineTaskQuerySet:
        """Tasks out of runbooks this person may know of."""
        return self.filter(runbook__in=Runbook.objects.visible_to(user))

    def going(self) -> RoutineTaskQuerySet:
        """Tasks that stand in the active version of a runbook that is in use."""
        return self.filter(ended_on__isnull=True, runbook__retired_at__isnull=True)

    def with_home(self) -> RoutineTaskQuerySet:
        """With `home`, the id of the team that does it: the runbook's, else its service's; and `zone`, the name of its zone."""
        return self.annotate(
            home=Coalesce("runbook__team_id", "runbook__service__team_id"),
            zone=Coalesce("runbook__team__time_zone", "runbook__service__team__time_zone", Value("UTC")),
        )

    def of_teams(self, teams: Collection[int]) -> RoutineTaskQuerySet:
        """After `with_home`: those that one of these teams does."""
        return self.filter(Q(("home__in", list(teams))))

    def in_state(self, state: str) -> RoutineTaskQuerySet:
        """After `with_now`: `done`, `skipped`, or "" for those that are open."""
        return self.filter(Q(("state", state)))

    def with_last_ticks(self, most: int = 1) -> RoutineTaskQuerySet:
        """With `last_ticks`: the newest ones as JSON. Only open periods are ticked, so none is of a later one."""
        said = JSONObject(
            period="period",
            state="state",
            note="note",
            at="ticked_at",
            by="ticked_by__display_name",
            email="ticked_by__email",
            person="ticked_by_id",
        )
        ticks = RoutineTick.objects.filter(task=OuterRef("pk")).order_by("-period")
        return self.annotate(last_ticks=ArraySubquery(ticks.annotate(said=said).values("said")[:most]))

    def with_now(self, days: Mapping[str, dt.date]) -> RoutineTaskQuerySet:
        """With `current` and `before`, the first days of the open period and of the one that ended last, and `state`: that of
        the open period's tick, "" while there is none. After `with_home`; `days` has today in each zone that a team has."""
        ticks = RoutineTick.objects.filter(task=OuterRef("pk"), period=OuterRef("current"))
        return self.annotate(
            current=_find_starts(days, is_before=False),
            before=_find_starts(days, is_before=True),
            state=Coalesce(Subquery(ticks.values("state")[:1]), Value("")),
        )

    def missed_last(self) -> RoutineTaskQuerySet:
        """After `with_now`: those that nobody did in the period that ended last, although it was owed (see `streaks`)."""
        ticks = RoutineTick.objects.filter(task=OuterRef("pk"), period=OuterRef("before"))
        rows = self.annotate(was_paused=_WasPaused(F("before"), F("current"), F("pauses")))
        return rows.filter(~Exists(ticks), started_on__lt=F("before"), was_paused=False)


class _WasPaused(Func):
    """Whether one of the pauses overlaps the days from the first to the second expression, which is excluded."""

    template = "(%(expressions)s))"
    output_field = models.BooleanField()

    def __init__(self, since: F, until: F, pauses: F) -> None:
        super().__init__(Func(since, until, function="daterange"), pauses, arg_joiner=" && ANY (")


def _find_starts(days: Mapping[str, dt.date], *, is_before: bool) -> Any:
    """The first day of a period, by cadence and zone. The whole earth has three dates at most, so there are few cases."""
    zones: dict[dt.date, list[str]] = {}
    for zone, day in days.items():
        zones.setdefault(day, []).append(zone)
    cases = []
    for day, names in zones.items():
        for cadence in CADENCES:
            period = find_period(cadence, day)
            start = find_period_before(cadence, period).start if is_before else period.start
            cases.append(When(cadence=cadence, zone__in=names, then=Value(start)))
    return Case(*cases, default=None, output_field=DateField())


class RoutineTask(models.Model):
    """One item of such a checklist. It stays the same task from version to version, with all its history."""

    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, related_name="routine_tasks")
    cadence = models.CharField(max_length=9, choices=Cadence)
    checklist = models.CharField(max_length=300)
    anchor = models.CharField(max_length=300, blank=True)  # the section it stands in
    text = models.CharField(max_length=1000)
    position = models.PositiveIntegerField()
    started_on = models.DateField()  # the first day on which it was a task, in the team's zone
    ended_on = models.DateField(null=True, blank=True)  # the first day on which it was none any more
    pauses = ArrayField(DateRangeField(), default=list, blank=True, editable=False)  # see `streaks.Life`

    objects = RoutineTaskQuerySet.as_manager()
    runbook_id: int

    class Meta:
        default_permissions = ("change", "view")
        ordering = ["runbook", "cadence", "position", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")), name="routine_task_ends_later"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["runbook"], name="routine_task_going", condition=Q(ended_on__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return reverse("routine:task", args=[self.pk])

    @property
    def life(self) -> Life:
        """From when to when it was a task."""
        return Life(self.started_on, self.ended_on, tuple((pause.lower, pause.upper) for pause in self.pauses))


class RoutineTick(models.Model):
    """Somebody did it, or said why it is left out, in one period. A period without a tick that is over was missed."""

    class State(models.TextChoices):
        DONE = "done", "Done"
        SKIPPED = "skipped", "Left out"

    task = models.ForeignKey(RoutineTask, on_delete=models.CASCADE, related_name="ticks")
    period = models.DateField()  # its first day, in the team's zone
    state = models.CharField(max_length=7, choices=State, default=State.DONE)
    note = models.CharField(max_length=300, blank=True)  # why it was left out; else what was seen
    ticked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ticked_at = models.DateTimeField()

    class Meta:
        default_permissions = ("view",)
        ordering = ["task", "-period"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["task", "period"], name="routine_tick_once")]

    def __str__(self) -> str:
        return f"{self.task}, {self.period}: {self.get_state_display()}"
