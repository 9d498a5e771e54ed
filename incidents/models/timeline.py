"""The timeline of an incident: what happened, in entries that nobody can change or delete."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.models import User
from incidents.models.incident import Incident


class EntryKind(models.TextChoices):
    OPENED = "opened", "Opened"
    STATUS = "status", "Status"
    SEVERITY = "severity", "Severity"
    ROLE = "role", "Role"
    FACTS = "facts", "Facts"
    ALERT = "alert", "Alert"
    PAGE = "page", "Page"
    RUN = "run", "Run"
    UPDATE = "update", "Update"
    CHANGE = "change", "System change"
    NOTE = "note", "Note"
    CORRECTION = "correction", "Correction"


class TimelineEntryQuerySet(models.QuerySet["TimelineEntry"]):
    def for_timeline(self) -> TimelineEntryQuerySet:
        """The newest first, with people, pins and what an entry corrects: a fixed number of queries."""
        return self.select_related("person", "corrects__person", "pin").order_by("-happened_at", "-pk")

    def pinned(self) -> TimelineEntryQuerySet:
        return self.filter(pin__isnull=False)


class TimelineEntry(models.Model):
    """One thing that happened. `text` is a plain sentence as it was true then; a note has Markdown and its HTML."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="timeline")
    kind = models.CharField(max_length=10, choices=EntryKind)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.CharField(max_length=500, blank=True)
    markdown = models.TextField(blank=True)
    html = models.TextField(blank=True)
    url = models.CharField(max_length=500, blank=True)  # the page of what it is about, from the portal's root
    data = models.JSONField(default=dict, blank=True)  # facts for exports and numbers, e.g. {"from": …, "to": …}
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")

    objects = TimelineEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "timeline entries"
        ordering = ["-happened_at", "-pk"]
        default_permissions = ("add", "view")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="correction") ^ Q(corrects__isnull=True), name="entry_correction_corrects"
            ),
            models.CheckConstraint(condition=~Q(text="", markdown=""), name="entry_says_something"),
        ]
        indexes: ClassVar = [models.Index(fields=["incident", "-happened_at", "-id"], name="entry_of_incident")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="entry_is_final", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="count_entry",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="UPDATE incidents_incident SET id = id WHERE id = NEW.incident_id; RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return self.text or self.markdown[:80]


class Pin(models.Model):
    """An entry that matters for whoever joins or writes the post-mortem."""

    entry = models.OneToOneField(TimelineEntry, on_delete=models.PROTECT, related_name="pin")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Pinned by {self.by}"
