"""Services: what is run, who owns it, how important it is and what it needs."""

from collections.abc import Sequence
from typing import ClassVar

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Team, User
from oncall.models.escalation import EscalationPath


class Classification(models.TextChoices):
    """Who may know. Confidential is for the owning team and administrators; the others are for everybody who can log in."""

    PUBLIC = "public", "Public"
    INTERNAL = "internal", "Internal"
    CONFIDENTIAL = "confidential", "Confidential"


class ServiceQuerySet(models.QuerySet["Service"]):
    def visible_to(self, user: User) -> "ServiceQuerySet":
        """Services this person may know of."""
        if user.has_perm("runbooks.view_confidential_runbook"):
            return self
        return self.known_to(user.get_team_ids())

    def known_to(self, team_ids: Sequence[int]) -> "ServiceQuerySet":
        """Services that members of these teams may know of, who have no right to everything."""
        return self.exclude(~Q(team__in=team_ids) & Q(classification=Classification.CONFIDENTIAL))

    def for_list(self, user: User) -> "ServiceQuerySet":
        """The service list: visible ones by importance, then name, each with its team."""
        return self.visible_to(user).select_related("team").order_by("tier", "name")


class Service(models.Model):
    """Something that is run and can break."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80, unique=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="services")
    description = models.TextField(blank=True)
    tier = models.PositiveSmallIntegerField(
        default=3,
        choices=[(n, f"Tier {n}") for n in range(1, 5)],
        help_text="1: customers notice at once; 4: nobody is woken up for it.",
    )
    slo = models.CharField("SLO", max_length=200, blank=True)
    classification = models.CharField(max_length=12, choices=Classification, default=Classification.INTERNAL)
    escalation_path = models.ForeignKey(
        EscalationPath, on_delete=models.SET_NULL, null=True, blank=True, related_name="services"
    )
    updated_at = models.DateTimeField(auto_now=True)
    depends_on = models.ManyToManyField(
        "self", through="Dependency", through_fields=("service", "needs"), symmetrical=False, related_name="dependents"
    )

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(tier__range=(1, 4)), name="service_tier_1_to_4"),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="keep_former_slug",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__slug__df=pgtrigger.F("new__slug")),
                func="""
                    INSERT INTO oncall_formerserviceslug (service_id, slug, left_at) VALUES (OLD.id, OLD.slug, now())
                    ON CONFLICT (slug) DO UPDATE SET service_id = EXCLUDED.service_id, left_at = now();
                    DELETE FROM oncall_formerserviceslug WHERE slug = NEW.slug;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("portal:service_detail", args=[self.slug])


class FormerServiceSlug(models.Model):
    """An address that a service once had, so that old links lead on for ever. Written by a trigger."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="former_slugs")
    slug = models.SlugField(max_length=80, unique=True)
    left_at = models.DateTimeField()

    class Meta:
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.slug


class ServiceLink(models.Model):
    """Where to look and where to act: an address that belongs to a service."""

    class Kind(models.TextChoices):
        DASHBOARD = "dashboard", "Dashboard"
        LOGS = "logs", "Logs"
        PRODUCTION = "production", "Production"
        STAGING = "staging", "Staging"
        REPOSITORY = "repository", "Repository"
        STATUS = "status", "Status page"
        OTHER = "other", "Other"

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="links")
    kind = models.CharField(max_length=12, choices=Kind)
    label = models.CharField(max_length=120, blank=True, help_text="Shown instead of the kind, e.g. “Golden signals”.")
    url = models.URLField("address", max_length=500)

    class Meta:
        ordering = ["kind", "label", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "kind", "url"],
                name="service_link_once",
                violation_error_message="The service already has this link.",
            )
        ]

    def __str__(self) -> str:
        return self.label or self.get_kind_display()


class Dependency(models.Model):
    """`service` does not work fully without `needs`."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="dependencies")
    service_id: int | None
    needs_id: int | None
    needs = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="dependents_by")

    class Meta:
        verbose_name_plural = "dependencies"
        constraints = [
            models.UniqueConstraint(
                fields=["service", "needs"],
                name="dependency_once",
                violation_error_message="This dependency is already there.",
            ),
            models.CheckConstraint(
                condition=~Q(service=F("needs")),
                name="dependency_not_on_itself",
                violation_error_message="A service can't depend on itself.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} needs {self.needs}"

    def clean(self) -> None:
        """The admin's inline forms leave `service` out of constraint checks, so this one is said here too."""
        if self.service_id is not None and self.service_id == self.needs_id:
            raise ValidationError("A service can't depend on itself.")
