"""System changes: what was changed in production, so that “what changed?” has an answer."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.models import Token, User
from oncall.models import Classification, Service


class SystemChangeQuerySet(models.QuerySet["SystemChange"]):
    def visible_to(self, user: User) -> SystemChangeQuerySet:
        """Changes of services this person may know of, or of no service."""
        if user.has_perm("runbooks.view_confidential_runbook"):
            return self
        secret = Service.objects.filter(classification=Classification.CONFIDENTIAL)
        return self.exclude(service__in=secret.exclude(team__in=user.get_team_ids()))


class SystemChange(models.Model):
    """A deployment, a switch, a migration: one line that somebody or a pipeline wrote down."""

    class Kind(models.TextChoices):
        DEPLOYMENT = "deployment", "Deployment"
        CONFIGURATION = "configuration", "Configuration"
        INFRASTRUCTURE = "infrastructure", "Infrastructure"
        DATA = "data", "Data"
        OTHER = "other", "Other"

    what = models.CharField(max_length=300)
    kind = models.CharField(max_length=14, choices=Kind, default=Kind.DEPLOYMENT)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="changes")
    at = models.DateTimeField()
    by = models.CharField(max_length=120, blank=True)  # as the pipeline calls them; the person's name otherwise
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="system_changes")
    token = models.ForeignKey(Token, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    ticket = models.CharField(max_length=120, blank=True)
    url = models.URLField("link", max_length=500, blank=True)
    external_id = models.CharField(max_length=200, blank=True)  # of the pipeline: the same one twice is one change
    recorded_at = models.DateTimeField()
    is_example = models.BooleanField(default=False, editable=False)

    objects = SystemChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        default_permissions = ("add", "view")
        constraints = [
            models.UniqueConstraint(
                fields=["external_id"], condition=~models.Q(external_id=""), name="change_external_id_once"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["-at"], name="change_by_time"),
            models.Index(fields=["service", "-at"], name="change_of_service"),
        ]

    def __str__(self) -> str:
        return self.what
