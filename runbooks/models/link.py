"""Addresses outside the portal that runbooks lead to, and whether anybody answers there."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from runbooks.models.runbook import Runbook


class LinkHost(models.Model):
    """A host, asked by one worker at a time and never faster than the stated pace."""

    name = models.CharField(max_length=260, unique=True)  # lower case, with the port where one is stated
    next_at = models.DateTimeField()  # not before then
    leased_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ExternalLinkQuerySet(models.QuerySet["ExternalLink"]):
    def visible_to(self, user: User) -> ExternalLinkQuerySet:
        """Addresses that stand in a runbook this person may know of: those of a Confidential one tell about it."""
        uses = LinkUse.objects.filter(link=OuterRef("pk"), runbook__in=Runbook.objects.visible_to(user))
        return self.filter(Exists(uses))

    def in_use(self) -> ExternalLinkQuerySet:
        """Addresses that the active text of a runbook in use leads to: only those are asked."""
        return self.filter(Exists(LinkUse.objects.filter(link=OuterRef("pk"), runbook__retired_at__isnull=True)))


class ExternalLink(models.Model):
    """One address, asked once however many runbooks lead to it."""

    class State(models.TextChoices):
        UNKNOWN = "unknown", "Not checked yet"
        ALIVE = "alive", "Answers"
        DEAD = "dead", "Dead"
        UNSURE = "unsure", "Can't be told"  # it answers, but wants a login, or asks us to come back later
        LEFT = "left", "Not asked"  # a private network, or no web address

    host = models.ForeignKey(LinkHost, on_delete=models.CASCADE, related_name="links")
    url = models.TextField("address")  # without its anchor
    sha256 = models.CharField(max_length=64, unique=True)  # of the address: it may be longer than an index holds
    state = models.CharField(max_length=7, choices=State, default=State.UNKNOWN)
    status = models.PositiveSmallIntegerField(null=True, blank=True)  # the last answer's, RFC 9110
    said = models.CharField(max_length=300, blank=True)  # why it is dead or unsure, in words
    leads_to = models.TextField(blank=True)  # where it redirects for good
    checked_at = models.DateTimeField(null=True, blank=True)
    next_check_at = models.DateTimeField()
    failing_since = models.DateTimeField(null=True, blank=True)  # the first of the failures in a row, confirmed or not
    dead_since = models.DateTimeField(null=True, blank=True)  # that first failure, once a second one confirmed it

    objects = ExternalLinkQuerySet.as_manager()
    host_id: int

    class Meta:
        default_permissions = ("view",)
        ordering = ["url"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="dead") ^ Q(dead_since__isnull=True), name="external_link_dead_since"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_check_at"], name="external_link_due"),
            models.Index(fields=["dead_since"], name="external_link_dead", condition=Q(state="dead")),
        ]

    def __str__(self) -> str:
        return self.url


class LinkUse(models.Model):
    """A runbook's active text leads there."""

    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, related_name="link_uses")
    link = models.ForeignKey(ExternalLink, on_delete=models.CASCADE, related_name="uses")
    line = models.PositiveIntegerField()
    text = models.CharField(max_length=300, blank=True)

    runbook_id: int
    link_id: int

    class Meta:
        default_permissions = ()
        ordering = ["runbook", "line"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["runbook", "link", "line"], name="link_use_once")]

    def __str__(self) -> str:
        return f"{self.runbook}, line {self.line}"
