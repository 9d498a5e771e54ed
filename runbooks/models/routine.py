"""Routine tasks: the Daily, Weekly, Monthly … checklists of active runbooks, ticked period by period."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from runbooks.models.runbook import Runbook


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

    objects = RoutineTaskQuerySet.as_manager()

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
