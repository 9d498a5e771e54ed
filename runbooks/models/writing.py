"""What writing needs beside versions: words not saved yet, templates to begin from, lines allowed though they look secret."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models

from accounts.models import User
from runbooks.models.runbook import Kind, Runbook


class WorkingCopy(models.Model):
    """What somebody is writing and has not saved: kept on the server as they type, seen by nobody else.

    It is no save: the version stays as it is until the person saves, which also removes the copy.
    """

    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, related_name="working_copies")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    base = models.CharField(max_length=40)  # what the edit started from, see services.EditBase
    markdown = models.TextField()  # the whole text, also when only one section is open in the editor
    change_summary = models.CharField(max_length=500, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "working copies"
        default_permissions = ()
        constraints: ClassVar = [models.UniqueConstraint(fields=["runbook", "author"], name="working_copy_once")]

    def __str__(self) -> str:
        return f"{self.runbook}, as {self.author} writes it"


class RunbookTemplate(models.Model):
    """A text to begin a runbook with. Names in `{{ … }}` are filled from what is known of the service."""

    name = models.CharField(max_length=120, unique=True)
    slug = models.SlugField(max_length=120, unique=True)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.SERVICE)
    description = models.CharField(max_length=300, blank=True)
    markdown = models.TextField()
    is_offered = models.BooleanField("offered for new runbooks", default=True)
    updated_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "template"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class AllowedLine(models.Model):
    """A line that looks like a credential and is none, as an approver said. The line itself is not kept, only its print."""

    runbook = models.ForeignKey(
        Runbook, on_delete=models.CASCADE, null=True, blank=True, related_name="allowed_lines"
    )  # None: in every runbook
    fingerprint = models.CharField(max_length=64)  # keyed digest of the line, see runbooks.services.secrets
    kind = models.CharField(max_length=80)  # what it looked like
    reason = models.CharField(max_length=300)
    allowed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    allowed_at = models.DateTimeField()

    class Meta:
        ordering = ["-allowed_at"]
        default_permissions = ("add", "view", "delete")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["runbook", "fingerprint"], name="allowed_line_once", nulls_distinct=False)
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="allowed_line_stays", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason}"
