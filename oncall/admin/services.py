"""Services in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from accounts.admin_base import PortalAdmin, PortalInline, ReadOnlyRows, ShownRows, person_of
from oncall.models import Dependency, FormerServiceSlug, Service, ServiceLink


class LinkInline(PortalInline):
    model = ServiceLink
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}


class DependencyInline(PortalInline):
    model = Dependency
    fk_name = "service"
    autocomplete_fields = ("needs",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without those on services that the person may not know of; they stay as they are."""
        known = Service.objects.visible_to(person_of(request))
        return super().get_queryset(request).filter(needs__in=known).select_related("service", "needs")


class FormerSlugInline(ShownRows):
    model = FormerServiceSlug
    verbose_name_plural = "former addresses: links to them lead here"
    fields = readonly_fields = ("slug", "left_at")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and (obj is None or obj.former_slugs.exists())


@admin.register(Service)
class ServiceAdmin(PortalAdmin):
    list_display = ("name", "slug", "team", "tier", "classification", "slo", "links_count", "needs_count", "updated_at")
    list_filter = ("tier", "classification", ("team", admin.RelatedOnlyFieldListFilter))
    search_fields = ("name", "slug", "description")
    search_help_text = "Name, address or description"
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("team", "escalation_path")
    list_select_related = ("team",)
    date_hierarchy = "updated_at"
    inlines = (LinkInline, DependencyInline, FormerSlugInline)
    readonly_fields = ("updated_at",)
    fieldsets = (
        (None, {"fields": ("name", "slug", "description")}),
        ("Who and how important", {"fields": ("team", "escalation_path", "tier", "slo", "classification")}),
        ("Dates", {"fields": ("updated_at",)}),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        known = Service.objects.visible_to(person_of(request))
        return (
            super()
            .get_queryset(request)
            .annotate(
                links_total=_count(ServiceLink.objects.filter(service=OuterRef("pk")), "service"),
                needs_total=_count(Dependency.objects.filter(service=OuterRef("pk"), needs__in=known), "service"),
            )
        )

    @admin.display(description="links", ordering="links_total")
    def links_count(self, service: Any) -> int:
        return int(service.links_total)

    @admin.display(description="needs", ordering="needs_total")
    def needs_count(self, service: Any) -> int:
        return int(service.needs_total)


@admin.register(FormerServiceSlug)
class FormerServiceSlugAdmin(ReadOnlyRows, PortalAdmin):
    """Old addresses of services, to look at: a trigger writes them when an address changes."""

    list_display = ("slug", "service", "left_at")
    search_fields = ("slug", "service__name")
    list_select_related = ("service",)
    date_hierarchy = "left_at"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # old links lead on for ever

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(service__in=Service.objects.visible_to(person_of(request)))


def _count(rows: QuerySet[Any], by: str) -> Coalesce:
    """How many rows each has, as a subquery: two joins would multiply each other."""
    return Coalesce(Subquery(rows.order_by().values(by).annotate(n=Count("pk")).values("n")), 0)
