"""Escalation paths: who is called first, who next, and when."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Team
from oncall.models.change import count_changes
from oncall.models.directory import Channel, Contact
from oncall.models.rotation import Layer


class EscalationPathQuerySet(models.QuerySet["EscalationPath"]):
    def for_ladder(self) -> EscalationPathQuerySet:
        """Paths with all that a drawn ladder says, in three queries however many there are."""
        targets = EscalationTarget.objects.select_related(
            "layer__rotation__team", "contact__user", "contact__team", "channel"
        )
        levels = EscalationLevel.objects.prefetch_related(models.Prefetch("targets", targets))
        return self.select_related("team").prefetch_related(models.Prefetch("levels", levels))


class EscalationPath(models.Model):
    """A ladder of levels. Services follow it."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80, unique=True)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="escalation_paths")
    description = models.TextField(blank=True)
    triggers = models.TextField("escalate at once when", blank=True, help_text="One trigger a line.")
    updated_at = models.DateTimeField(auto_now=True)

    objects = EscalationPathQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        triggers: ClassVar = [count_changes()]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("oncall:path", args=[self.slug])


class EscalationLevel(models.Model):
    """One rung: whom it calls, how long it waits for an answer."""

    path = models.ForeignKey(EscalationPath, on_delete=models.CASCADE, related_name="levels")
    position = models.PositiveSmallIntegerField(help_text="1 is called first.")
    label = models.CharField(max_length=20, help_text="e.g. “L1”.")
    response_minutes = models.PositiveIntegerField(
        "response time",
        default=15,
        validators=[MinValueValidator(1)],
        help_text="Minutes without an answer after which the next level is called.",
    )
    escalates_if = models.CharField("escalate when", max_length=300, blank=True)
    handles = models.CharField(max_length=300, blank=True, help_text="What this level takes care of.")

    class Meta:
        ordering = ["path", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["path", "position"], name="level_position_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(response_minutes__range=(1, 10_080)),
                name="level_response_minutes",
                violation_error_message="Between one minute and a week.",
            ),
        ]
        triggers: ClassVar = [count_changes()]

    def __str__(self) -> str:
        return self.label


class EscalationTarget(models.Model):
    """Whom a level calls: who is on call in a layer (or one of its rank), a contact, or a channel."""

    level = models.ForeignKey(EscalationLevel, on_delete=models.CASCADE, related_name="targets")
    layer = models.ForeignKey(Layer, on_delete=models.PROTECT, null=True, blank=True, related_name="targets")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="targets")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, null=True, blank=True, related_name="targets")

    class Meta:
        ordering = ["level", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(layer__isnull=False, contact__isnull=True, channel__isnull=True)
                | Q(layer__isnull=True, contact__isnull=False, channel__isnull=True)
                | Q(layer__isnull=True, contact__isnull=True, channel__isnull=False),
                name="target_is_one_thing",
                violation_error_message="Choose one: a layer, a contact or a channel.",
            ),
            *(
                models.UniqueConstraint(
                    fields=["level", name],
                    name=f"target_{name}_once",
                    violation_error_message="The level already calls this one.",
                )
                for name in ("layer", "contact", "channel")
            ),
        ]
        triggers: ClassVar = [count_changes()]

    def __str__(self) -> str:
        return str(self.layer or self.contact or self.channel)
