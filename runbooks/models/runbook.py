"""The runbook itself: what stays the same from version to version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Membership, Team, User
from oncall.models import Classification, Service

SOON_DAYS = 14


class Kind(models.TextChoices):
    SERVICE = "service", "Service runbook"
    FEATURE = "feature", "Feature"
    PROCEDURE = "procedure", "Procedure"
    INCIDENT = "incident", "Incident response"
    MONITORING = "monitoring", "Monitoring"
    TEMPLATE = "template", "Template"


class RunbookQuerySet(models.QuerySet["Runbook"]):
    def visible_to(self, user: User) -> RunbookQuerySet:
        """Runbooks this person may know of. Confidential (the runbook or its service): owner, team, administrators."""
        return self if user.has_perm("runbooks.view_confidential_runbook") else self.known_to(user.pk)

    def known_to(self, user_id: int, team_ids: Sequence[int] | None = None) -> RunbookQuerySet:
        """Runbooks that somebody without a right to everything may know of; `team_ids` where their teams are at hand."""
        secret = Q(classification=Classification.CONFIDENTIAL) | Q(service__classification=Classification.CONFIDENTIAL)
        teams = Membership.objects.filter(user_id=user_id).order_by().values("team") if team_ids is None else team_ids
        return self.filter(~secret | Q(owner=user_id) | Q(team__in=teams) | Q(service__team__in=teams))

    def shown(self) -> RunbookQuerySet:
        """Runbooks that have something to read: those that are only a discarded start have not."""
        return self.filter(shown_version__isnull=False)

    def in_use(self) -> RunbookQuerySet:
        """Runbooks that are not retired."""
        return self.filter(retired_at__isnull=True)

    def review_due_by(self, day: date) -> RunbookQuerySet:
        """Runbooks in use whose next review is on that day or was before, the longest overdue first."""
        return self.in_use().filter(next_review_on__lte=day).order_by("next_review_on", "title")


class Runbook(models.Model):
    """What to do when a service needs hands. The words are in its versions; this is who, where and for how long.

    `shown_version` is what lists and the reading page show: the active version, or the latest one while there is none yet.
    It is kept by the services in the transaction that changes a version, because lists of thousands join on it.
    """

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="runbooks")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.SERVICE)
    title = models.CharField(max_length=300)
    slug = models.SlugField(max_length=100)
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="owned_runbooks")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="runbooks")
    classification = models.CharField(max_length=12, choices=Classification, default=Classification.INTERNAL)
    review_days = models.PositiveSmallIntegerField(
        "review every",
        null=True,
        blank=True,
        help_text="Days between reviews. Empty: as often as the team reviews, else every 90 days.",
    )
    last_reviewed_on = models.DateField("last reviewed", null=True, blank=True)
    next_review_on = models.DateField("next review", null=True, blank=True)
    next_review_stated = models.BooleanField(
        default=False, editable=False
    )  # by the text or by somebody: nothing moves it
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)  # run or drilled with success
    freshness = models.PositiveSmallIntegerField(default=100, editable=False)  # 0 to 100, see runbooks.upkeep.freshness
    freshness_at = models.DateTimeField(null=True, blank=True, editable=False)  # when that number last changed
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    shown_version = models.OneToOneField(
        "RunbookVersion", on_delete=models.SET_NULL, null=True, editable=False, related_name="shown_by"
    )
    source_id = models.CharField(max_length=700, unique=True, null=True, editable=False)  # noqa: DJ001 - unique, so absent is NULL
    source_path = models.CharField(max_length=600, blank=True, editable=False)
    source_sha256 = models.CharField(max_length=64, blank=True, editable=False)  # of the file as last imported
    is_example = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = RunbookQuerySet.as_manager()
    shown_version_id: int | None

    class Meta:
        ordering = ["title"]
        permissions = [
            ("retire_runbook", "Can retire a runbook"),
            ("view_confidential_runbook", "Can view every Confidential runbook"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "slug"],
                name="runbook_slug_once_per_service",
                violation_error_message="This service already has a runbook with that address.",
            ),
            models.CheckConstraint(condition=Q(freshness__lte=100), name="runbook_freshness_percent"),
        ]
        indexes = [
            models.Index(F("updated_at").desc(), name="runbook_by_update"),
            models.Index("next_review_on", name="runbook_by_review", condition=Q(retired_at__isnull=True)),
            models.Index(F("freshness_at").desc(nulls_last=True), name="runbook_by_freshness_change"),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="keep_former_address",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__slug__df=pgtrigger.F("new__slug"))
                | pgtrigger.Q(old__service__df=pgtrigger.F("new__service")),
                func="""
                    INSERT INTO runbooks_formeraddress (runbook_id, service_id, slug, left_at)
                    VALUES (OLD.id, OLD.service_id, OLD.slug, now())
                    ON CONFLICT (service_id, slug) DO UPDATE SET runbook_id = EXCLUDED.runbook_id, left_at = now();
                    DELETE FROM runbooks_formeraddress WHERE service_id = NEW.service_id AND slug = NEW.slug;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("runbooks:detail", args=[self.service.slug, self.slug])

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None

    @property
    def status(self) -> str:
        """The word the lists show: `retired`, or the status of the version they show."""
        if self.is_retired:
            return "retired"
        return self.shown_version.status if self.shown_version else "draft"

    def due(self, today: date) -> str:
        """`overdue`, `soon` (within two weeks) or `fresh`; "" when no review is planned."""
        if self.next_review_on is None or self.is_retired:
            return ""
        days = (self.next_review_on - today).days
        return "overdue" if days < 0 else "soon" if days <= SOON_DAYS else "fresh"
