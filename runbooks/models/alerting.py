"""Alerting rules of Prometheus, as they were uploaded or imported: which alerts there are at all."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.models import User


class RuleFile(models.Model):
    """A file of rules. The same name again replaces what it held."""

    name = models.CharField(max_length=300, unique=True)
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        default_permissions = ("add", "delete", "view")

    def __str__(self) -> str:
        return self.name


class AlertingRule(models.Model):
    """One alert that monitoring may send."""

    file = models.ForeignKey(RuleFile, on_delete=models.CASCADE, related_name="rules")
    group = models.CharField(max_length=300, blank=True)
    name = models.CharField(max_length=300)
    key = models.CharField(max_length=300)  # as in SearchEntry: letters and digits only
    severity = models.CharField(max_length=60, blank=True)
    condition = models.TextField(blank=True)  # PromQL
    waits = models.CharField(max_length=30, blank=True)  # `for`
    labels = models.JSONField(default=dict, blank=True)
    runbook_url = models.CharField(max_length=1000, blank=True)
    line = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        default_permissions = ("view",)
        indexes: ClassVar = [models.Index(fields=["key"], name="alerting_rule_by_key")]

    def __str__(self) -> str:
        return self.name
