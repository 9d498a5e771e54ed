"""Runbooks in the admin: what a runbook is may be edited here; texts and their way to active go through the pages."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html

from runbooks.models import Image, Runbook, RunbookVersion


class VersionInline(admin.TabularInline):
    """The versions, to look at."""

    model = RunbookVersion
    fields = readonly_fields = ("link", "status", "change_summary", "author", "approved_by", "activated_at")
    extra = 0
    can_delete = False

    @admin.display(description="version")
    def link(self, version: RunbookVersion) -> str:
        return format_html('<a href="{}">{}</a>', version.get_absolute_url(), version.number)

    def get_queryset(self, request: HttpRequest) -> Any:
        return RunbookVersion.objects.for_history().select_related("runbook__service")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Runbook)
class RunbookAdmin(admin.ModelAdmin):
    list_display = ("title", "service", "kind", "team", "owner", "classification", "next_review_on", "retired_at")
    list_filter = ("kind", "classification", "team", "service")
    search_fields = ("title", "slug", "service__name")
    list_select_related = ("service", "team", "owner")
    autocomplete_fields = ("service", "team", "owner")
    readonly_fields = ("source_path", "retired_at", "created_at", "updated_at")
    date_hierarchy = "next_review_on"
    inlines = (VersionInline,)

    def get_queryset(self, request: HttpRequest) -> Any:
        return Runbook.objects.visible_to(request.user)  # type: ignore[arg-type]  # the admin lets no stranger in

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a runbook begins with its text, in the pages

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # runbooks are retired; their history stays


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin):
    list_display = ("__str__", "media_type", "width", "height", "uploaded_by", "created_at")
    readonly_fields = fields = ("sha256", "media_type", "width", "height", "uploaded_by", "created_at")

    def get_queryset(self, request: HttpRequest) -> Any:
        return Image.objects.defer("content")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
