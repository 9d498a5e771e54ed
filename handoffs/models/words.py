"""What people write into a handoff: ticks, notes to items, questions, and what is added after both have signed.

An *entry* is one line that the portal put together (an incident, a change …), named by a key such as `incident:12`.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from handoffs.models.checklist import Facts
from handoffs.models.handoff import Handoff
from handoffs.models.triggers import count_revision, final, frozen_outside


class Tick(models.Model):
    """An item of the checklist in one handoff: what it says was copied from the team's list when it was opened."""

    handoff = models.ForeignKey(Handoff, on_delete=models.PROTECT, related_name="ticks")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    facts = models.CharField(max_length=11, choices=Facts, blank=True)  # what stands beside it
    is_required = models.BooleanField(default=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True)
    note_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["handoff", "position"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["handoff", "position"], name="tick_position_once"),
            models.CheckConstraint(
                condition=Q(done_by__isnull=True, done_at__isnull=True)
                | Q(done_by__isnull=False, done_at__isnull=False),
                name="tick_by_somebody",
            ),
        ]
        triggers: ClassVar = [frozen_outside("draft", "returned"), count_revision()]

    def __str__(self) -> str:
        return self.text


class EntryNote(models.Model):
    """What the outgoing side adds to one entry: what was tried, where it is stuck, what they would do next. Markdown."""

    handoff = models.ForeignKey(Handoff, on_delete=models.PROTECT, related_name="entry_notes")
    entry = models.CharField(max_length=120)
    tried = models.TextField(blank=True)
    stuck = models.TextField("where it is stuck", blank=True)
    next_step = models.TextField("recommended next step", blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["handoff", "entry"], name="entry_note_once")]
        triggers: ClassVar = [frozen_outside("draft", "returned"), count_revision()]

    def __str__(self) -> str:
        return f"Note to {self.entry}"


class Question(models.Model):
    """A question about an entry, or with an empty `entry` about all of it, and its answer."""

    handoff = models.ForeignKey(Handoff, on_delete=models.PROTECT, related_name="questions")
    entry = models.CharField(max_length=120, blank=True)
    text = models.TextField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="answer_by_somebody",
            ),
        ]
        triggers: ClassVar = [frozen_outside("draft", "returned", "submitted"), count_revision()]

    def __str__(self) -> str:
        return self.text[:80]


class Addendum(models.Model):
    """Something added after both have signed. It stands below; what was signed stays as it is. Markdown."""

    handoff = models.ForeignKey(Handoff, on_delete=models.PROTECT, related_name="addenda")
    markdown = models.TextField()
    html = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "addenda"
        ordering = ["pk"]
        default_permissions = ()
        triggers: ClassVar = [final(), frozen_outside("accepted"), count_revision()]

    def __str__(self) -> str:
        return self.markdown[:80]
