"""Versions of a runbook: text that, once active, can't be changed by anybody."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from accounts.triggers import any_change
from runbooks.models.runbook import Runbook


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    REVIEW = "review", "In review"
    APPROVED = "approved", "Approved"
    ACTIVE = "active", "Active"
    SUPERSEDED = "superseded", "Superseded"


OPEN = (Status.DRAFT, Status.REVIEW, Status.APPROVED)
FINAL = (Status.ACTIVE, Status.SUPERSEDED)
# What lists never need: kilobytes per row.
HEAVY = ("markdown", "html", "outline_html", "values_html", "index_html", "document", "findings")
# What nobody changes any more once a version has been active.
FIXED = (
    "runbook",
    "major",
    "minor",
    "markdown",
    "sha256",
    "change_summary",
    "author",
    "revision",
    "approved_by",
    "approved_at",
    "activated_by",
    "activated_at",
    "created_at",
)


class RunbookVersionQuerySet(models.QuerySet["RunbookVersion"]):
    def visible_to(self, user: User) -> RunbookVersionQuerySet:
        """Versions of runbooks this person may know of."""
        return self.filter(runbook__in=Runbook.objects.visible_to(user))

    def open(self) -> RunbookVersionQuerySet:
        """Versions on their way: draft, in review or approved."""
        return self.filter(status__in=OPEN)

    def active(self) -> RunbookVersionQuerySet:
        return self.filter(status=Status.ACTIVE)

    def for_history(self) -> RunbookVersionQuerySet:
        """The versions page: newest first, with people, without the texts."""
        return self.defer(*HEAVY).select_related("author", "approved_by", "activated_by").order_by("-major", "-minor")

    def light(self) -> RunbookVersionQuerySet:
        """With runbook, service, team and author, without the texts: for lists."""
        return self.defer(*HEAVY).select_related("runbook__service", "runbook__team", "author")


class RunbookVersion(models.Model):
    """One numbered text of a runbook, stored byte for byte, and what the reader made of it.

    What was read (`html` … `readiness`) can be made again from the text at any time (`reread_runbooks`); the rest of an
    active or superseded version is fixed by database triggers.
    """

    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, related_name="versions")
    major = models.PositiveIntegerField()
    minor = models.PositiveIntegerField()
    markdown = models.TextField()
    sha256 = models.CharField(max_length=64)
    change_summary = models.CharField(max_length=500, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="authored_versions")
    revision = models.PositiveIntegerField(default=1)
    # What the reader found
    schema = models.PositiveSmallIntegerField(default=0)
    document = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    readiness = models.PositiveSmallIntegerField(default=0)
    parts = models.JSONField(default=dict)  # what coverage asks for and the text holds: code of a part → anchor
    part_bits = models.PositiveIntegerField(
        default=0
    )  # the same as a number: a bit for each code, see reading.coverage
    summary = models.CharField(max_length=500, blank=True)
    html = models.TextField(blank=True)
    outline_html = models.TextField(blank=True)
    values_html = models.TextField(blank=True)
    index_html = models.TextField(blank=True)
    # The way it went
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    status_changed_at = models.DateTimeField()
    review_note = models.TextField(blank=True)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    activated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    activated_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RunbookVersionQuerySet.as_manager()
    runbook_id: int
    author_id: int | None

    class Meta:
        verbose_name = "version"
        ordering = ["runbook", "-major", "-minor"]
        default_permissions = ("view",)
        permissions = [
            ("approve_runbookversion", "Can approve a version that others wrote"),
            ("activate_runbookversion", "Can make an approved version the active one"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["runbook", "major", "minor"], name="version_number_once"),
            models.UniqueConstraint(fields=["runbook"], condition=Q(status="active"), name="version_one_active"),
            models.UniqueConstraint(
                fields=["runbook"], condition=Q(status__in=["draft", "review", "approved"]), name="version_one_open"
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="version_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=["active", "superseded"]) ^ Q(activated_at__isnull=True),
                name="version_activated_when_active",
            ),
            models.CheckConstraint(
                condition=Q(status="superseded") ^ Q(superseded_at__isnull=True), name="version_superseded_when"
            ),
            models.CheckConstraint(condition=Q(readiness__lte=100), name="version_readiness_percent"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["-activated_at"], name="version_by_activation", condition=Q(activated_at__isnull=False)
            ),
            models.Index(
                fields=["status"], name="version_open", condition=Q(status__in=["draft", "review", "approved"])
            ),
            # Coverage puts together what all texts of all services hold, without reading a single text.
            models.Index(
                fields=["runbook"],
                include=["status", "part_bits"],
                name="version_coverage",
                condition=~Q(status="superseded"),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="text_is_final",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status__in=["active", "superseded"]) & any_change(FIXED),
                func="RAISE EXCEPTION 'An active or superseded version can''t be changed.' USING ERRCODE = '23001';",
            ),
            pgtrigger.Trigger(
                name="no_delete_of_history",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__status__in=["active", "superseded"]),
                func="RAISE EXCEPTION 'An active or superseded version can''t be deleted.' USING ERRCODE = '23001';",
            ),
            pgtrigger.FSM(
                name="status_goes_forward",
                field="status",
                transitions=[
                    ("draft", "review"),
                    ("review", "draft"),
                    ("review", "approved"),
                    ("approved", "draft"),
                    ("approved", "active"),
                    ("active", "superseded"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.runbook} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("runbooks:version", args=[self.runbook.service.slug, self.runbook.slug, self.number])

    @property
    def number(self) -> str:
        """`1.0`, `1.1`, `2.0` …"""
        return f"{self.major}.{self.minor}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    def was_written_by(self, user: User) -> bool:
        """Whether the person wrote any of it: began the version, or saved a revision of it."""
        return self.author_id == user.pk or self.saves.filter(is_accepted=True, author=user).exists()


class DraftSave(models.Model):
    """One save of an open version, kept for ever: the ground of three-way merges, and nobody's words are lost.

    A save that came too late (`is_accepted` false) is kept too; it never became the draft's text.
    """

    version = models.ForeignKey(RunbookVersion, on_delete=models.CASCADE, related_name="saves")
    revision = models.PositiveIntegerField()
    markdown = models.TextField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    is_accepted = models.BooleanField(default=True)
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["version", "revision", "saved_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "revision"], condition=Q(is_accepted=True), name="draft_save_revision_once"
            )
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="saves_stay", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.version}, save {self.revision}"
