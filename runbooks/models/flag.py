"""Flags: a reader says that a place in a runbook is wrong. It stands on the page until somebody answers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from runbooks.models.runbook import Runbook
from runbooks.models.version import HEAVY, RunbookVersion


class FlagQuerySet(models.QuerySet["Flag"]):
    def visible_to(self, user: User) -> FlagQuerySet:
        """Flags of runbooks this person may know of."""
        return self.filter(runbook__in=Runbook.objects.visible_to(user))

    def open(self) -> FlagQuerySet:
        return self.filter(answer=Flag.Answer.WAITING)

    def for_list(self) -> FlagQuerySet:
        """Lists and panels: with the people, the runbook and its place; open ones first, the newest first in each."""
        waiting = models.Case(models.When(answer=Flag.Answer.WAITING, then=0), default=1)
        people = self.select_related("raised_by", "answered_by", "answered_in", "runbook__service")
        light = people.defer(*(f"answered_in__{name}" for name in HEAVY))
        return light.order_by(waiting, "-raised_at", "-pk")

    def of_teams_of(self, user: User) -> FlagQuerySet:
        """Flags that this person should look at: of runbooks they own, and of their teams'."""
        teams = user.get_team_ids()
        return self.filter(Q(runbook__owner=user) | Q(runbook__team__in=teams) | Q(runbook__service__team__in=teams))


class Flag(models.Model):
    """What is wrong, where, and what would be right."""

    class Answer(models.TextChoices):
        WAITING = "waiting", "Not answered"
        CHANGED = "changed", "The runbook was changed"
        RIGHT = "right", "The runbook is right"

    runbook = models.ForeignKey(Runbook, on_delete=models.CASCADE, related_name="flags")
    version = models.ForeignKey(RunbookVersion, on_delete=models.SET_NULL, null=True, related_name="+")
    version_number = models.CharField(max_length=20)
    anchor = models.CharField(max_length=300, blank=True)  # the section; "" for the page as a whole
    line = models.PositiveIntegerField(null=True, blank=True)  # in that version's text
    step = models.CharField(max_length=1000, blank=True)  # the words that are wrong
    text = models.CharField("what is wrong", max_length=1000)
    suggestion = models.TextField(blank=True, max_length=5000)
    origin = models.CharField(max_length=300, blank=True)  # the page it came from: a run, from the portal's root
    raised_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="raised_flags")
    raised_at = models.DateTimeField()
    answer = models.CharField(max_length=7, choices=Answer, default=Answer.WAITING)
    answer_note = models.CharField(max_length=500, blank=True)
    answered_in = models.ForeignKey(
        RunbookVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="answered_flags"
    )  # the version that puts it right
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        ordering = ["raised_at", "pk"]
        default_permissions = ("add", "change", "view")
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="waiting", answered_at__isnull=True)
                | (~Q(answer="waiting") & Q(answered_at__isnull=False)),
                name="flag_answer_has_time",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["runbook"], name="flag_open", condition=Q(answer="waiting")),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        return self.answer == self.Answer.WAITING

    def get_absolute_url(self) -> str:
        return reverse("flag", args=[self.pk])
