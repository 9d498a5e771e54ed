"""Proof that people can be reached: test messages somebody confirmed, and what was looked at before a shift began."""

from __future__ import annotations

from django.db import models

from accounts.models import User
from oncall.models.delivery import Address, Notification
from oncall.models.rotation import Layer


class ReachTest(models.Model):
    """A test message to one address. Opening its link and saying yes is the proof."""

    address = models.ForeignKey(Address, on_delete=models.CASCADE, related_name="tests")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reach_tests")
    notification = models.OneToOneField(Notification, on_delete=models.PROTECT, related_name="reach_test")
    token = models.CharField(max_length=64, unique=True)
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-sent_at"]
        default_permissions = ("add", "view")

    def __str__(self) -> str:
        return f"Test of {self.address}"


class ShiftCheck(models.Model):
    """What was found before a shift began. One per shift, so that the team is told once."""

    layer = models.ForeignKey(Layer, on_delete=models.CASCADE, related_name="checks")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    shift_starts_at = models.DateTimeField()
    checked_at = models.DateTimeField()
    problems = models.JSONField(default=list, help_text="Sentences; an empty list when all is well.")

    class Meta:
        ordering = ["-shift_starts_at"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["layer", "person", "shift_starts_at"], name="shift_check_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} for {self.layer}"
