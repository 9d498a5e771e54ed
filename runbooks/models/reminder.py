"""What people were told of reviews: one message per person and morning, each line once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.models import User
from oncall.models import Notification
from runbooks.models.runbook import Runbook


class ReminderMorning(models.Model):
    """A person's morning was looked after: whoever writes the row writes the message, in the same transaction."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()  # by the person's own clock
    looked_at = models.DateTimeField()
    notification = models.ForeignKey(Notification, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["day", "person"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "day"], name="reminder_morning_once")]

    def __str__(self) -> str:
        return f"{self.person}, {self.day}"


class Reminder(models.Model):
    """One line that was told to one person. `key` names the reason: `due:<day>:<stage>`, `evidence:<id>`, `task:<id>:<stage>`."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, related_name="reminders")
    key = models.CharField(max_length=100)
    notification = models.ForeignKey(Notification, on_delete=models.SET_NULL, null=True, related_name="+")
    told_at = models.DateTimeField()

    class Meta:
        default_permissions = ("view",)
        ordering = ["-told_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "runbook", "key"], name="reminder_told_once")
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.key}"


class ReminderZone(models.Model):
    """How far a time zone is: everybody in it was looked after on that day, so nobody is looked for until the next."""

    time_zone = models.CharField(max_length=64, unique=True)
    day = models.DateField()  # by the zone's own clock
    looked_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["time_zone"]

    def __str__(self) -> str:
        return f"{self.time_zone}, {self.day}"
