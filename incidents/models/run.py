"""Runs: a checklist or procedure of a runbook, frozen as it was, gone through step by step."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from accounts.triggers import count_own_revision
from incidents.models.incident import Incident
from runbooks.models import Runbook, RunbookVersion


class RunQuerySet(models.QuerySet["Run"]):
    def visible_to(self, user: User) -> RunQuerySet:
        """Runs of runbooks this person may know of, and of incidents they may know of."""
        return self.filter(
            Q(incident__isnull=True) | Q(incident__in=Incident.objects.visible_to(user)),
            Q(runbook__in=Runbook.objects.visible_to(user)) | Q(started_by=user),
        )

    def going(self) -> RunQuerySet:
        """Runs that are neither done nor stopped."""
        return self.filter(finished_at=None)

    def with_progress(self) -> RunQuerySet:
        """With `step_count`, `settled_count` (done or skipped) and `now_title` (the first open step): for lists."""
        current = RunStep.objects.filter(run=models.OuterRef("pk"), state=RunStep.State.TODO).order_by("position")
        return self.annotate(
            step_count=models.Count("steps"),
            settled_count=models.Count("steps", filter=~Q(steps__state=RunStep.State.TODO)),
            now_title=models.Subquery(current.values("title")[:1]),
        )


class Run(models.Model):
    """Somebody goes through steps of a runbook, in an incident or alone. The steps are those of the version then."""

    class Purpose(models.TextChoices):
        INCIDENT = "incident", "Incident"
        DRILL = "drill", "Drill"
        DEPLOYMENT = "deployment", "Deployment"
        MAINTENANCE = "maintenance", "Maintenance"
        OTHER = "other", "Something else"

    class Outcome(models.TextChoices):
        GOING = "going", "Going on"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"

    title = models.CharField(max_length=300)
    purpose = models.CharField(max_length=11, choices=Purpose)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, blank=True, related_name="runs")
    runbook = models.ForeignKey(Runbook, on_delete=models.PROTECT, related_name="runs")
    version = models.ForeignKey(RunbookVersion, on_delete=models.SET_NULL, null=True, related_name="runs")
    version_number = models.CharField(max_length=20)
    section = models.CharField(max_length=300, blank=True)  # anchor of where the steps stand
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="started_runs")
    started_at = models.DateTimeField()
    outcome = models.CharField(max_length=7, choices=Outcome, default=Outcome.GOING)
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    stop_reason = models.CharField(max_length=300, blank=True)
    values = models.JSONField(default=dict, blank=True)  # name of a placeholder → value, for the whole run
    last_activity_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)  # when it was asked whether the run still goes on
    lessons_version = models.ForeignKey(
        RunbookVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="lessons_of"
    )  # the draft that its deviations went into
    revision = models.PositiveBigIntegerField(default=0, editable=False)  # counted up by triggers: what pages poll for

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        default_permissions = ("add", "change", "view")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="going") ^ Q(finished_at__isnull=False), name="run_finished_has_time"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["last_activity_at"], name="run_going", condition=Q(finished_at__isnull=True)),
            models.Index(fields=["runbook", "-started_at"], name="run_of_runbook"),
        ]
        triggers: ClassVar = [
            count_own_revision("count_run_revision"),
            pgtrigger.Protect(name="run_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_going(self) -> bool:
        return self.finished_at is None

    @property
    def is_asked(self) -> bool:
        """Whether it went quiet and was asked about, and nobody touched it since."""
        return self.is_going and self.asked_at is not None and self.asked_at >= self.last_activity_at

    def get_absolute_url(self) -> str:
        return reverse("incidents:run", args=[self.pk])


class RunStep(models.Model):
    """One step. What it says is fixed from the start; its state follows the events."""

    class State(models.TextChoices):
        TODO = "todo", "To do"
        DONE = "done", "Done"
        SKIPPED = "skipped", "Skipped"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()  # in thousands, so that steps can be added between
    phase = models.CharField(max_length=300, blank=True)  # the checklist or section it stands under
    number = models.CharField(max_length=20, blank=True)  # as the runbook counts it
    title = models.CharField(max_length=1000)
    html = models.TextField(blank=True)  # what else the runbook says about it, sanitised
    commands = models.JSONField(default=list, blank=True)  # see incidents.steps.FrozenCommand
    expected = models.TextField(blank=True)
    line = models.PositiveIntegerField(null=True, blank=True)  # where it stands in the version's text; None: added
    anchor = models.CharField(max_length=300, blank=True)
    is_required = models.BooleanField(default=False)  # can't be skipped
    is_added = models.BooleanField(default=False)  # put in by somebody during the run
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=7, choices=State, default=State.TODO)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    skip_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["run", "position"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="run_step_position_once"),
            models.CheckConstraint(
                condition=Q(state="todo", settled_at__isnull=True, settled_by__isnull=True)
                | Q(state__in=["done", "skipped"], settled_at__isnull=False, settled_by__isnull=False),
                name="run_step_settled_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="skipped") | ~Q(skip_reason=""), name="run_step_skipped_has_reason"
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="run_step_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "run", "position", "phase", "number", "title", "html", "commands", "expected", "line", "is_required"
                ),
            ),
            pgtrigger.Protect(name="run_step_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.title


class StepEvent(models.Model):
    """Something that somebody did with a step; never changed."""

    class Kind(models.TextChoices):
        DONE = "done", "Done"
        SKIPPED = "skipped", "Skipped"
        UNDONE = "undone", "Taken back"
        NOTE = "note", "Note"
        OUTPUT = "output", "Output"
        FLAGGED = "flagged", "Said to be wrong"

    step = models.ForeignKey(RunStep, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=7, choices=Kind)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]
        default_permissions = ("view",)
        triggers: ClassVar = [
            pgtrigger.Protect(name="step_event_is_final", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.step}: {self.get_kind_display()}"
