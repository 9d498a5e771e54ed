"""Calendars that subscribers hold: secret addresses, and the shifts they were told about."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User
from oncall.models.rotation import Layer, Rotation


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def open(self) -> CalendarFeedQuerySet:
        """Feeds whose address was not revoked, made by somebody who is still here."""
        return self.filter(revoked_at__isnull=True, created_by__is_active=True)

    def visible_to(self, user: User) -> CalendarFeedQuerySet:
        """One's own; those of rotations are known to whoever may change rotations, too."""
        if user.has_perm("oncall.change_rotation"):
            return self.filter(Q(created_by=user) | Q(rotation__isnull=False))
        return self.filter(created_by=user)

    def for_list(self) -> CalendarFeedQuerySet:
        """The list of addresses: newest first, each with what it shows and who made it."""
        return self.open().select_related("person", "rotation__team", "created_by").order_by("-created_at", "-pk")


class PublishedShiftQuerySet(models.QuerySet["PublishedShift"]):
    def for_feed(self, feed: CalendarFeed, start: dt.datetime, end: dt.datetime) -> PublishedShiftQuerySet:
        """What that calendar shows of the time between, cancelled shifts included, by start."""
        mine = Q(person=feed.person_id) if feed.rotation_id is None else Q(layer__rotation=feed.rotation_id)
        rows = self.filter(mine, starts_at__lt=end, ends_at__gt=start)
        return rows.select_related("layer__rotation__team", "person").order_by("starts_at", "pk")


class CalendarFeed(models.Model):
    """The secret address of one person's or one rotation's shifts. Whoever knows it can read them, without logging in."""

    secret = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="calendar_feeds")
    rotation = models.ForeignKey(
        Rotation, on_delete=models.CASCADE, null=True, blank=True, related_name="calendar_feeds"
    )
    created_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, rotation__isnull=True)
                | Q(person__isnull=True, rotation__isnull=False),
                name="feed_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"Shifts of {self.person or self.rotation}"

    def get_absolute_url(self) -> str:
        return reverse("calendar", args=[self.secret])


class PublishedShift(models.Model):
    """A shift as calendars know it: its UID, how often it changed, and whether it was cancelled (RFC 5545, 3.8.7.4)."""

    layer = models.ForeignKey(Layer, on_delete=models.CASCADE, related_name="published_shifts")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="published_shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    sequence = models.PositiveIntegerField(default=0)
    is_cancelled = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    objects = PublishedShiftQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "layer"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["layer", "person", "starts_at"], name="published_shift_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="published_shift_has_length"),
        ]
        indexes = [models.Index(fields=["person", "starts_at"], name="published_shift_of_person")]

    def __str__(self) -> str:
        return f"{self.person}, {self.layer}, {self.starts_at:%Y-%m-%d %H:%M} UTC"
