"""What a team asks of its runbooks: how often they are read again, and what must hold before one becomes active."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Team, User
from accounts.triggers import any_change
from runbooks.models.version import RunbookVersion


class Gate(models.TextChoices):
    """What is looked at before a version becomes active. The first three the portal sees by itself."""

    LINKS = "links", "Links work"
    PLACEHOLDERS = "placeholders", "Placeholders are filled"
    ESCALATION = "escalation", "The escalation reaches someone"
    COMMANDS = "commands", "The commands were tried"
    ROLLBACK = "rollback", "The rollback was tried"
    ONCALL = "oncall", "The on-call team agreed"
    SECURITY = "security", "Security has looked at it, as it mentions credentials"


class ReviewPolicy(models.Model):
    """A team's own rules. A team without a row has the portal's: see DEFAULT_REVIEW_DAYS and DEFAULT_GATES."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="review_policy")
    review_days = models.PositiveSmallIntegerField(
        "review every", null=True, blank=True, help_text="Days between reviews. Empty: every 90 days."
    )
    gates = ArrayField(
        models.CharField(max_length=12, choices=Gate),
        default=list,
        blank=True,
        help_text="Without these no version becomes active.",
    )
    updated_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "review policies"
        ordering = ["team"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(review_days__isnull=True) | Q(review_days__range=(1, 3650)),
                name="review_policy_days",
                violation_error_message="Between a day and ten years, please.",
            )
        ]

    def __str__(self) -> str:
        return f"Reviews of {self.team}"


class GateTick(models.Model):
    """Somebody says that a gate holds for exactly this text. Another text has to be ticked again."""

    version = models.ForeignKey(RunbookVersion, on_delete=models.CASCADE, related_name="gate_ticks")
    gate = models.CharField(max_length=12, choices=Gate)
    sha256 = models.CharField(max_length=64)  # of the text that was meant
    note = models.CharField(max_length=300, blank=True)
    ticked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ticked_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["version", "ticked_at"]
        default_permissions = ("add", "view")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "gate", "sha256"],
                condition=Q(taken_back_at__isnull=True),
                name="gate_ticked_once",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True, taken_back_by__isnull=True)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="gate_taken_back_by_somebody",
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="gate_tick_stays",
                operation=pgtrigger.Update,
                condition=any_change(("version", "gate", "sha256", "note", "ticked_by", "ticked_at"))
                | pgtrigger.Q(old__taken_back_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_gate_display()}: {self.ticked_by}"
