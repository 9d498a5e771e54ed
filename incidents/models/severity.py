"""Severities: how bad an incident is, on the scale of a team or on the one that all share."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from accounts.models import Team


class SeverityQuerySet(models.QuerySet["Severity"]):
    def of_team(self, team: Team | None) -> SeverityQuerySet:
        """The team's own scale, the worst first; the shared one where the team has none."""
        own = self.filter(team=team) if team is not None else self.none()
        return own if team is not None and own.exists() else self.filter(team=None)


class Severity(models.Model):
    """One step of a scale. Without a team it belongs to the scale of everybody who has no own."""

    class Escalation(models.TextChoices):
        LADDER = "ladder", "Page level by level until somebody answers"
        FIRST = "first", "Page the first level only"
        NONE = "none", "Page nobody"

    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True, related_name="severities")
    rank = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)], help_text="1 is the worst.")
    name = models.CharField(max_length=20, help_text="e.g. “SEV-1”.")
    aliases = models.CharField(max_length=120, blank=True, help_text="Other words for it, separated by commas: “P0”.")
    description = models.CharField(max_length=300)
    examples = models.CharField(max_length=500, blank=True)
    response_minutes = models.PositiveIntegerField(
        "response time",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Minutes until somebody must have answered. Empty: on the next business day.",
    )
    update_minutes = models.PositiveIntegerField(
        "update interval",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Minutes between updates to others. Empty: no updates are expected.",
    )
    escalation = models.CharField("paging", max_length=6, choices=Escalation, default=Escalation.LADDER)
    wants_postmortem = models.BooleanField("ask for a post-mortem", default=False)

    objects = SeverityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "severities"
        ordering = ["team", "rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "rank"],
                name="severity_rank_once",
                nulls_distinct=False,
                violation_error_message="The scale already has a severity of that rank.",
            ),
            models.UniqueConstraint(
                fields=["team", "name"],
                name="severity_name_once",
                nulls_distinct=False,
                violation_error_message="The scale already has a severity of that name.",
            ),
            models.CheckConstraint(
                condition=Q(rank__range=(1, 9)), name="severity_rank_1_to_9", violation_error_message="From 1 to 9."
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def loudness(self) -> int:
        """1 (loudest) to 4: how the page draws it."""
        return min(self.rank, 4)

    @property
    def all_names(self) -> list[str]:
        """The name and its aliases."""
        return [self.name, *(alias.strip() for alias in self.aliases.split(",") if alias.strip())]
