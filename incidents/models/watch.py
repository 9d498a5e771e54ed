"""Watch items: something to keep an eye on until a moment, wherever its alert or its service shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Team, User
from oncall.models import Classification, Service


class WatchItemQuerySet(models.QuerySet["WatchItem"]):
    def visible_to(self, user: User) -> WatchItemQuerySet:
        """Items about no Confidential service of other teams, and those of the person's own teams."""
        if user.has_perm("runbooks.view_confidential_runbook"):
            return self
        teams = user.get_team_ids()
        secret = Service.objects.filter(classification=Classification.CONFIDENTIAL).exclude(team__in=teams)
        return self.filter(Q(service=None) | ~Q(service__in=secret) | Q(team__in=teams))

    def burning(self, at: dt.datetime) -> WatchItemQuerySet:
        """Items that are neither closed nor expired at that moment."""
        return self.filter(closed_at=None, expires_at__gt=at)

    def expired(self, at: dt.datetime) -> WatchItemQuerySet:
        """Items whose time has passed at that moment and that nobody has closed."""
        return self.filter(closed_at=None, expires_at__lte=at)

    def closed(self) -> WatchItemQuerySet:
        return self.filter(closed_at__isnull=False)

    def on_services(self, services: Iterable[Service | int] | models.QuerySet[Service]) -> WatchItemQuerySet:
        """Items on one of these services."""
        return self.filter(service__in=services)

    def answering(self, alert_name: str, service_id: int | None) -> WatchItemQuerySet:
        """Items that an alert of that name on that service sets off. One with a name and a service waits for both."""
        if not alert_name:
            return self.none()
        named = Q(alert_name__iexact=alert_name) & Q(service=None)
        if service_id is None:
            return self.filter(named)
        return self.filter(named | Q(service=service_id) & (Q(alert_name="") | Q(alert_name__iexact=alert_name)))

    def with_names(self) -> WatchItemQuerySet:
        """With everything that a line of a list says."""
        return self.select_related("team", "service", "owner", "created_by", "closed_by")


class WatchItem(models.Model):
    """A note with a fuse: it shows at its alert and its service until it expires or is closed.

    A mitigation, a silence and deferred work are notes of this kind as well: each has an end, and somebody who must not
    forget it.
    """

    class Kind(models.TextChoices):
        WATCH = "watch", "Watch"
        MITIGATION = "mitigation", "Temporary mitigation"
        SILENCE = "silence", "Silenced alert"
        DEFERRED = "deferred", "Deferred work"

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.WATCH)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="watch_items")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="watch_items")
    alert_name = models.CharField(
        "alert", max_length=200, blank=True, help_text="The name of an alert, as it comes in."
    )
    text = models.CharField(max_length=300, help_text="What to look at, and the value at which to act.")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="watch_items")
    url = models.URLField("link", max_length=500, blank=True)
    expires_at = models.DateTimeField("until")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    close_reason = models.CharField(max_length=300, blank=True)
    is_example = models.BooleanField(default=False, editable=False)

    objects = WatchItemQuerySet.as_manager()
    team_id: int
    service_id: int | None

    class Meta:
        ordering = ["expires_at", "pk"]
        default_permissions = ("add", "change", "view")
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="watch_item_has_time"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="watch_item_closed_by",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["expires_at"], name="watch_item_burning", condition=Q(closed_at__isnull=True)),
            models.Index(fields=["alert_name"], name="watch_item_alert", condition=Q(closed_at__isnull=True)),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="watch_closed_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__closed_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return reverse("incidents:watch_item", args=[self.pk])


TRIGGERED = (WatchItem.Kind.WATCH, WatchItem.Kind.SILENCE)  # kinds that mean nothing without an alert or a service


class WatchChange(models.Model):
    """What became of an item after it was lit: prolonged, or changed. Lit and closed are said by the item itself."""

    item = models.ForeignKey(WatchItem, on_delete=models.PROTECT, related_name="changes")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.CharField(max_length=1000)  # a plain sentence without the person's name, as it was true then
    expired_at = models.DateTimeField(null=True)  # when it would have expired, where that was changed
    expires_at = models.DateTimeField(null=True)  # and when it expires since

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        triggers: ClassVar = [
            pgtrigger.Protect(name="watch_change_is_final", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.text
