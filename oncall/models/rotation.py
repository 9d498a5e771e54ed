"""Rotations: who takes turns, in which order, from when to when.

A layer's plan says all that decides its shifts. A plan is never changed: a new one takes over at a moment, so that what was
true last month stays true. Shifts are computed from plans and overrides (`oncall.rota`), never stored.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Team, User, check_time_zone
from oncall.models.change import count_changes


class RotationQuerySet(models.QuerySet["Rotation"]):
    def in_use(self) -> RotationQuerySet:
        """Rotations that were not ended."""
        return self.filter(ended_at__isnull=True)


class Rotation(models.Model):
    """The on-call of a team: one or more layers. A team may have several, e.g. for two products."""

    class Expects(models.TextChoices):
        ALWAYS = "always", "Somebody around the clock"
        HOURS = "hours", "Somebody in the hours of its layers"

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="rotations")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80)
    expects = models.CharField(
        "there should be",
        max_length=6,
        choices=Expects,
        default=Expects.ALWAYS,
        help_text="What is missing from this is shown and reported as a gap.",
    )
    check_hours = models.PositiveSmallIntegerField(
        "check before a shift",
        default=24,
        validators=[MinValueValidator(1)],
        help_text="Hours before a shift starts at which the portal checks that its person can be reached.",
    )
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RotationQuerySet.as_manager()

    class Meta:
        ordering = ["team", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "slug"],
                name="rotation_once_per_team",
                violation_error_message="The team already has a rotation of this name.",
            ),
            models.CheckConstraint(condition=Q(check_hours__range=(1, 336)), name="rotation_check_hours"),
        ]
        triggers: ClassVar = [count_changes()]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("oncall:rotation", args=[self.team.slug, self.slug])


class Layer(models.Model):
    """One line of people of a rotation. Layers of the same rank cover for one another, as when the work follows the sun."""

    rotation = models.ForeignKey(Rotation, on_delete=models.PROTECT, related_name="layers")
    name = models.CharField(max_length=80, help_text="e.g. “Primary”, “Backup”, “Nights”.")
    rank = models.PositiveSmallIntegerField(
        default=1,
        choices=[(1, "Answers first"), (2, "Backup"), (3, "Third line"), (4, "Fourth line")],
        help_text="Layers of the same rank stand in for one another.",
    )
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["rotation", "rank", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rotation", "name"],
                condition=Q(ended_at__isnull=True),
                name="layer_once_per_rotation",
                violation_error_message="The rotation already has a layer of this name.",
            ),
            models.CheckConstraint(condition=Q(rank__range=(1, 4)), name="layer_rank_1_to_4"),
        ]
        triggers: ClassVar = [count_changes()]

    def __str__(self) -> str:
        return self.name


class Plan(models.Model):
    """How a layer turns from `effective_from` on, until the layer's next plan takes over."""

    class Unit(models.TextChoices):
        HOURS = "hours", "hours"
        DAYS = "days", "days"
        WEEKS = "weeks", "weeks"

    layer = models.ForeignKey(Layer, on_delete=models.CASCADE, related_name="plans")
    effective_from = models.DateTimeField()
    turn_length = models.PositiveSmallIntegerField("length of a turn", default=1, validators=[MinValueValidator(1)])
    turn_unit = models.CharField(max_length=5, choices=Unit, default=Unit.WEEKS)
    anchor_on = models.DateField(
        help_text="A day on which the first person of the list takes over; gives the weekday of the hand-over."
    )
    handover_at = models.TimeField("hand-over at", default=dt.time(9), help_text="Local time in the zone below.")
    time_zone = models.CharField(max_length=64, validators=[check_time_zone])
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["layer", "effective_from"]
        constraints = [
            models.UniqueConstraint(fields=["layer", "effective_from"], name="plan_once_per_moment"),
            models.CheckConstraint(condition=Q(turn_length__range=(1, 336)), name="plan_turn_length"),
        ]
        triggers: ClassVar = [
            count_changes(),
            pgtrigger.Protect(
                name="plan_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "layer", "effective_from", "turn_length", "turn_unit", "anchor_on", "handover_at", "time_zone"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.layer} from {self.effective_from:%Y-%m-%d %H:%M} UTC"

    @property
    def turn(self) -> dt.timedelta:
        """The length of a turn on the wall's clock: across a change of clocks a day has 23 or 25 hours."""
        return dt.timedelta(**{self.turn_unit: self.turn_length})

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class PlanMember(models.Model):
    """A person's place in the order of a plan."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="plan_places")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["plan", "position"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "position"], name="plan_position_once"),
        ]
        triggers: ClassVar = [count_changes()]

    def __str__(self) -> str:
        return f"{self.position}. {self.person}"


class PlanWindow(models.Model):
    """Hours of the week in which a plan's layer is on call, by its local clock; a plan without any is always on call."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="windows")
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), help_text="0 for Monday to 6 for Sunday: days it begins on."
    )
    starts_at = models.TimeField()
    ends_at = models.TimeField(help_text="The same as the start or earlier: on the next day.")

    class Meta:
        ordering = ["plan", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=list(range(7))) & Q(weekdays__len__gt=0),
                name="plan_window_weekdays",
            ),
        ]
        triggers: ClassVar = [count_changes()]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M}–{self.ends_at:%H:%M}"
