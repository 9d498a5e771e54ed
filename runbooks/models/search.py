"""What can be found: one row for each section, alert, command, error code, contact and runbook, and what nobody found."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from runbooks.models.runbook import Runbook
from runbooks.models.version import RunbookVersion


class SearchEntry(models.Model):
    """A place in a version that a question may lead to. Made when the version is stored, never edited.

    Active versions have entries and open ones (draft, in review, approved); superseded ones have none. Service and
    runbook are looked up when an answer is shown, so that their names and who may see them are always those of now.
    """

    class Kind(models.TextChoices):
        RUNBOOK = "runbook", "Runbook"
        SECTION = "section", "Section"
        ALERT = "alert", "Alert"
        COMMAND = "command", "Command"
        CODE = "code", "Error code"
        CONTACT = "contact", "Contact"

    version = models.ForeignKey(RunbookVersion, on_delete=models.CASCADE, related_name="search_entries")
    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, related_name="search_entries")
    kind = models.CharField(max_length=8, choices=Kind)
    is_active = models.BooleanField()  # whether its version is the active one
    name = models.TextField()  # what it is called: the heading, the alert's name, what a command does
    key = models.CharField(max_length=300)  # letters and digits of the name: what a whole question is compared with
    trail = models.JSONField(default=list)  # [title, anchor] of the headings above it, outermost first
    anchor = models.TextField(blank=True)
    line = models.PositiveIntegerField(default=1)
    text = models.TextField(blank=True)  # what fragments are cut from
    detail = models.JSONField(default=dict)  # what only its kind has: severity, effect, phone …
    names_vector = SearchVectorField()  # words of the name alone: few, so that typing is answered from them
    vector = SearchVectorField()  # A: name; B: headings above, runbook, service; C: text

    class Meta:
        verbose_name_plural = "search entries"
        default_permissions = ()
        indexes: ClassVar = [
            # Without a list of pending rows: every search would read all of it.
            GinIndex(fields=["names_vector"], name="search_by_name", fastupdate=False),
            GinIndex(fields=["vector"], name="search_by_word", fastupdate=False),
            # Drafts are few: counting them must not walk through everything that is active.
            GinIndex(fields=["vector"], name="search_drafts_by_word", fastupdate=False, condition=Q(is_active=False)),
            models.Index(fields=["key"], name="search_by_key"),
            models.Index(fields=["runbook"], name="search_runbooks", condition=Q(kind="runbook")),
        ]

    def __str__(self) -> str:
        return self.name


class SearchWord(models.Model):
    """A word that stands in some entry, for finding the one that was meant. A word may be there twice; that harms nobody."""

    word = models.TextField()

    class Meta:
        default_permissions = ()
        indexes: ClassVar = [
            models.Index(fields=["word"], name="search_word"),
            GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="search_word_alike"),
        ]

    def __str__(self) -> str:
        return self.word


class UnansweredQuestion(models.Model):
    """Words that somebody asked for and that led nowhere, counted; who asked is not kept."""

    class Kind(models.TextChoices):
        SEARCH = "search", "Search"
        ALERT = "alert", "Alert link"

    kind = models.CharField(max_length=6, choices=Kind)
    words = models.CharField(max_length=200)
    times = models.PositiveIntegerField(default=1)
    first_asked_at = models.DateTimeField()
    last_asked_at = models.DateTimeField()

    class Meta:
        default_permissions = ("view", "delete")
        ordering = ["-times", "-last_asked_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "words"], name="unanswered_once"),
            models.CheckConstraint(condition=Q(times__gte=1), name="unanswered_at_least_once"),
        ]

    def __str__(self) -> str:
        return self.words
