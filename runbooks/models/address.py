"""Where runbooks used to be: links that people kept lead on for ever."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from oncall.models import Service
from runbooks.models.runbook import Runbook


class FormerAddress(models.Model):
    """A service and slug under which a runbook once stood. Written by a trigger whenever either changes."""

    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, related_name="former_addresses")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    slug = models.SlugField(max_length=100)
    left_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "former addresses"
        default_permissions = ("view",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["service", "slug"], name="former_address_once")]

    def __str__(self) -> str:
        return f"{self.service.slug}/{self.slug}"
