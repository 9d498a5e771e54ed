"""Shifts that go on past their end: whoever hands over stays responsible until somebody has accepted."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from oncall.models.change import count_changes
from oncall.models.rotation import Rotation


class HeldShiftQuerySet(models.QuerySet["HeldShift"]):
    def holding(self, at: dt.datetime) -> HeldShiftQuerySet:
        """Those in force at that moment."""
        return self.filter(Q(released_at__isnull=True) | Q(released_at__gt=at), held_from__lte=at)


class HeldShift(models.Model):
    """From `held_from`, when the schedule says `successor`, `person` is still responsible, until `released_at`.

    Whoever runs handoffs writes the row ahead of the change and releases it on acceptance. The latest of a rotation counts:
    a new one releases those before it.
    """

    rotation = models.ForeignKey(Rotation, on_delete=models.PROTECT, related_name="held_shifts")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="held_shifts")
    successor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    held_from = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    url = models.CharField(max_length=300)  # of the page where it is accepted, from the portal's root

    objects = HeldShiftQuerySet.as_manager()
    rotation_id: int

    class Meta:
        ordering = ["-held_from", "-pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["rotation"], condition=Q(released_at__isnull=True), name="held_shift_one_per_rotation"
            ),
            models.CheckConstraint(condition=~Q(person=F("successor")), name="held_shift_two_people"),
        ]
        triggers: ClassVar = [count_changes()]

    def __str__(self) -> str:
        return f"{self.person} until {self.successor} accepts"
