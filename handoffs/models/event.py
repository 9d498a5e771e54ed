"""What happened to a handoff, in lines that nobody can change or delete."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.models import User
from handoffs.models.handoff import Handoff
from handoffs.models.triggers import final


class EventKind(models.TextChoices):
    OPENED = "opened", "Opened"
    PEOPLE = "people", "People"
    TICKED = "ticked", "Ticked"
    QUESTION = "question", "Question"
    ANSWER = "answer", "Answer"
    SUBMITTED = "submitted", "Submitted"
    RETURNED = "returned", "Returned"
    ACCEPTED = "accepted", "Accepted"
    REMINDED = "reminded", "Reminded"
    ADDENDUM = "addendum", "Addendum"
    LAPSED = "lapsed", "Lapsed"


class HandoffEvent(models.Model):
    """One thing that happened. `text` is a plain sentence without the person's name, as it was true then."""

    handoff = models.ForeignKey(Handoff, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=9, choices=EventKind)
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # None: the portal
    text = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        triggers: ClassVar = [final()]

    def __str__(self) -> str:
        return self.text
