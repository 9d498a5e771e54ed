"""Alerts from monitoring: what came in, byte for byte and for thirty days, and what it says, for ever."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Team, Token, User
from incidents.models.incident import Incident
from incidents.models.severity import Severity
from oncall.models import Classification, Service
from runbooks.models import Runbook


class AlertPayload(models.Model):
    """A request of a sender as it came. It is stored and answered at once; a worker takes it apart."""

    token = models.ForeignKey(Token, on_delete=models.SET_NULL, null=True, related_name="+")
    body = models.BinaryField()
    received_at = models.DateTimeField(db_index=True)
    processed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)  # why it could not be taken apart; it is kept all the same

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("view",)
        indexes: ClassVar = [
            models.Index(fields=["id"], name="payload_waiting", condition=Q(processed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"Payload {self.pk}"


class AlertGroup(models.Model):
    """Alerts that their sender groups together, by its `groupKey`. `incident` is the last one they belonged to."""

    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the key, which may be long
    key = models.TextField()
    receiver = models.CharField(max_length=200, blank=True)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, blank=True, related_name="alert_groups")

    class Meta:
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.key[:200]


class AlertQuerySet(models.QuerySet["Alert"]):
    def visible_to(self, user: User) -> AlertQuerySet:
        """Alerts of services this person may know of, or of no known service."""
        if user.has_perm("runbooks.view_confidential_runbook"):
            return self
        secret = Service.objects.filter(classification=Classification.CONFIDENTIAL)
        return self.exclude(service__in=secret.exclude(team__in=user.get_team_ids()))

    def firing(self) -> AlertQuerySet:
        return self.filter(resolved_at=None)


class Alert(models.Model):
    """One firing of one alert: the same group, fingerprint and start are the same alert, however often it is sent.

    Texts of a sender are data: nothing here is trusted, marked up or acted upon.
    """

    group = models.ForeignKey(AlertGroup, on_delete=models.PROTECT, related_name="alerts")
    fingerprint = models.CharField(max_length=64)  # of the sender, or made from the labels
    starts_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    name = models.CharField(max_length=300)
    severity_label = models.CharField(max_length=60, blank=True)
    labels = models.JSONField(default=dict)
    annotations = models.JSONField(default=dict)
    generator_url = models.CharField(max_length=2000, blank=True)
    received_at = models.DateTimeField()
    last_received_at = models.DateTimeField()
    received_count = models.PositiveIntegerField(default=1)
    service = models.ForeignKey(Service, on_delete=models.SET_NULL, null=True, blank=True, related_name="alerts")
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, null=True, blank=True, related_name="alerts")
    runbook = models.ForeignKey(Runbook, on_delete=models.SET_NULL, null=True, blank=True, related_name="alerts")
    anchor = models.CharField(max_length=300, blank=True)  # the section of the runbook that answers it
    during_maintenance = models.ForeignKey(
        "MaintenanceWindow", on_delete=models.SET_NULL, null=True, blank=True, related_name="alerts"
    )

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["group", "fingerprint", "starts_at"], name="alert_once")]
        indexes: ClassVar = [
            models.Index(fields=["-starts_at"], name="alert_by_start"),
            models.Index(fields=["name", "-starts_at"], name="alert_by_name"),
            models.Index(fields=["group"], name="alert_firing", condition=Q(resolved_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("incidents:alert", args=[self.pk])


class AlertRule(models.Model):
    """What an alert does. The first rule that fits decides; an alert that none fits is recorded only."""

    class Action(models.TextChoices):
        OPEN = "open", "Open an incident, or join the open one of its service"
        ATTACH = "attach", "Join an open incident of its service, else record only"
        RECORD = "record", "Record only"

    position = models.PositiveSmallIntegerField(default=100, help_text="Lower comes first.")
    name = models.CharField(max_length=120)
    is_active = models.BooleanField("in use", default=True)
    severities = models.CharField(
        "severity labels",
        max_length=200,
        blank=True,
        help_text="Values of the label `severity`, separated by commas: critical, page. Empty: any.",
    )
    labels = models.TextField(
        "other labels", blank=True, help_text="One a line: `team=payments`; a * stands for anything: `env=prod*`."
    )
    services = models.ManyToManyField(Service, blank=True, related_name="alert_rules", help_text="None: any service.")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="alert_rules")
    action = models.CharField(max_length=6, choices=Action, default=Action.ATTACH)
    severity = models.ForeignKey(
        Severity,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="alert_rules",
        help_text="Of the incident that it opens.",
    )
    resolves = models.BooleanField(
        "resolve the incident",
        default=False,
        help_text="When all alerts of its group have ended, and nobody is working on it.",
    )

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(action="open") | Q(severity__isnull=False),
                name="rule_that_opens_has_severity",
                violation_error_message="Choose the severity of the incident that this rule opens.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Each line of `labels` must be `name=value`."""
        for line in filter(None, map(str.strip, self.labels.splitlines())):
            name, equals, _ = line.partition("=")
            if not equals or not name.strip():
                raise ValidationError({"labels": f"“{line[:60]}” is not of the form name=value."})


class AttachedRunbook(models.Model):
    """A section of a runbook that belongs to an incident, with the labels that fill its placeholders."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="attached_runbooks")
    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, related_name="attached_to")
    anchor = models.CharField(max_length=300, blank=True)
    heading = models.CharField(max_length=300, blank=True)
    labels = models.JSONField(default=dict, blank=True)
    alert_name = models.CharField(max_length=300, blank=True)  # the alert that brought it; "" for one attached by hand
    attached_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    attached_at = models.DateTimeField()

    class Meta:
        ordering = ["attached_at", "pk"]
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["incident", "runbook", "anchor"], name="runbook_attached_once")]

    def __str__(self) -> str:
        return self.heading or str(self.runbook)
