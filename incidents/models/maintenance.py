"""Maintenance windows: planned work, announced before it begins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import ClassVar

from django.contrib.postgres.fields import DateTimeRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Team, User
from incidents.models.run import Run
from oncall.models import Channel, Classification, Service
from runbooks.models import Runbook


class MaintenanceWindowQuerySet(models.QuerySet["MaintenanceWindow"]):
    def visible_to(self, user: User) -> MaintenanceWindowQuerySet:
        """Windows that touch no Confidential service of other teams."""
        if user.has_perm("runbooks.view_confidential_runbook"):
            return self
        secret = Service.objects.filter(classification=Classification.CONFIDENTIAL).exclude(
            team__in=user.get_team_ids()
        )
        touched = MaintenanceWindow.services.through.objects.filter(service__in=secret).values("maintenancewindow")
        return self.filter(~Q(pk__in=touched) | Q(created_by=user))

    def standing(self) -> MaintenanceWindowQuerySet:
        """Windows that were not called off."""
        return self.filter(cancelled_at=None)

    def covering(self, at: dt.datetime) -> MaintenanceWindowQuerySet:
        """Windows that are on at that moment."""
        return self.standing().filter(during__contains=at)

    def of_services(self, services: Iterable[Service] | models.QuerySet[Service]) -> MaintenanceWindowQuerySet:
        """Windows that touch one of these services, each once."""
        through = MaintenanceWindow.services.through.objects
        return self.filter(pk__in=through.filter(service__in=services).values("maintenancewindow"))


class MaintenanceWindow(models.Model):
    """Work on services, from a moment until another. Alerts of these services during it are marked."""

    title = models.CharField(max_length=200)
    services = models.ManyToManyField(Service, related_name="maintenance_windows")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="maintenance_windows")
    during = DateTimeRangeField()
    impact = models.TextField(help_text="What others will notice.")
    description = models.TextField(blank=True, help_text="What is done, and how it is taken back.")
    runbook = models.ForeignKey(
        Runbook, on_delete=models.SET_NULL, null=True, blank=True, related_name="maintenance_windows"
    )
    anchor = models.CharField(max_length=300, blank=True)  # the section whose steps the run takes
    run = models.OneToOneField(Run, on_delete=models.SET_NULL, null=True, blank=True, related_name="maintenance")
    channels = models.ManyToManyField(Channel, blank=True, related_name="maintenance_windows")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    announced_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    cancel_reason = models.CharField(max_length=300, blank=True)
    is_example = models.BooleanField(default=False, editable=False)

    objects = MaintenanceWindowQuerySet.as_manager()

    class Meta:
        ordering = ["during"]
        default_permissions = ("add", "change", "view")
        constraints = [
            models.CheckConstraint(
                condition=Q(during__isempty=False) & Q(during__lower_inf=False) & Q(during__upper_inf=False),
                name="maintenance_has_two_ends",
                violation_error_message="The end must come after the start.",
            )
        ]
        indexes: ClassVar = [GistIndex(fields=["during"], name="maintenance_by_time")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("incidents:maintenance_window", args=[self.pk])
