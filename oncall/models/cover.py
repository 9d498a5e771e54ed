"""What differs from the plan: overrides, swaps, absences, and gaps that are meant."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User
from oncall.models.change import count_changes
from oncall.models.rotation import Layer, Rotation


def has_two_ends(name: str) -> models.CheckConstraint:
    """For a model's Meta: `during` begins, and ends after that."""
    return models.CheckConstraint(
        condition=Q(during__isempty=False) & Q(during__lower_inf=False) & Q(during__upper_inf=False),
        name=name,
        violation_error_message="The end must come after the start.",
    )


class Swap(models.Model):
    """Somebody asks a colleague to take a shift, perhaps for one of theirs. Counts when the colleague says yes."""

    class Status(models.TextChoices):
        ASKED = "asked", "Asked"
        AGREED = "agreed", "Agreed"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"
        UNDONE = "undone", "Undone"

    asker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="swaps_asked")
    colleague = models.ForeignKey(User, on_delete=models.PROTECT, related_name="swaps_to_answer")
    layer = models.ForeignKey(Layer, on_delete=models.PROTECT, related_name="+")
    during = DateTimeRangeField(help_text="The asker's time that the colleague takes.")
    return_layer = models.ForeignKey(Layer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    return_during = DateTimeRangeField(
        null=True, blank=True, help_text="The colleague's time that the asker takes for it."
    )
    message = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.ASKED)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(asker=F("colleague")),
                name="swap_with_somebody_else",
                violation_error_message="You can't swap with yourself.",
            ),
            models.CheckConstraint(
                condition=Q(status="asked", answered_at__isnull=True)
                | (~Q(status="asked") & Q(answered_at__isnull=False)),
                name="swap_answered_has_time",
            ),
            models.CheckConstraint(
                condition=Q(return_layer__isnull=True, return_during__isnull=True)
                | Q(return_layer__isnull=False, return_during__isnull=False),
                name="swap_return_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asker} asks {self.colleague}"

    def get_absolute_url(self) -> str:
        return reverse("oncall:swap", args=[self.pk])


class OverrideQuerySet(models.QuerySet["Override"]):
    def in_force(self) -> OverrideQuerySet:
        """Overrides that were not taken back."""
        return self.filter(cancelled_at__isnull=True)


class Override(models.Model):
    """Somebody is on call in a layer for a time, whoever the plan names. Taken back, it stays as a record."""

    layer = models.ForeignKey(Layer, on_delete=models.PROTECT, related_name="overrides")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="overrides")
    during = DateTimeRangeField()
    reason = models.CharField(max_length=300, blank=True)
    swap = models.ForeignKey(Swap, on_delete=models.PROTECT, null=True, blank=True, related_name="overrides")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = OverrideQuerySet.as_manager()

    class Meta:
        ordering = ["during"]
        constraints = [
            ExclusionConstraint(
                name="override_one_at_a_time",
                expressions=[("layer", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(cancelled_at__isnull=True),
                violation_error_message="Another override of this layer covers part of that time. Take it back first.",
            ),
            has_two_ends("override_has_two_ends"),
        ]
        triggers: ClassVar = [count_changes()]

    def __str__(self) -> str:
        return f"{self.person} for {self.layer}"


class Absence(models.Model):
    """When somebody is away. It changes no shift; it warns where it clashes with one."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    during = DateTimeRangeField()
    reason = models.CharField(
        max_length=200, blank=True, help_text="Shown to everybody, so no more than you like to tell."
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["during"]
        constraints = [
            ExclusionConstraint(
                name="absence_once",
                expressions=[("person", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                violation_error_message="An absence in that time is already known.",
            ),
            has_two_ends("absence_has_two_ends"),
        ]
        triggers: ClassVar = [count_changes()]

    def __str__(self) -> str:
        return f"{self.person} is away"


class PlannedGap(models.Model):
    """A time in which nobody of a rank has to be on call, and that is meant."""

    rotation = models.ForeignKey(Rotation, on_delete=models.CASCADE, related_name="planned_gaps")
    rank = models.PositiveSmallIntegerField(default=1)
    during = DateTimeRangeField()
    reason = models.CharField(max_length=300)
    marked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    marked_at = models.DateTimeField()

    class Meta:
        ordering = ["during"]
        constraints = [
            ExclusionConstraint(
                name="planned_gap_once",
                expressions=[
                    ("rotation", RangeOperators.EQUAL),
                    ("rank", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                violation_error_message="Part of that time is already marked as meant.",
            ),
            has_two_ends("planned_gap_has_two_ends"),
        ]
        triggers: ClassVar = [count_changes()]

    def __str__(self) -> str:
        return self.reason


class ReportedGap(models.Model):
    """A gap of which the team was told, known by its start: it is not told of it again."""

    rotation = models.ForeignKey(Rotation, on_delete=models.CASCADE, related_name="reported_gaps")
    rank = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    reported_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["rotation", "rank", "starts_at"], name="gap_reported_once"),
        ]

    def __str__(self) -> str:
        return f"{self.rotation}, {self.starts_at:%Y-%m-%d %H:%M} UTC"
