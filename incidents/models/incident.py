"""Incidents: what is wrong, since when, how bad, who is on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Membership, Team, User
from accounts.triggers import count_own_revision
from incidents.models.severity import Severity
from oncall.models import Classification, Service


class Status(models.TextChoices):
    INVESTIGATING = "investigating", "Investigating"
    IDENTIFIED = "identified", "Identified"
    MITIGATING = "mitigating", "Mitigating"
    MONITORING = "monitoring", "Monitoring"
    RESOLVED = "resolved", "Resolved"
    CLOSED = "closed", "Closed"


OPEN = (Status.INVESTIGATING, Status.IDENTIFIED, Status.MITIGATING, Status.MONITORING)
OVER = (Status.RESOLVED, Status.CLOSED)


class Role(models.TextChoices):
    COMMANDER = "commander", "Commander"
    OPERATIONS = "operations", "Operations"
    COMMUNICATIONS = "communications", "Communications"
    SCRIBE = "scribe", "Scribe"


class IncidentQuerySet(models.QuerySet["Incident"]):
    def visible_to(self, user: User) -> IncidentQuerySet:
        """Incidents this person may know of. One that touches a Confidential service: its teams, who has or had a role
        in it, who was paged, administrators."""
        if user.has_perm("runbooks.view_confidential_runbook"):
            return self
        return self.known_to(user.pk, user.get_team_ids())

    def known_to(self, user_id: int, team_ids: Sequence[int] | None = None) -> IncidentQuerySet:
        """Incidents that somebody without a right to everything may know of; `team_ids` where their teams are at hand."""
        teams = Membership.objects.filter(user_id=user_id).order_by().values("team") if team_ids is None else team_ids
        secret = Service.objects.filter(classification=Classification.CONFIDENTIAL).exclude(Q(team__in=teams))
        # Subqueries, as joins would give rows twice
        touched = Incident.services.through.objects.filter(service__in=secret).values("incident")
        mine = RoleHolder.objects.filter(person=user_id).values("incident")
        told = IncidentAudience.objects.filter(user=user_id).values("incident")
        return self.filter(~Q(pk__in=touched) | Q(pk__in=mine) | Q(opened_by=user_id) | Q(pk__in=told))

    def open(self) -> IncidentQuerySet:
        """Incidents that are not resolved."""
        return self.filter(status__in=OPEN)

    def over(self) -> IncidentQuerySet:
        return self.filter(status__in=OVER)

    def of_services(self, services: models.QuerySet[Service] | list[Service]) -> IncidentQuerySet:
        """Incidents that touch one of these services, each once."""
        return self.filter(pk__in=Incident.services.through.objects.filter(service__in=services).values("incident"))

    def for_list(self) -> IncidentQuerySet:
        """Lists of incidents: the newest first, each with what a line says."""
        return (
            self.select_related("severity", "team")
            .prefetch_related(
                "services",
                models.Prefetch("role_holders", RoleHolder.objects.current().select_related("person")),
            )
            .order_by("-started_at", "-pk")
        )


class Incident(models.Model):
    """Something that is or was wrong. Its number is its primary key.

    The history is in the timeline; `mitigated_at`, `resolved_at` and `closed_at` follow from the status changes and are
    kept here by the services, because lists and numbers over thousands ask for them.
    """

    class Source(models.TextChoices):
        PERSON = "person", "A person"
        ALERT = "alert", "An alert"
        API = "api", "The API"

    title = models.CharField(max_length=200)
    severity = models.ForeignKey(Severity, on_delete=models.PROTECT, related_name="incidents")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="incidents")
    services = models.ManyToManyField(Service, blank=True, related_name="incidents")
    status = models.CharField(max_length=13, choices=Status, default=Status.INVESTIGATING)
    source = models.CharField(max_length=6, choices=Source, default=Source.PERSON, editable=False)
    opened_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="opened_incidents"
    )
    started_at = models.DateTimeField("started", help_text="When it began, which may be before anybody knew.")
    opened_at = models.DateTimeField("opened", editable=False)
    acknowledged_at = models.DateTimeField("acknowledged", null=True, blank=True, editable=False)
    mitigated_at = models.DateTimeField("mitigated", null=True, blank=True, editable=False)
    resolved_at = models.DateTimeField("resolved", null=True, blank=True, editable=False)
    closed_at = models.DateTimeField("closed", null=True, blank=True, editable=False)
    summary = models.TextField(
        "what is wrong", blank=True, help_text="One or two sentences for somebody who joins now."
    )
    affected = models.TextField(blank=True, help_text="What is affected: regions, customers, functions.")
    customer_impact = models.TextField(blank=True)
    business_impact = models.TextField(blank=True)
    resolution = models.TextField(blank=True, help_text="How it was resolved.")
    next_step = models.CharField(max_length=300, blank=True)
    next_update_at = models.DateTimeField("next update due", null=True, blank=True, editable=False)
    revision = models.PositiveBigIntegerField(default=0, editable=False)  # counted up by triggers: what pages poll for
    is_example = models.BooleanField(default=False, editable=False)

    objects = IncidentQuerySet.as_manager()
    severity_id: int
    team_id: int | None

    class Meta:
        ordering = ["-pk"]
        default_permissions = ("add", "change", "view")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=[*OVER], resolved_at__isnull=False)
                | Q(status__in=[*OPEN], resolved_at__isnull=True),
                name="incident_resolved_has_time",
            ),
            models.CheckConstraint(
                condition=Q(status="closed") ^ Q(closed_at__isnull=True), name="incident_closed_has_time"
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="incident_status_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-started_at"], name="incident_by_start"),
            models.Index(fields=["status"], name="incident_open", condition=Q(status__in=[*OPEN])),
            models.Index(fields=["next_update_at"], name="incident_update_due", condition=Q(status__in=[*OPEN])),
        ]
        triggers: ClassVar = [
            count_own_revision(),
            pgtrigger.Protect(name="incident_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def number(self) -> int:
        return self.pk

    @property
    def reference(self) -> str:
        """`INC-12`: what people say and search for."""
        return f"INC-{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    def get_absolute_url(self) -> str:
        return reverse("incidents:incident", args=[self.pk])


class IncidentAudience(models.Model):
    """Somebody who may know of an incident because the portal told them of it: who was paged."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="known_to")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["incident", "user"], name="incident_known_once")]

    def __str__(self) -> str:
        return f"{self.user} knows of {self.incident}"


class StatusChange(models.Model):
    """The incident got this status. Only its time can be corrected, and the correction is in the timeline."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="status_changes")
    status = models.CharField(max_length=13, choices=Status)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
        default_permissions = ("view",)
        triggers: ClassVar = [
            pgtrigger.Protect(name="status_change_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="status_change_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("incident", "status", "by"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident.reference}: {self.get_status_display()}"


class RoleHolderQuerySet(models.QuerySet["RoleHolder"]):
    def current(self) -> RoleHolderQuerySet:
        return self.filter(ended_at=None)


class RoleHolder(models.Model):
    """Somebody has a role in an incident, or had it until `ended_at`. A role has one holder at a time."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="role_holders")
    role = models.CharField(max_length=14, choices=Role)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="incident_roles")
    taken_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = RoleHolderQuerySet.as_manager()

    class Meta:
        ordering = ["taken_at", "pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "role"], condition=Q(ended_at__isnull=True), name="role_has_one_holder"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display()}"


class CommandOffer(models.Model):
    """The commander offers command to somebody, and stays commander until that is accepted."""

    class Answer(models.TextChoices):
        WAITING = "waiting", "Not answered"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="command_offers")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="command_offers")
    note = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=9, choices=Answer, default=Answer.WAITING)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["incident"], condition=Q(answer="waiting"), name="command_offered_once"),
            models.CheckConstraint(
                condition=Q(answer="waiting") ^ Q(answered_at__isnull=False), name="command_offer_answer_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"Command of {self.incident.reference} for {self.to}"


class IncidentLink(models.Model):
    """A page elsewhere that belongs to an incident: a call, a ticket, a dashboard."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="links")
    label = models.CharField(max_length=120, blank=True)
    url = models.URLField("address", max_length=500)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at", "pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "url"], name="incident_link_once", violation_error_message="This link is there."
            )
        ]

    def __str__(self) -> str:
        return self.label or self.url
