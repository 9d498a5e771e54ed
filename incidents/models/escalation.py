"""An escalation in time: a ladder frozen when the incident opened, and the level it has reached."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.models import User
from incidents.models.incident import Incident
from oncall.models import EscalationPath


class EscalationQuerySet(models.QuerySet["Escalation"]):
    def running(self) -> EscalationQuerySet:
        return self.filter(state=Escalation.State.RUNNING)

    def visible_to(self, user: User) -> EscalationQuerySet:
        """Escalations of incidents this person may know of."""
        return self.filter(incident__in=Incident.objects.visible_to(user))

    def due(self, now: object) -> EscalationQuerySet:
        """Escalations whose next level must be called, the longest due first."""
        return self.running().filter(next_at__lte=now).order_by("next_at", "pk")


class Escalation(models.Model):
    """An incident calls one level after the other until somebody answers.

    `ladder` is `oncall.calling.CallList.to_dict()` of the moment it began; nothing that is changed later changes it.
    While it runs, `next_level` is called at `next_at`. A sweep finds it there, so nothing else has to be remembered.
    """

    class State(models.TextChoices):
        RUNNING = "running", "Calling"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        SILENT = "silent", "Nobody answered"
        STOPPED = "stopped", "Stopped"

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="escalations")
    path = models.ForeignKey(EscalationPath, on_delete=models.SET_NULL, null=True, related_name="+")
    ladder = models.JSONField()
    repeats = models.BooleanField(default=True)  # false: the first level only
    most_wait = models.PositiveIntegerField(null=True, blank=True)  # minutes: the severity's response time
    started_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.RUNNING)
    next_level = models.PositiveSmallIntegerField(default=0)  # index into the ladder's levels; all called: their number
    next_at = models.DateTimeField(null=True, blank=True)
    snooze_reason = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = EscalationQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["incident"], condition=Q(state="running"), name="escalation_running_once"),
            models.CheckConstraint(
                condition=Q(state="running", next_at__isnull=False, ended_at__isnull=True)
                | (~Q(state="running") & Q(next_at__isnull=True, ended_at__isnull=False)),
                name="escalation_running_has_next",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], name="escalation_due", condition=Q(state="running")),
            models.Index(fields=["incident"], name="escalation_silent", condition=Q(state="silent")),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="escalation_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="ladder_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("incident", "ladder", "started_at"),
            ),
        ]

    def __str__(self) -> str:
        return f"Escalation of {self.incident.reference}"

    @property
    def is_running(self) -> bool:
        return self.state == Escalation.State.RUNNING

    @property
    def levels(self) -> list[dict[str, Any]]:
        """The frozen levels, each as `oncall.calling.CalledLevel` was then."""
        levels: list[dict[str, Any]] = self.ladder.get("levels", [])
        return levels

    @property
    def path_name(self) -> str:
        """What the path was called when it was frozen."""
        return str(self.ladder.get("path", ""))

    @property
    def last_level(self) -> int:
        """How many levels are called by themselves, one after the other."""
        return len(self.levels) if self.repeats else min(1, len(self.levels))

    def find_wait(self, level: int) -> dt.timedelta:
        """How long a level has to answer: its own time, or the severity's where that is shorter."""
        own = int(self.levels[level]["response_minutes"])
        return dt.timedelta(minutes=own if self.most_wait is None else min(own, self.most_wait))


class CalledLevel(models.Model):
    """A level was called: once, however many workers swept at that moment."""

    escalation = models.ForeignKey(Escalation, on_delete=models.PROTECT, related_name="called_levels")
    level = models.PositiveSmallIntegerField()  # index into the ladder's levels
    label = models.CharField(max_length=20)
    due_at = models.DateTimeField()
    called_at = models.DateTimeField()
    called = models.JSONField(default=list)  # names of whom a message was written for
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # who called it before its time

    class Meta:
        ordering = ["level"]
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["escalation", "level"], name="level_called_once")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="called_level_is_final", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.label
