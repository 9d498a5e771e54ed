"""A team's handoff checklist: what is gone through at each change of shift."""

from __future__ import annotations

from django.db import models

from accounts.models import Team, User
from runbooks.models import Runbook


class Facts(models.TextChoices):
    """What the portal shows beside an item, as it is at that moment."""

    INCIDENTS = "incidents", "Open incidents"
    HEALTH = "health", "Alerts still firing"
    CHANGES = "changes", "Recent changes"
    MAINTENANCE = "maintenance", "Scheduled maintenance"
    CONTACTS = "contacts", "Contact information"


class Checklist(models.Model):
    """The list of a team. A team without one has the default."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="handoff_checklist")
    runbook = models.ForeignKey(
        Runbook,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Where its items were taken from.",
    )
    version = models.CharField(max_length=20, blank=True)  # of the runbook, when they were taken
    section = models.CharField(max_length=300, blank=True)  # anchor of the section they were taken from
    changed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField()
    runbook_id: int | None

    class Meta:
        verbose_name = "handoff checklist"
        default_permissions = ("change", "view")

    def __str__(self) -> str:
        return f"Handoff checklist of {self.team}"


class ChecklistItem(models.Model):
    checklist = models.ForeignKey(Checklist, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    facts = models.CharField("shown beside it", max_length=11, choices=Facts, blank=True)
    is_required = models.BooleanField("required", default=True)

    class Meta:
        ordering = ["checklist", "position"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["checklist", "position"], name="checklist_position_once", deferrable=models.Deferrable.DEFERRED
            )
        ]

    def __str__(self) -> str:
        return self.text
