"""Post-mortems: what an incident teaches, and what is to be done about it."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from incidents.models.incident import Incident
from runbooks.models import Runbook, RunbookVersion


class PostMortemQuerySet(models.QuerySet["PostMortem"]):
    def visible_to(self, user: User) -> PostMortemQuerySet:
        """Post-mortems of incidents this person may know of."""
        return self.filter(incident__in=Incident.objects.visible_to(user))


class PostMortem(models.Model):
    """One for each incident that has one; its number is the incident's. Texts are Markdown."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        REVIEW = "review", "In review"
        PUBLISHED = "published", "Published"

    incident = models.OneToOneField(Incident, on_delete=models.PROTECT, related_name="postmortem")
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT)
    status_changed_at = models.DateTimeField()
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="owned_postmortems")
    created_at = models.DateTimeField()
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    summary = models.TextField(blank=True)
    timeline = models.TextField(
        blank=True, help_text="What happened, line by line; begun from the incident's timeline."
    )
    root_cause = models.TextField(blank=True)
    impact = models.TextField(blank=True)
    users_affected = models.CharField(max_length=200, blank=True)
    revenue_impact = models.CharField(max_length=200, blank=True)
    data_loss = models.CharField(max_length=200, blank=True, help_text="“No”, or what was lost.")
    resolution = models.TextField(blank=True)
    went_well = models.TextField(blank=True)
    could_be_better = models.TextField("could be better", blank=True)
    lucky = models.TextField("where we were lucky", blank=True)
    prevention = models.TextField(blank=True)
    lessons = models.TextField("lessons learned", blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)  # counted up by each save: two people at once

    objects = PostMortemQuerySet.as_manager()

    class Meta:
        verbose_name = "post-mortem"
        ordering = ["-incident_id"]
        default_permissions = ("add", "change", "view")
        permissions = [("publish_postmortem", "Can publish a post-mortem")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="published") ^ Q(published_at__isnull=True), name="postmortem_published_has_time"
            )
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="postmortem_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"Post-mortem of {self.incident.reference}"

    def get_absolute_url(self) -> str:
        return reverse("incidents:postmortem", args=[self.incident_id])

    incident_id: int


class Lesson(models.Model):
    """A lesson that is, or will be, in a runbook. `version` is the one that took it in."""

    postmortem = models.ForeignKey(PostMortem, on_delete=models.CASCADE, related_name="runbook_lessons")
    text = models.CharField(max_length=500)
    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, related_name="lessons")
    version = models.ForeignKey(RunbookVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        default_permissions = ("add", "change", "delete", "view")

    def __str__(self) -> str:
        return self.text


class ActionItemQuerySet(models.QuerySet["ActionItem"]):
    def visible_to(self, user: User) -> ActionItemQuerySet:
        return self.filter(Q(postmortem__incident__in=Incident.objects.visible_to(user)) | Q(owner=user))

    def open(self) -> ActionItemQuerySet:
        return self.filter(status__in=[ActionItem.Status.OPEN, ActionItem.Status.STARTED])


class ActionItem(models.Model):
    """Something to be done so that it does not happen again."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        STARTED = "started", "In progress"
        DONE = "done", "Done"
        DROPPED = "dropped", "Dropped"

    postmortem = models.ForeignKey(PostMortem, on_delete=models.PROTECT, related_name="actions")
    text = models.CharField(max_length=300)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="action_items")
    due_on = models.DateField("due", null=True, blank=True)
    status = models.CharField(max_length=7, choices=Status, default=Status.OPEN)
    ticket = models.CharField(max_length=300, blank=True, help_text="A number or an address.")
    note = models.CharField(max_length=300, blank=True, help_text="Why it was dropped, or what was done.")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ActionItemQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        default_permissions = ("add", "change", "view")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["open", "started"]) ^ Q(closed_at__isnull=False), name="action_closed_has_time"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_on"], name="action_open", condition=Q(closed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.text
