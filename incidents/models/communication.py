"""Communication: texts to begin an update with, and the updates that were sent."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models

from accounts.models import Team, User
from incidents.models.incident import Incident, Status
from oncall.models import Channel


class UpdateKind(models.TextChoices):
    INITIAL = "initial", "First message"
    UPDATE = "update", "Update"
    RESOLVED = "resolved", "Resolved"


class Audience(models.TextChoices):
    EVERYBODY = "everybody", "Everybody"
    CUSTOMERS = "customers", "Customers and support"
    BUSINESS = "business", "Management"
    ENGINEERS = "engineers", "Engineers"


class UpdateTemplate(models.Model):
    """A text to begin with. Names in `{{ … }}` are filled with the incident's facts."""

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=8, choices=UpdateKind, default=UpdateKind.UPDATE)
    audience = models.CharField(max_length=9, choices=Audience, default=Audience.EVERYBODY)
    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, null=True, blank=True, related_name="update_templates", help_text="None: all."
    )
    subject = models.CharField(max_length=200)
    markdown = models.TextField("text")
    is_offered = models.BooleanField("offered", default=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "update template"
        ordering = ["kind", "audience", "name"]

    def __str__(self) -> str:
        return self.name


class IncidentUpdate(models.Model):
    """A message about an incident as it was sent. It can't be changed; the next one puts it right."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="updates")
    kind = models.CharField(max_length=8, choices=UpdateKind)
    audience = models.CharField(max_length=9, choices=Audience)
    subject = models.CharField(max_length=200)
    markdown = models.TextField("text")
    html = models.TextField()
    status = models.CharField(max_length=13, choices=Status)  # of the incident, at that moment
    is_public = models.BooleanField("on the status page", default=True)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField()
    next_update_at = models.DateTimeField("next update due", null=True, blank=True)
    channels = models.ManyToManyField(Channel, blank=True, related_name="incident_updates")
    sent_to = models.JSONField(default=list)  # the channels' names as they were then

    class Meta:
        ordering = ["-sent_at", "-pk"]
        default_permissions = ("add", "view")
        indexes: ClassVar = [models.Index(fields=["incident", "-sent_at"], name="update_of_incident")]
        triggers: ClassVar = [pgtrigger.Protect(name="update_is_final", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.subject
